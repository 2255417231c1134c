// Waiting for objects to become what is awaited of them: asked for again and again, until all are, or one cannot be.
#pragma once

#include "engine/calls.h"
#include "engine/timers.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// Polls start at 250 ms and slow down to 2 s. Destroyed only once `done` was called.
class ObjectWait {
 public:
  enum class Verdict : std::uint8_t { wait, done, failed };
  struct Judgement {
    Verdict verdict = Verdict::wait;
    std::string reason;  ///< a sentence, why it is not done
  };
  struct Item {
    Call call;  ///< a get
    std::function<Judgement(const Result<Value>& object)> judge;
  };
  /// nullopt: all are done; otherwise which one is not, and why.
  struct Failure {
    std::size_t item = 0;
    Error error;
  };
  using Done = std::function<void(std::optional<Failure>)>;

  /// `stopping` is looked at before each poll. All references must outlive it.
  ObjectWait(std::vector<Item> items, Duration timeout, Calls& calls, Timers& timers, const bool& stopping);

  void start(Done done);

 private:
  void poll();
  void take(std::size_t item, const Result<Value>& object);
  void finish(std::optional<Failure> failure);

  std::vector<Item> m_items;
  std::vector<std::string> m_reasons;  // by item: why it is not done
  std::vector<std::size_t> m_waiting;
  Duration m_timeout;
  Calls& m_calls;
  Timers& m_timers;
  const bool& m_stopping;
  Done m_done;
  std::optional<Failure> m_failure;
  std::size_t m_open = 0;
  Duration m_delay = std::chrono::milliseconds(250);
  Duration m_waited{};
};

}  // namespace reconciled
