#include "config/change.h"

#include "config/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace reconciled {
namespace config {
namespace {

template <class T>
const T& as(const void* member) {
  return *static_cast<const T*>(member);
}

bool same(const Row& row, const void* a, const void* b) {
  switch (row.shape) {
    case Shape::text:
    case Shape::path: return as<std::string>(a) == as<std::string>(b);
    case Shape::count:
    case Shape::size: return as<std::uint64_t>(a) == as<std::uint64_t>(b);
    case Shape::duration: return as<Duration>(a) == as<Duration>(b);
    case Shape::boolean: return as<bool>(a) == as<bool>(b);
    case Shape::choice: return row.get_choice(a) == row.get_choice(b);
    case Shape::secret: return as<SecretString>(a).reveal() == as<SecretString>(b).reveal();
    case Shape::texts:
    case Shape::paths: return as<std::vector<std::string>>(a) == as<std::vector<std::string>>(b);
    case Shape::secrets:
      return std::ranges::equal(as<std::vector<SecretString>>(a), as<std::vector<SecretString>>(b), {},
                                &SecretString::reveal, &SecretString::reveal);
    case Shape::section:
    case Shape::sections:
    case Shape::inlined: break;
  }
  return true;
}

/// Compares two structs of the same section row by row.
class Differ {
 public:
  explicit Differ(std::vector<SettingChange>& changes) : m_changes(changes) {}

  void compare(const Section& section, void* before, void* after, const std::string& path, Reload reload) {
    std::vector<void*> after_owners;  // of each row, in the order of the table
    each_row(section, after, [&](const Row&, void* owner) { after_owners.push_back(owner); });
    std::size_t index = 0;
    each_row(section, before, [&](const Row& row, void* owner) {
      const auto row_path = path.empty() ? std::string(row.name) : fmt::format("{}.{}", path, row.name);
      compare_row(row, row.member(owner), row.member(after_owners[index++]), row_path,
                  row.rules.reload == Reload::restart ? Reload::restart : reload);
    });
  }

 private:
  void compare_row(const Row& row, void* before, void* after, const std::string& path, Reload reload) {
    if (row.shape == Shape::section) return compare(*row.rules.section, before, after, path, reload);
    if (row.shape == Shape::sections) return compare_lists(row, before, after, path, reload);
    if (!same(row, before, after)) note(path, SettingChange::Kind::changed, reload);
  }

  /// The first row of a list's section names its items.
  static const std::string& key_of(const Row& list, void* item) {
    return as<std::string>(list.rules.section->rows.front().member(item));
  }

  static void* find_item(const Row& list, void* items, const std::string& key) {
    for (std::size_t i = 0; i < list.length(items); ++i) {
      if (key_of(list, list.item(items, i)) == key) return list.item(items, i);
    }
    return nullptr;
  }

  void compare_lists(const Row& row, void* before, void* after, const std::string& path, Reload reload) {
    for (std::size_t i = 0; i < row.length(before); ++i) {
      void* item = row.item(before, i);
      const auto item_path = fmt::format("{}[{}]", path, key_of(row, item));
      if (void* other = find_item(row, after, key_of(row, item)))
        compare(*row.rules.section, item, other, item_path, reload);
      else
        note(item_path, SettingChange::Kind::removed, reload);
    }
    for (std::size_t i = 0; i < row.length(after); ++i) {
      const auto& key = key_of(row, row.item(after, i));
      if (find_item(row, before, key) == nullptr)
        note(fmt::format("{}[{}]", path, key), SettingChange::Kind::added, reload);
    }
  }

  void note(const std::string& path, SettingChange::Kind kind, Reload reload) {
    m_changes.push_back(
        {path, kind, reload == Reload::restart ? SettingChange::Effect::restart : SettingChange::Effect::live});
  }

  std::vector<SettingChange>& m_changes;
};

void collect_secrets(const Section& section, void* owner, std::vector<std::string_view>& secrets) {
  each_row(section, owner, [&](const Row& row, void* row_owner) {
    void* member = row.member(row_owner);
    if (row.shape == Shape::section) return collect_secrets(*row.rules.section, member, secrets);
    if (row.shape == Shape::sections) {
      for (std::size_t i = 0; i < row.length(member); ++i)
        collect_secrets(*row.rules.section, row.item(member, i), secrets);
    } else if (row.shape == Shape::secret && !as<SecretString>(member).empty()) {
      secrets.push_back(as<SecretString>(member).reveal());
    } else if (row.shape == Shape::secrets) {
      for (const auto& secret : as<std::vector<SecretString>>(member)) secrets.push_back(secret.reveal());
    }
  });
}

/// Rows reach members of mutable structs; reading through them changes nothing.
void* reach(const Settings& settings) {
  return const_cast<Settings*>(&settings);
}

}  // namespace
}  // namespace config

std::vector<SettingChange> diff_settings(const Settings& before, const Settings& after) {
  std::vector<SettingChange> changes;
  config::Differ(changes).compare(config::root_section(), config::reach(before), config::reach(after), "",
                                  config::Reload::live);
  return changes;
}

std::vector<std::string_view> secrets_of(const Settings& settings) {
  std::vector<std::string_view> secrets;
  config::collect_secrets(config::root_section(), config::reach(settings), secrets);
  return secrets;
}

}  // namespace reconciled
