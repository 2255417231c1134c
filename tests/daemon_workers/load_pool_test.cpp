#include "daemon/workers/load_pool.h"

#include "ports/memory_tree.h"

#include <doctest/doctest.h>

#include <future>
#include <semaphore>
#include <vector>

using namespace reconciled;

namespace {

/// A repository that answers when it is let, or at its deadline.
class SlowSource final : public Source {
 public:
  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override {
    asked.release();
    if (!may_answer.try_acquire_until(deadline)) return fail(ErrorKind::source_transient, "the server hangs");
    Revision revision;
    revision.url = ref.url;
    revision.ref = ref.ref;
    revision.commit = std::string(40, 'a');
    return revision;
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision&) override {
    if (throws) throw std::runtime_error("a bug");
    return std::shared_ptr<const SourceTree>(
        make_memory_tree({{"applications/web/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}}));
  }
  std::counting_semaphore<> asked{0};
  std::counting_semaphore<> may_answer{0};
  std::atomic<bool> throws = false;
};

class Answers {
 public:
  void deliver(LoadAnswer answer) {
    {
      const std::scoped_lock lock(m_mutex);
      m_answers.push_back(std::move(answer));
    }
    m_changed.notify_all();
  }
  std::vector<LoadAnswer> take(std::size_t count) {
    std::unique_lock lock(m_mutex);
    REQUIRE(m_changed.wait_for(lock, std::chrono::seconds(10), [&] { return m_answers.size() >= count; }));
    return m_answers;
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<LoadAnswer> m_answers;
};

struct World {
  SlowSource source;
  InlineExecutor executor;
  Answers answers;
  std::unique_ptr<LoadPool> pool;

  explicit World(Duration timeout = std::chrono::seconds(10)) {
    LoadPoolOptions options;
    options.request.root = {"https://git.example.com/fleet", "main"};
    options.timeout = timeout;
    pool = std::make_unique<LoadPool>(options, source, executor,
                                      [this](LoadAnswer answer) { answers.deliver(std::move(answer)); });
  }
};

}  // namespace

TEST_CASE("every started load is answered once, in order, and an unmoved one by the same environment") {
  World world;
  for (std::uint64_t id = 1; id <= 3; ++id) world.pool->start_load(id);
  world.source.may_answer.release(3);
  const auto answers = world.answers.take(3);
  REQUIRE(answers.size() == 3);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    CHECK(answers[id - 1].id == id);
    REQUIRE_MESSAGE(answers[id - 1].environment.has_value(), format_error(answers[id - 1].environment.error()));
    CHECK(*answers[id - 1].environment == *answers[0].environment);
  }
  CHECK((*answers[0].environment)->stacks.size() == 1);
  CHECK(answers[0].fetch > Duration::zero());
  CHECK(answers[0].render > Duration::zero());
}

TEST_CASE("a server that hangs costs the timeout of one load") {
  World world(std::chrono::milliseconds(50));
  world.pool->start_load(7);
  auto answers = world.answers.take(1);
  REQUIRE_FALSE(answers[0].environment.has_value());
  CHECK(answers[0].environment.error().kind == ErrorKind::source_transient);
  CHECK(answers[0].fetch >= std::chrono::milliseconds(50));
  world.source.may_answer.release();
  world.pool->start_load(8);
  answers = world.answers.take(2);
  CHECK(answers[1].environment.has_value());
}

TEST_CASE("loads that wait when the pool ends are answered as cancelled") {
  World world(std::chrono::milliseconds(100));
  world.pool->start_load(1);
  world.source.asked.acquire();
  world.pool->start_load(2);
  world.pool->start_load(3);
  world.pool.reset();
  const auto answers = world.answers.take(3);
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].environment.error().kind == ErrorKind::source_transient);
  CHECK(answers[1].environment.error().kind == ErrorKind::cancelled);
  CHECK(answers[2].id == 3);
}

TEST_CASE("an exception of an adapter is an error of its load, and the thread goes on") {
  World world;
  world.source.throws = true;
  world.source.may_answer.release(2);
  world.pool->start_load(1);
  CHECK(world.answers.take(1)[0].environment.error().kind == ErrorKind::internal);
  world.source.throws = false;
  world.pool->start_load(2);
  CHECK(world.answers.take(2)[1].environment.has_value());
}
