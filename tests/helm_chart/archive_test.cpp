#include "renderers/helm/chart/archive.h"

#include "renderers/helm/chart/load.h"
#include "tests/helm_chart/tar_writer.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::helm;
using testing::gzip;
using testing::tar_entry;

namespace {

std::string end() {
  return std::string(1024, '\0');
}

std::string message_of(const std::string& tar) {
  Budget budget;
  const auto files = read_chart_archive(gzip(tar + end()), budget);
  return files ? "" : files.error().message;
}

std::string pax(const std::string& key, const std::string& value) {
  std::string record = " " + key + "=" + value + "\n";
  std::size_t length = record.size() + 1;
  if (std::to_string(record.size() + 1).size() > 1) length = record.size() + std::to_string(record.size() + 2).size();
  return tar_entry("PaxHeaders/x", std::to_string(length) + record, 'x');
}

}  // namespace

TEST_CASE("files of an archive lie below the chart's folder") {
  Budget budget;
  const auto files =
      read_chart_archive(gzip(tar_entry("c/", "", '5') + tar_entry("c/Chart.yaml", "\xEF\xBB\xBFname: c") +
                              tar_entry("c/./a//b.txt", "B") + pax("path", "c/long/name.txt") +
                              tar_entry("c/short", "L") + tar_entry("./@LongLink", "c/gnu.txt", 'L') +
                              tar_entry("c/x", "G") + tar_entry("c\\win\\d.txt", "W") + end()),
                         budget);
  REQUIRE(files);
  REQUIRE(files->size() == 5);
  CHECK((*files)[0].name == "Chart.yaml");
  CHECK((*files)[0].data == "name: c");
  CHECK((*files)[1].name == "a/b.txt");
  CHECK((*files)[2].name == "long/name.txt");
  CHECK((*files)[3].name == "gnu.txt");
  CHECK((*files)[4].name == "win/d.txt");
}

TEST_CASE("an archive that would leave its folder is refused whole") {
  CHECK(message_of(tar_entry("c/../../x", "")) == "chart illegally references parent directory");
  CHECK(message_of(tar_entry("c//etc/passwd", "")) == "chart illegally contains absolute paths");
  CHECK(message_of(tar_entry("c/C:/x", "")) == "chart contains illegally named files");
  CHECK(message_of(tar_entry("c/a\nb", "")) == "chart contains illegally named files");
  CHECK(message_of(tar_entry("Chart.yaml", "")) ==
        "chart illegally contains content outside the base directory: \"Chart.yaml\"");
  CHECK(message_of(tar_entry("Chart.yaml/x", "")) == "chart yaml not in base directory");
  CHECK(message_of(tar_entry("c/l", "", '2')) == "chart archive holds a link, which is not followed: \"c/l\"");
  CHECK(message_of(tar_entry("c/l", "", '1')) == "chart archive holds a link, which is not followed: \"c/l\"");
  CHECK(message_of(tar_entry("c/f", "", '6')) == "chart archive holds what is neither a file nor a folder: \"c/f\"");
  CHECK(message_of(tar_entry("c/a", "1") + tar_entry("c/a", "2")) == "chart archive holds a file twice: \"c/a\"");
  CHECK(message_of(pax("size", "99999999999999999999") + tar_entry("c/a", "x")) == "archive/tar: invalid tar header");
  CHECK(message_of(pax("size", "4000") + tar_entry("c/a", "x")) == "unexpected EOF");
  CHECK(message_of("") == "no files in chart archive");
}

TEST_CASE("an archive is bounded before it is unpacked") {
  Budget budget;
  const auto bomb = gzip(tar_entry("c/a", std::string(6U << 20, '\0')) + end());
  CHECK(bomb.size() < 20'000);
  CHECK(read_chart_archive(bomb, budget).error().kind == ErrorKind::limit);
  std::string many;
  for (int i = 0; i < 21; ++i) many += tar_entry("c/" + std::to_string(i), std::string(5U << 20, '\0'));
  const auto large = read_chart_archive(gzip(many + end()), budget);
  CHECK(large.error().message == "decompressed chart is larger than the maximum size 104857600");
  std::string tiny;
  for (int i = 0; i < 51'000; ++i) tiny += tar_entry("c/" + std::to_string(i), "");
  CHECK(read_chart_archive(gzip(tiny + end()), budget).error().kind == ErrorKind::limit);
}

TEST_CASE("broken archives are named errors") {
  Budget budget;
  const auto good = gzip(tar_entry("c/Chart.yaml", "name: c") + end());
  CHECK(read_chart_archive("", budget).error().message == "gzip: invalid header");
  CHECK(read_chart_archive("hello", budget).error().message == "gzip: invalid header");
  for (std::size_t length = 3; length < good.size() / 2; ++length)
    CHECK_FALSE(read_chart_archive(std::string_view(good).substr(0, length), budget));
  auto flipped = tar_entry("c/Chart.yaml", "name: c") + end();
  flipped[3] = 'X';
  CHECK(read_chart_archive(gzip(flipped), budget).error().message == "archive/tar: invalid tar header");
  CHECK_FALSE(load_chart_archive(good.substr(0, 20), HelmProfile::helm4, budget));
}
