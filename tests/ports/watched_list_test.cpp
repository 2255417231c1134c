#include "ports/watched_list.h"

#include "base/json.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

/// Remembers what it was asked.
class RecordingCluster final : public Cluster {
 public:
  void start(Call call) override { calls.push_back(std::move(call)); }
  void cancel(CallId id) override { cancelled.push_back(id); }
  std::vector<Call> calls;
  std::vector<CallId> cancelled;
};

struct Fixture {
  RecordingCluster cluster;
  SeededRandom random{7};
  CallId last_id = 0;
  MonotonicTime now{};
  WatchedList list;

  Fixture() : list(cluster, random, what(), [this] { return ++last_id; }) { list.start(now); }
  static Call what() {
    Call call;
    call.type = {{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}};
    return call;
  }
  [[nodiscard]] const Call& last() const { return cluster.calls.back(); }
  static Value object(std::string_view name, std::string_view uid, std::string_view version) {
    return Value::map(
        {{"kind", "ConfigMap"},
         {"metadata", Value::map({{"name", name}, {"namespace", "n"}, {"uid", uid}, {"resourceVersion", version}})}});
  }
  std::vector<std::string> take_list(std::string_view version, std::vector<Value> items) {
    Answer answer;
    answer.id = last_id;
    answer.object = Value::map(
        {{"metadata", Value::map({{"resourceVersion", version}})}, {"items", Value::list(std::move(items))}});
    return format(list.take(std::move(answer), now));
  }
  std::vector<std::string> take_page(std::string_view version, std::vector<Value> items, std::string_view next) {
    Answer answer;
    answer.id = last_id;
    answer.object = Value::map({{"metadata", Value::map({{"resourceVersion", version}, {"continue", next}})},
                                {"items", Value::list(std::move(items))}});
    return format(list.take(std::move(answer), now));
  }
  std::vector<std::string> take_error(ErrorKind kind) {
    Answer answer;
    answer.id = last_id;
    answer.object = fail(kind, "no");
    return format(list.take(std::move(answer), now));
  }
  std::vector<std::string> take_event(WatchEvent::Kind kind, Value object) {
    return format(list.take(WatchEvent{last_id, kind, std::move(object)}, now));
  }
  void end_watch() {
    Answer answer;
    answer.id = last_id;
    CHECK(list.take(std::move(answer), now).empty());
  }
  void wake() {
    REQUIRE(list.wake_at().has_value());
    now = *list.wake_at();
    list.wake(now);
  }
  static std::vector<std::string> format(const std::vector<ObjectChange>& changes) {
    std::vector<std::string> texts;
    for (const ObjectChange& change : changes) {
      const char* sign = change.kind == ObjectChange::Kind::added      ? "+"
                         : change.kind == ObjectChange::Kind::modified ? "~"
                                                                       : "-";
      texts.push_back(sign + std::string(change.object.at({"metadata", "name"}).as_string()) + "@" +
                      std::string(change.object.at({"metadata", "uid"}).as_string()));
    }
    return texts;
  }
};

using Texts = std::vector<std::string>;
using Kind = WatchEvent::Kind;

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a list is followed by a watch from its version") {
  CHECK(last().verb == Verb::list);
  CHECK_FALSE(list.synced());
  CHECK(take_list("10", {object("a", "1", "5")}) == Texts{"+a@1"});
  CHECK(list.synced());
  CHECK(last().verb == Verb::watch);
  CHECK(last().resource_version == "10");
  CHECK(take_event(Kind::added, object("b", "2", "11")) == Texts{"+b@2"});
  CHECK(take_event(Kind::modified, object("a", "1", "12")) == Texts{"~a@1"});
  CHECK(take_event(Kind::deleted, object("b", "2", "13")) == Texts{"-b@2"});
  CHECK(take_event(Kind::bookmark, object("", "", "20")).empty());
  CHECK(list.size() == 1);
  end_watch();
  CHECK(last().verb == Verb::watch);
  CHECK(last().resource_version == "20");
}

TEST_CASE_FIXTURE(Fixture, "after 410 a new list is compared, and only then is something gone") {
  take_list("10", {object("a", "1", "5"), object("b", "2", "6"), object("c", "3", "7"), object("d", "4", "8")});
  CHECK(take_error(ErrorKind::api_gone).empty());
  CHECK(list.size() == 4);
  CHECK(last().verb == Verb::list);
  CHECK(take_list("30", {object("a", "1", "5"), object("b", "2", "25"), object("c", "9", "26"),
                         object("e", "5", "27")}) == Texts{"~b@2", "-c@3", "+c@9", "+e@5", "-d@4"});
}

