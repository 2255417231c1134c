#include "stacks/conventions/stack_order.h"

#include "base/suggest.h"
#include "stacks/conventions/layers.h"

#include <algorithm>
#include <map>
#include <queue>

namespace reconciled {
namespace {

/// Stacks and layers as one graph: a stack waits for its dependsOn and for the layers before its own; a layer is done
/// when its stacks are, and after the layers before it.
struct WaitGraph {
  std::vector<std::string> labels;
  std::vector<std::vector<std::size_t>> waits_for;
  std::vector<std::size_t> stack_of;  // index into graph.stacks, or k_layer
  static constexpr std::size_t k_layer = static_cast<std::size_t>(-1);
};

std::size_t layer_rank(const Repository& repository, std::string_view layer) {
  return static_cast<std::size_t>(std::ranges::find(repository.layers, layer, &Layer::name) -
                                  repository.layers.begin());
}

WaitGraph make_wait_graph(const Repository& repository, const StackGraph& graph) {
  WaitGraph result;
  std::map<std::string, std::size_t, std::less<>> index;
  for (const auto& stack : graph.stacks) {
    index[stack.id.path()] = result.labels.size();
    result.stack_of.push_back(result.labels.size());
    result.labels.push_back(stack.id.path());
  }
  const std::size_t first_layer = result.labels.size();
  for (const auto& layer : repository.layers) {
    result.stack_of.push_back(WaitGraph::k_layer);
    result.labels.push_back("all of " + layer.name);
  }
  result.waits_for.resize(result.labels.size());
  for (std::size_t i = 0; i < repository.layers.size(); ++i) {
    for (const auto& after : repository.layers[i].after)
      result.waits_for[first_layer + i].push_back(first_layer + layer_rank(repository, after));
  }
  for (std::size_t i = 0; i < graph.stacks.size(); ++i) {
    const auto& stack = graph.stacks[i];
    const std::size_t rank = layer_rank(repository, stack.id.layer);
    for (const auto& path : stack.depends_on) {
      if (const auto at = index.find(path); at != index.end()) result.waits_for[i].push_back(at->second);
    }
    for (const auto& after : repository.layers[rank].after)
      result.waits_for[i].push_back(first_layer + layer_rank(repository, after));
    result.waits_for[first_layer + rank].push_back(i);
  }
  return result;
}

/// A cycle as node numbers, in the order of waiting; empty when there is none. Depth first without recursion.
Result<std::vector<std::size_t>> find_cycle(const WaitGraph& graph, Budget& budget) {
  enum class Mark : char { fresh, open, done };
  std::vector<Mark> marks(graph.labels.size(), Mark::fresh);
  std::vector<std::pair<std::size_t, std::size_t>> path;  // node, next edge
  for (std::size_t start = 0; start < marks.size(); ++start) {
    if (marks[start] != Mark::fresh) continue;
    marks[start] = Mark::open;
    path.emplace_back(start, 0);
    while (!path.empty()) {
      if (!budget.step()) return fail(budget.error("ordering stacks"));
      const auto node = path.back().first;
      if (path.back().second == graph.waits_for[node].size()) {
        marks[node] = Mark::done;
        path.pop_back();
        continue;
      }
      const auto next = graph.waits_for[node][path.back().second++];
      if (marks[next] == Mark::open) {
        std::vector<std::size_t> cycle;
        const auto from = std::ranges::find(path, next, &std::pair<std::size_t, std::size_t>::first);
        for (auto at = from; at != path.end(); ++at) cycle.push_back(at->first);
        return cycle;
      }
      if (marks[next] == Mark::fresh) {
        marks[next] = Mark::open;
        path.emplace_back(next, 0);
      }
    }
  }
  return std::vector<std::size_t>{};
}

void break_stacks(StackGraph& graph, std::vector<std::pair<std::size_t, Error>> faults) {
  std::ranges::sort(faults, {}, [](const auto& fault) { return fault.first; });
  for (auto& [index, error] : faults) graph.broken.push_back({graph.stacks[index].id, std::move(error)});
  for (auto at = faults.rbegin(); at != faults.rend(); ++at)
    graph.stacks.erase(graph.stacks.begin() + static_cast<std::ptrdiff_t>(at->first));
}

/// Removes the stacks whose dependsOn closes a cycle, and says the whole way round.
Status break_cycles(const Repository& repository, StackGraph& graph, Budget& budget) {
  while (true) {
    const WaitGraph waits = make_wait_graph(repository, graph);
    TRY_ASSIGN(const auto cycle, find_cycle(waits, budget));
    if (cycle.empty()) return {};
    std::vector<std::pair<std::size_t, Error>> faults;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const std::size_t stack = waits.stack_of[cycle[i]];
      const std::size_t next = waits.stack_of[cycle[(i + 1) % cycle.size()]];
      if (stack == WaitGraph::k_layer || next == WaitGraph::k_layer) continue;  // that edge is a layer's, not its own
      std::vector<std::string> names;
      for (std::size_t j = 0; j <= cycle.size(); ++j) names.push_back(waits.labels[cycle[(i + j) % cycle.size()]]);
      Where where = graph.stacks[stack].origin;
      where.key_path = "dependsOn";
      faults.emplace_back(stack, Error(ErrorKind::render, "the stacks wait for each other: " + format_cycle(names),
                                       where, "remove one of these dependencies"));
    }
    break_stacks(graph, std::move(faults));
  }
}

/// The fault of one dependency, or nullopt. Drops those of other environments from the stack.
struct DependencyCheck {
  const Repository& repository;
  const std::set<std::string>& known;
  const std::set<std::string>& here;  // stacks and broken stacks of this environment
  StackGraph& graph;

