#include "engine/loading.h"

#include "ports/memory_tree.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace reconciled;

namespace {

using Files = std::map<std::string, std::string>;
const std::string k_fleet = "https://git.example.com/fleet";
const std::string k_shop = "https://git.example.com/shop";

std::string map_named(const std::string& name, const std::string& value) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {key: \"" + value + "\"}\n";
}

/// Repositories in memory, one ref each, with a commit that says how often they changed.
class Repositories final : public Source {
 public:
  struct Repository {
    Files files;
    int commits = 0;
    std::optional<Error> fault;
  };
  std::map<std::string, Repository> all;
  std::vector<std::string> resolved;
  bool opens = true;

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime) override {
    resolved.push_back(ref.url);
    const auto& repository = all[ref.url];
    if (repository.fault) return fail(*repository.fault);
    Revision revision;
    revision.url = ref.url;
    revision.ref = ref.ref;
    revision.commit = std::to_string(repository.commits);
    return revision;
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override {
    if (!opens) return fail(ErrorKind::source_transient, "the mirror was removed");
    return std::shared_ptr<const SourceTree>(make_memory_tree(all[revision.url].files));
  }
  void commit(const std::string& url, const std::string& path, const std::string& content) {
    all[url].files[path] = content;
    ++all[url].commits;
  }
};

/// Renders, unless it is told to crash for a stack.
class FlakyExecutor final : public Executor {
 public:
  std::set<std::string> crashes;
  Result<PackedOutcome> render(const InputSet& inputs, const Limits& limits) override {
    if (crashes.contains(inputs.stack.id.name)) return fail(ErrorKind::internal, "the worker crashed");
    return m_inline.render(inputs, limits);
  }

 private:
  InlineExecutor m_inline;
};

using Loaded = std::shared_ptr<const LoadedEnvironment>;

struct World {
  Repositories source;
  FlakyExecutor executor;
  EnvironmentLoader loader{source, executor};
  DesiredRequest request;

  World() {
    request.root = {k_fleet, "main"};
    request.deadline = MonotonicTime::max();
    source.all[k_fleet].files = {{"applications/web/a.yaml", map_named("a", "1")},
                                 {"applications/pay/a.yaml", map_named("b", "1")},
                                 {"platform/vault/a.yaml", map_named("c", "1")}};
  }
  Loaded load() {
    source.resolved.clear();
    auto loaded = loader.load(request);
    REQUIRE_MESSAGE(loaded.has_value(), format_error(loaded.error()));
    return *loaded;
  }
};

const LoadedStack& stack_of(const Loaded& loaded, const std::string& name) {
  for (const auto& stack : loaded->stacks) {
    if (stack.stack.id.name == name) return stack;
  }
  FAIL("no stack " << name);
  throw 0;
}

std::string value_in(const LoadedStack& stack) {
  REQUIRE_MESSAGE(stack.manifests.has_value(), format_error(stack.manifests.error()));
  const auto set = (*stack.manifests)->unpack();
  REQUIRE(set.has_value());
  REQUIRE(set->manifests.size() == 1);
  return std::string(set->manifests[0].object.at({"data", "key"}).as_string());
}

std::string own_source(const std::string& url) {
  return "apiVersion: reconcile/v1\nkind: Stack\nsource: {repository: \"" + url + "\", ref: main, path: k8s}\n";
}

}  // namespace

TEST_CASE("an unmoved ref costs one question, and answers the same environment") {
  World world;
  const Loaded first = world.load();
  CHECK(first->stacks.size() == 3);
  CHECK(first->graph.stacks.empty());
  CHECK(first->revision.commit == "0");
  CHECK(world.loader.rendered() == 3);
  world.source.opens = false;
  CHECK(world.load() == first);
  CHECK(world.source.resolved == std::vector<std::string>{k_fleet});
  CHECK(world.loader.remembered() == 0);
}