TEST_CASE_FIXTURE(Fixture, "what is known from elsewhere and not in the first list is told as gone") {
  list.stop();
  list.expect("n", "a", "u1", "5");
  list.expect("n", "b", "u2", "7");
  list.start(now);
  CHECK(take_list("6", {object("a", "u1", "5")}).empty());  // older than what was seen: not believed
  wake();
  CHECK(take_list("8", {object("a", "u1", "5")}) == Texts{"-b@u2"});
}

TEST_CASE_FIXTURE(Fixture, "a server that answers 410 to every watch is asked with growing pauses") {
  take_list("10", {});
  take_error(ErrorKind::api_gone);
  take_list("10", {});
  CHECK(take_error(ErrorKind::api_gone).empty());
  CHECK(list.wake_at().has_value());
  const std::size_t asked = cluster.calls.size();
  list.wake(now);
  CHECK(cluster.calls.size() == asked);
  wake();
  CHECK(last().verb == Verb::list);
}

TEST_CASE_FIXTURE(Fixture, "failures change nothing, are told, and are forgotten when the server answers again") {
  take_list("10", {object("a", "1", "5")});
  CHECK(take_error(ErrorKind::api_transient).empty());
  REQUIRE(list.error().has_value());
  CHECK(list.size() == 1);
  wake();
  CHECK(last().verb == Verb::watch);
  take_error(ErrorKind::api_missing);
  CHECK(list.size() == 1);
  wake();
  CHECK(last().verb == Verb::list);
  take_error(ErrorKind::api_auth);
  CHECK(list.size() == 1);
  wake();
  CHECK(take_list("12", {object("a", "1", "5")}).empty());
  CHECK_FALSE(list.error().has_value());
}

TEST_CASE_FIXTURE(Fixture, "pauses grow to their bound") {
  Duration last_pause{};
  for (int i = 0; i < 20; ++i) {
    take_error(ErrorKind::api_transient);
    last_pause = *list.wake_at() - now;
    CHECK(last_pause <= Duration(std::chrono::seconds(30)));
    wake();
  }
  CHECK(last_pause >= Duration(std::chrono::seconds(15)));
}

TEST_CASE_FIXTURE(Fixture, "an older list is not believed, until it is plain that the cluster itself went back") {
  take_list("100", {object("a", "1", "5")});
  take_error(ErrorKind::api_gone);
  CHECK(take_list("90", {}).empty());
  CHECK(list.size() == 1);
  wake();
  CHECK(take_list("90", {}).empty());
  wake();
  CHECK(take_list("90", {}) == Texts{"-a@1"});
}

TEST_CASE_FIXTURE(Fixture, "an event from the past makes a new list") {
  take_list("100", {});
  CHECK(take_event(Kind::added, object("a", "1", "99")).empty());
  CHECK(cluster.cancelled == std::vector<CallId>{last_id});
  wake();
  CHECK(last().verb == Verb::list);
}

TEST_CASE_FIXTURE(Fixture, "a list is read page by page, and absence is believed after the last one") {
  take_list("10", {object("a", "1", "5"), object("b", "2", "6"), object("z", "3", "7")});
  take_error(ErrorKind::api_gone);
  CHECK(last().verb == Verb::list);
  CHECK(last().limit == 500);
  CHECK(last().continue_token.empty());
  CHECK(take_page("20", {object("a", "1", "15")}, "more") == Texts{"~a@1"});
  CHECK(last().verb == Verb::list);
  CHECK(last().continue_token == "more");
  CHECK(last().resource_version.empty());
  CHECK(list.size() == 3);
  CHECK(take_page("20", {}, "and more").empty());
  CHECK(last().continue_token == "and more");
  CHECK(take_list("20", {object("z", "3", "7")}) == Texts{"-b@2"});
  CHECK(last().verb == Verb::watch);
  CHECK(last().resource_version == "20");
}

