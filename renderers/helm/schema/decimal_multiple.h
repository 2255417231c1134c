// Whether a number is a multiple of another, digit by digit.
#pragma once

namespace reconciled::helm {

/// Both are taken as the shortest decimals that they are written as: 0.3 is a multiple of 0.1.
bool is_multiple(double number, double of);

}  // namespace reconciled::helm