TEST_CASE("a loaded environment holds what the command line loads") {
  World world;
  const Loaded loaded = world.load();
  const auto desired = load_desired(world.request, world.source);
  REQUIRE(desired.has_value());
  REQUIRE(desired->stacks.size() == loaded->stacks.size());
  for (std::size_t i = 0; i < loaded->stacks.size(); ++i) {
    CHECK(loaded->stacks[i].stack == desired->stacks[i].stack);
    CHECK((*loaded->stacks[i].manifests)->unpack().value() == *desired->stacks[i].manifests);
    CHECK(loaded->stacks[i].inputs == desired->stacks[i].manifests->inputs);
  }
}

TEST_CASE("a commit renders the stacks whose inputs changed, and no other") {
  World world;
  const Loaded first = world.load();
  world.source.commit(k_fleet, "applications/web/a.yaml", map_named("a", "2"));
  const Loaded second = world.load();
  CHECK(second != first);
  CHECK(second->revision.commit == "1");
  CHECK(world.loader.rendered() == 4);
  CHECK(world.loader.remembered() == 2);
  CHECK(value_in(stack_of(second, "web")) == "2");
  CHECK(stack_of(second, "web").inputs != stack_of(first, "web").inputs);
  CHECK(*stack_of(second, "pay").manifests == *stack_of(first, "pay").manifests);
  CHECK(value_in(stack_of(first, "web")) == "1");  // what was handed out does not change

  world.source.commit(k_fleet, "README.md", "nothing that a stack reads");
  CHECK(world.load()->revision.commit == "2");
  CHECK(world.loader.rendered() == 4);

  // A setting counts, too, though no file of the stack changed.
  world.source.commit(k_fleet, "reconcile.yaml",
                      "apiVersion: reconcile/v1\nkind: Repository\nlayers: {platform: {namespace: vault}, "
                      "applications: {}}\nenvironments: {default: {}}\n");
  CHECK(stack_of(world.load(), "vault").stack.namespace_ == "vault");
  CHECK(world.loader.rendered() == 5);
}

TEST_CASE("one broken stack is alone, and is not rendered again while it stays broken") {
  World world;
  world.source.commit(k_fleet, "applications/web/a.yaml", "broken: [");
  const Loaded first = world.load();
  REQUIRE_FALSE(stack_of(first, "web").manifests.has_value());
  CHECK(stack_of(first, "web").manifests.error().kind == ErrorKind::render);
  CHECK(value_in(stack_of(first, "pay")) == "1");
  CHECK(world.load() == first);
  world.source.commit(k_fleet, "applications/pay/a.yaml", map_named("b", "2"));
  const Loaded second = world.load();
  CHECK(stack_of(second, "web").manifests == stack_of(first, "web").manifests);
  CHECK(world.loader.rendered() == 4);
  world.source.commit(k_fleet, "applications/web/a.yaml", map_named("a", "3"));
  CHECK(value_in(stack_of(world.load(), "web")) == "3");
}

TEST_CASE("a stack whose worker crashed is tried again, and the rest is remembered") {
  World world;
  world.executor.crashes = {"web"};
  const Loaded first = world.load();
  CHECK(stack_of(first, "web").manifests.error().kind == ErrorKind::internal);
  CHECK(stack_of(first, "web").manifests.error().context == std::vector<std::string>{"render applications/web"});
  CHECK(world.load() == first);  // it failed in the same way
  CHECK(world.loader.rendered() == 4);
  world.executor.crashes.clear();
  const Loaded second = world.load();
  CHECK(second != first);
  CHECK(value_in(stack_of(second, "web")) == "1");
  CHECK(world.loader.rendered() == 5);
  CHECK(world.load() == second);
}

TEST_CASE("a stack's own source wakes it, and is asked once for all its stacks") {
  World world;
  world.source.all[k_shop].files = {{"k8s/a.yaml", map_named("s", "own")}};
  for (const std::string stack : {"one", "two"}) {
    world.source.all[k_fleet].files["applications/" + stack + "/stack.yaml"] = own_source(k_shop);
  }
  const Loaded first = world.load();
  CHECK(world.source.resolved == std::vector<std::string>{k_fleet, k_shop});
  CHECK(world.load() == first);
  world.source.commit(k_shop, "k8s/a.yaml", map_named("s", "new"));
  const Loaded second = world.load();
  CHECK(second != first);
  CHECK(value_in(stack_of(second, "one")) == "new");
  CHECK(value_in(stack_of(second, "web")) == "1");
  CHECK(world.loader.rendered() == 7);
}

