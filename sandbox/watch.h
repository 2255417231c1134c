// One watch over the model's store.
#pragma once

#include "sandbox/model.h"
#include "sandbox/selectors.h"

namespace reconciled::sandbox {

/// Reads the store's history as it is asked; holds no queue but that of its initial events.
class ModelWatch final : public WatchStream {
 public:
  struct Options {
    std::string namespace_;
    LabelSelector labels;
    FieldSelector fields;
    bool bookmarks = false;
    bool metadata_only = false;
    bool end_of_initial_events = false;
    std::optional<MonotonicTime> deadline;
  };

  ModelWatch(const ApiModel& model, ServedResource resource, std::int64_t after, Options options)
      : m_model(model), m_resource(std::move(resource)), m_after(after), m_options(std::move(options)) {}

  void add_initial(Value object) { m_ready.push_back(std::move(object)); }
  void fail(const Failure& failure);

  std::optional<Value> next() override;
  [[nodiscard]] bool ended() const override;

 private:
  [[nodiscard]] bool selects(const Value& object) const;
  [[nodiscard]] Value shown(const Value& object) const;
  std::optional<Value> event_of(const Change& change) const;
  void read_changes();

  const ApiModel& m_model;
  ServedResource m_resource;
  std::int64_t m_after;
  Options m_options;
  std::deque<Value> m_ready;
  bool m_failed = false;
  std::int64_t m_bookmarked = 0;
  std::optional<MonotonicTime> m_next_bookmark;
};

}  // namespace reconciled::sandbox
