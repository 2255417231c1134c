// Go's layouts: how a text of the time Mon Jan 2 15:04:05 MST 2006 would look.
#pragma once

#include <cstdint>
#include <string_view>

namespace reconciled::helm {

enum class LayoutField : std::uint8_t {
  none,            ///< the layout ends
  long_month,      ///< January
  month,           ///< Jan
  number_month,    ///< 1
  zero_month,      ///< 01
  long_weekday,    ///< Monday
  weekday,         ///< Mon
  day,             ///< 2
  under_day,       ///< _2
  zero_day,        ///< 02
  under_year_day,  ///< __2
  zero_year_day,   ///< 002
  hour,            ///< 15
  hour_12,         ///< 3
  zero_hour_12,    ///< 03
  minute,          ///< 4
  zero_minute,     ///< 04
  second,          ///< 5
  zero_second,     ///< 05
  long_year,       ///< 2006
  year,            ///< 06
  upper_half,      ///< PM
  lower_half,      ///< pm
  zone_name,       ///< MST
  offset,          ///< -07, -0700, -07:00, -070000, -07:00:00
  offset_or_z,     ///< the same with Z for the minus
  fraction_fixed,  ///< .000 or ,000
  fraction,        ///< .999 or ,999
};

struct LayoutChunk {
  std::string_view prefix{};  ///< what stands before the field
  LayoutField field = LayoutField::none;
  std::string_view text{};  ///< the field as it is written
};

/// Takes a field, and what stands before it, off the layout.
LayoutChunk take_layout_chunk(std::string_view& layout);

/// The parts of an offset by its field's text.
struct OffsetForm {
  bool colons = false;
  bool minutes = true;
  bool seconds = false;
};
OffsetForm offset_form(std::string_view text);

}  // namespace reconciled::helm