TEST_CASE_FIXTURE(Fixture, "the first list is whole only after its last page") {
  take_page("20", {object("a", "1", "15")}, "more");
  CHECK_FALSE(list.synced());
  take_list("20", {object("b", "2", "16")});
  CHECK(list.synced());
  CHECK(list.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a page that expired begins the list again, at once the first time, and forgets nothing") {
  take_list("10", {object("a", "1", "5"), object("b", "2", "6")});
  take_error(ErrorKind::api_gone);
  take_page("20", {object("a", "1", "5")}, "more");
  CHECK(take_error(ErrorKind::api_gone).empty());
  CHECK(last().verb == Verb::list);
  CHECK(last().continue_token.empty());
  CHECK(list.size() == 2);
  // "a" goes between the two lists: the mark of the broken one must not save it.
  take_page("30", {object("c", "3", "25")}, "more");
  CHECK(take_error(ErrorKind::api_gone).empty());
  CHECK(list.wake_at().has_value());
  wake();
  take_page("40", {object("c", "3", "25")}, "more");
  CHECK(take_list("40", {object("b", "2", "6")}) == Texts{"-a@1"});
}

TEST_CASE_FIXTURE(Fixture, "a page that fails, or is older than the one before it, makes nothing absent") {
  take_list("10", {object("a", "1", "5"), object("b", "2", "6")});
  take_error(ErrorKind::api_gone);
  take_page("20", {object("a", "1", "5")}, "more");
  CHECK(take_error(ErrorKind::api_transient).empty());
  CHECK(list.size() == 2);
  wake();
  CHECK(last().continue_token.empty());
  take_page("20", {object("a", "1", "5")}, "more");
  CHECK(take_list("19", {}).empty());
  CHECK(list.size() == 2);
  CHECK(list.error().has_value());
}

TEST_CASE("a list without an end is given up") {
  RecordingCluster cluster;
  SeededRandom random(1);
  CallId last = 0;
  WatchedList::Options options;
  options.max_objects = 10;
  WatchedList list(cluster, random, Fixture::what(), [&] { return ++last; }, options);
  list.start({});
  for (int page = 0; page < 6; ++page) {
    Answer answer;
    answer.id = last;
    const std::string name = std::to_string(page);
    answer.object = Value::map(
        {{"metadata", Value::map({{"resourceVersion", "10"}, {"continue", "more"}})},
         {"items", Value::list({Fixture::object("a" + name, "1", "5"), Fixture::object("b" + name, "2", "6")})}});
    list.take(std::move(answer), {});
  }
  REQUIRE(list.error().has_value());
  CHECK(list.error()->kind == ErrorKind::limit);
  CHECK(list.wake_at().has_value());
  CHECK_FALSE(list.synced());
}

TEST_CASE_FIXTURE(Fixture, "a watch that was open and quiet goes on at once, one that ends at once after a pause") {
  take_list("10", {});
  now += std::chrono::seconds(20);
  end_watch();
  CHECK(last().verb == Verb::watch);
  CHECK(list.fresh_at() == now);
  CHECK_FALSE(list.wake_at().has_value());
  end_watch();
  CHECK(list.wake_at().has_value());
  CHECK(list.error().has_value());
}

TEST_CASE_FIXTURE(
    Fixture, "what happened while nothing came through is told event by event, and only then is the view current") {
  take_list("10", {object("a", "1", "5"), object("b", "2", "6")});
  const MonotonicTime listed = list.fresh_at();
  for (int i = 0; i < 3; ++i) {
    now += std::chrono::seconds(25);
    take_error(ErrorKind::api_transient);
    wake();
  }
  CHECK(take_event(Kind::modified, object("a", "1", "11")) == Texts{"~a@1"});
  CHECK(list.error().has_value());  // the next event may be as old as the gap
  CHECK(list.fresh_at() == listed);
  CHECK(take_event(Kind::modified, object("b", "2", "12")) == Texts{"~b@2"});
  SUBCASE("a watch that stayed open has told all") {
    now += std::chrono::seconds(7);
    end_watch();
    CHECK_FALSE(list.error().has_value());
    CHECK(list.fresh_at() == now);
  }
  SUBCASE("one that ended early may have more to tell, and goes on at once") {
    end_watch();
    CHECK(last().verb == Verb::watch);
    CHECK(last().resource_version == "12");
    CHECK(list.error().has_value());
    CHECK(list.fresh_at() == listed);
  }
  SUBCASE("a bookmark comes after all before it") {
    CHECK(take_event(Kind::bookmark, object("", "", "13")).empty());
    CHECK_FALSE(list.error().has_value());
    CHECK(list.fresh_at() == now);
  }
}

TEST_CASE_FIXTURE(Fixture, "messages of earlier calls change nothing") {
  const CallId first = last_id;
  take_list("10", {object("a", "1", "5")});
  Answer late;
  late.id = first;
  late.object = Value::map({{"items", Value::list()}});
  CHECK(list.take(std::move(late), now).empty());
  CHECK(list.size() == 1);
  list.stop();
  CHECK(take_event(Kind::deleted, object("a", "1", "11")).empty());
}

TEST_CASE("versions are compared as numbers of any length") {
  CHECK(is_older_version("9", "10"));
  CHECK(is_older_version("99999999999999999999", "100000000000000000000"));
  CHECK_FALSE(is_older_version("10", "9"));
  CHECK_FALSE(is_older_version("10", "010"));
  CHECK_FALSE(is_older_version("", "1"));
  CHECK_FALSE(is_older_version("a", "b"));
}