TEST_CASE("a source that is away fails its stacks alone, and costs no render when it is back") {
  World world;
  const std::string other = "https://git.example.com/other";
  world.source.all[k_shop].files = {{"k8s/a.yaml", map_named("s", "own")}};
  world.source.all[other].files = {{"k8s/a.yaml", map_named("o", "other")}};
  world.source.all[k_fleet].files["applications/one/stack.yaml"] = own_source(k_shop);
  world.source.all[k_fleet].files["applications/two/stack.yaml"] = own_source(other);
  const Loaded first = world.load();
  world.source.all[k_shop].fault = Error(ErrorKind::source_transient, "the server hangs");
  const Loaded second = world.load();
  CHECK(stack_of(second, "one").manifests.error().kind == ErrorKind::source_transient);
  CHECK(stack_of(second, "one").inputs == Digest{});
  CHECK(value_in(stack_of(second, "two")) == "other");
  CHECK(world.load() == second);  // away as before
  // What hangs is asked last: it cannot use up the time of the others.
  world.source.commit(k_fleet, "README.md", "moved");
  static_cast<void>(world.load());
  CHECK(world.source.resolved == std::vector<std::string>{k_fleet, other, k_shop});
  const auto rendered = world.loader.rendered();
  world.source.all[k_shop].fault.reset();
  const Loaded back = world.load();
  CHECK(stack_of(back, "one").inputs == stack_of(first, "one").inputs);
  CHECK(*stack_of(back, "one").manifests == *stack_of(first, "one").manifests);
  CHECK(world.loader.rendered() == rendered);
}

TEST_CASE("an environment that cannot be trusted is an error, and what was loaded stays remembered") {
  World world;
  const Loaded first = world.load();
  world.source.all[k_fleet].fault = Error(ErrorKind::source_transient, "the server is down");
  CHECK(world.loader.load(world.request).error().kind == ErrorKind::source_transient);
  world.source.all[k_fleet].fault.reset();
  CHECK(world.load() == first);
  world.source.commit(k_fleet, "reconcile.yaml", "apiVersion: reconcile/v2\n");
  CHECK(world.loader.load(world.request).error().kind == ErrorKind::render);
  world.source.all[k_fleet].files.erase("reconcile.yaml");
  ++world.source.all[k_fleet].commits;
  CHECK(value_in(stack_of(world.load(), "web")) == "1");
  CHECK(world.loader.rendered() == 3);
}

TEST_CASE("a stack that went and came back is rendered again; nothing is kept for what is gone") {
  World world;
  static_cast<void>(world.load());
  const std::string text = world.source.all[k_fleet].files.extract("applications/web/a.yaml").mapped();
  ++world.source.all[k_fleet].commits;
  CHECK(world.load()->stacks.size() == 2);
  world.source.commit(k_fleet, "applications/web/a.yaml", text);
  CHECK(world.load()->stacks.size() == 3);
  CHECK(world.loader.rendered() == 4);
}

TEST_CASE("another request is another load, and a working folder is always looked at") {
  World world;
  const Loaded first = world.load();
  world.request.limits.steps = 5'000'000;
  CHECK(world.load() == first);  // it came to the same
  CHECK(world.loader.remembered() == 3);
  world.request.environment = "prod";
  CHECK(world.loader.load(world.request).error().kind == ErrorKind::usage);
  world.request.environment.clear();
  world.request.local = OpenTree{{}, make_memory_tree({{"applications/web/a.yaml", map_named("a", "local")}})};
  CHECK(value_in(stack_of(world.load(), "web")) == "local");
  world.request.local->tree = make_memory_tree({{"applications/web/a.yaml", map_named("a", "edited")}});
  CHECK(value_in(stack_of(world.load(), "web")) == "edited");
}
