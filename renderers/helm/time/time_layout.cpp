#include "renderers/helm/time/time_layout.h"

#include <array>

namespace reconciled::helm {
namespace {

enum class Follows : std::uint8_t { anything, no_small_letter };

struct FieldRow {
  std::string_view text;
  LayoutField field;
  Follows follows = Follows::anything;
};

/// Where one is the beginning of another, the one that counts comes first.
constexpr std::array k_fields{
    FieldRow{"January", LayoutField::long_month},
    FieldRow{"Jan", LayoutField::month, Follows::no_small_letter},
    FieldRow{"Monday", LayoutField::long_weekday},
    FieldRow{"Mon", LayoutField::weekday, Follows::no_small_letter},
    FieldRow{"MST", LayoutField::zone_name},
    FieldRow{"01", LayoutField::zero_month},
    FieldRow{"02", LayoutField::zero_day},
    FieldRow{"03", LayoutField::zero_hour_12},
    FieldRow{"04", LayoutField::zero_minute},
    FieldRow{"05", LayoutField::zero_second},
    FieldRow{"06", LayoutField::year},
    FieldRow{"002", LayoutField::zero_year_day},
    FieldRow{"15", LayoutField::hour},
    FieldRow{"1", LayoutField::number_month},
    FieldRow{"2006", LayoutField::long_year},
    FieldRow{"2", LayoutField::day},
    FieldRow{"_2", LayoutField::under_day},
    FieldRow{"__2", LayoutField::under_year_day},
    FieldRow{"3", LayoutField::hour_12},
    FieldRow{"4", LayoutField::minute},
    FieldRow{"5", LayoutField::second},
    FieldRow{"PM", LayoutField::upper_half},
    FieldRow{"pm", LayoutField::lower_half},
    FieldRow{"-070000", LayoutField::offset},
    FieldRow{"-07:00:00", LayoutField::offset},
    FieldRow{"-0700", LayoutField::offset},
    FieldRow{"-07:00", LayoutField::offset},
    FieldRow{"-07", LayoutField::offset},
    FieldRow{"Z070000", LayoutField::offset_or_z},
    FieldRow{"Z07:00:00", LayoutField::offset_or_z},
    FieldRow{"Z0700", LayoutField::offset_or_z},
    FieldRow{"Z07:00", LayoutField::offset_or_z},
    FieldRow{"Z07", LayoutField::offset_or_z},
};

bool is_small_letter(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z';
}

/// The length of a fraction of a second that the text begins with; 0 when it does not.
std::size_t fraction_length(std::string_view text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || (text[1] != '0' && text[1] != '9')) return 0;
  const std::size_t end = text.find_first_not_of(text[1], 1);
  if (end == std::string_view::npos) return text.size();
  return text[end] >= '0' && text[end] <= '9' ? 0 : end;
}

}  // namespace

LayoutChunk take_layout_chunk(std::string_view& layout) {
  const std::string_view whole = layout;
  const auto take = [&](std::size_t at, LayoutField field, std::size_t length) {
    layout = whole.substr(at + length);
    return LayoutChunk{whole.substr(0, at), field, whole.substr(at, length)};
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    const std::string_view rest = whole.substr(at);
    if (const std::size_t length = fraction_length(rest); length > 0) {
      return take(at, rest[1] == '0' ? LayoutField::fraction_fixed : LayoutField::fraction, length);
    }
    if (rest.starts_with("_2006")) return take(at + 1, LayoutField::long_year, 4);  // the _ is a letter like others
    for (const FieldRow& row : k_fields) {
      if (!rest.starts_with(row.text)) continue;
      if (row.follows == Follows::no_small_letter && is_small_letter(rest.substr(row.text.size()))) continue;
      return take(at, row.field, row.text.size());
    }
  }
  layout = {};
  return {whole, LayoutField::none, {}};
}

OffsetForm offset_form(std::string_view text) {
  return {text.find(':') != std::string_view::npos, text.size() > 3, text.size() == 7 || text.size() == 9};
}

}  // namespace reconciled::helm
