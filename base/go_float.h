// Text of floating-point numbers as Go's strconv writes it.
#pragma once

#include <cstdint>
#include <string>

namespace reconciled {

enum class FloatSize : std::uint8_t { float64, float32 };  ///< of float32 the nearest float is meant

/// strconv.AppendFloat: `verb` is one of e E f F g G x X b, a negative precision means as few digits as read back the
/// same. With 'g' and -1 it is what %v, print and yaml write: exponents below -4 and from 6 on are scientific when no
/// precision is given, so 1000000 is 1e+06. NaN, +Inf and -Inf are written so.
void append_go_float(std::string& out, double number, char verb, int precision, FloatSize size = FloatSize::float64);
std::string format_go_float(double number, char verb, int precision, FloatSize size = FloatSize::float64);

/// As encoding/json writes a float: never scientific between 1e-6 and 1e21, one-digit exponents without a zero. The
/// number must be finite.
void append_go_json_float(std::string& out, double number, FloatSize size = FloatSize::float64);

}  // namespace reconciled
