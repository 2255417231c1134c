// ASN.1 values in DER, as far as certificates and keys need them. Each function gives the whole value, with its tag.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled::helm::der {

std::string value(std::uint8_t tag, std::string_view content);
std::string sequence(std::initializer_list<std::string_view> parts);
std::string set(std::string_view part);
/// Not negative, of big-endian bytes.
std::string integer(std::string_view bytes);
/// Of dotted numbers: "2.5.29.17".
std::string object_id(std::string_view dotted);
std::string octets(std::string_view bytes);
/// The last byte has `unused` bits that do not count.
std::string bits(std::string_view bytes, std::uint8_t unused = 0);
std::string boolean_true();
std::string null();
/// As Go chooses: PrintableString where it can hold the text, else UTF8String; nothing when it is no UTF-8.
std::optional<std::string> text(std::string_view text);
/// UTCTime before 2050, GeneralizedTime before 10000; nothing for other years.
std::optional<std::string> time(std::chrono::sys_seconds time);

}  // namespace reconciled::helm::der