  std::optional<Error> check(Stack& stack) {
    std::vector<std::string> kept;
    for (const auto& path : stack.depends_on) {
      Where where = stack.origin;
      where.key_path = "dependsOn";
      if (path == stack.id.path())
        return Error(ErrorKind::render, "the stack waits for itself", where, "remove \"" + path + "\"");
      if (!here.contains(path) && !known.contains(path)) {
        const std::vector<std::string> words(known.begin(), known.end());
        return Error(ErrorKind::render, "there is no stack \"" + path + '"' + did_you_mean(path, words), where,
                     "name a folder layer/stack of this repository");
      }
      const std::string layer = path.substr(0, path.find('/'));
      const auto before = layers_before(repository.layers, layer);
      if (std::ranges::find(before, stack.id.layer) != before.end()) {
        return Error(ErrorKind::render,
                     "the stack waits for \"" + path + "\", but the layer " + layer + " comes after " + stack.id.layer,
                     where, "move one of the two stacks to another layer");
      }
      if (here.contains(path)) {
        kept.push_back(path);
      } else if (std::ranges::find(graph.layers, layer) != graph.layers.end()) {
        graph.warnings.push_back(stack.id.path() + " does not wait for " + path + ", which is not in the environment " +
                                 graph.environment);
      }
    }
    stack.depends_on = std::move(kept);
    return std::nullopt;
  }
};

/// Kahn's order; of those that are ready, the first by layer and name.
void sort_stacks(const Repository& repository, StackGraph& graph) {
  const WaitGraph waits = make_wait_graph(repository, graph);
  std::vector<std::vector<std::size_t>> wakes(waits.labels.size());
  std::vector<std::size_t> open(waits.labels.size());
  for (std::size_t i = 0; i < waits.labels.size(); ++i) {
    open[i] = waits.waits_for[i].size();
    for (const auto before : waits.waits_for[i]) wakes[before].push_back(i);
  }
  using Ready = std::tuple<std::size_t, std::string, std::size_t>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  const auto push = [&](std::size_t node) {
    const bool is_layer = waits.stack_of[node] == WaitGraph::k_layer;
    // A layer is no work of its own: it goes first, so that what waits for it can be compared by rank and name.
    ready.emplace(is_layer ? 0 : 1 + layer_rank(repository, graph.stacks[waits.stack_of[node]].id.layer),
                  waits.labels[node], node);
  };
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (open[i] == 0) push(i);
  }
  std::vector<Stack> sorted;
  while (!ready.empty()) {
    const auto node = std::get<2>(ready.top());
    ready.pop();
    if (waits.stack_of[node] != WaitGraph::k_layer) sorted.push_back(graph.stacks[waits.stack_of[node]]);
    for (const auto next : wakes[node]) {
      if (--open[next] == 0) push(next);
    }
  }
  graph.stacks = std::move(sorted);
}

}  // namespace

Status order_stacks(const Repository& repository, const std::set<std::string>& known, StackGraph& graph,
                    Budget& budget) {
  std::set<std::string> here;
  for (const auto& stack : graph.stacks) here.insert(stack.id.path());
  for (const auto& broken : graph.broken) here.insert(broken.id.path());
  DependencyCheck checker{repository, known, here, graph};
  std::vector<std::pair<std::size_t, Error>> faults;
  for (std::size_t i = 0; i < graph.stacks.size(); ++i) {
    if (!budget.step()) return fail(budget.error("ordering stacks"));
    if (auto fault = checker.check(graph.stacks[i])) faults.emplace_back(i, std::move(*fault));
  }
  break_stacks(graph, std::move(faults));
  TRY(break_cycles(repository, graph, budget));
  sort_stacks(repository, graph);
  for (const auto& stack : graph.stacks) {
    if (!stack.depends_on.empty()) graph.before[stack.id.path()] = stack.depends_on;
  }
  return {};
}

}  // namespace reconciled
