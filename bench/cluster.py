"""The API server of `test-control-plane`, as the benchmarks ask it."""
import http.client
import json
import os
import ssl
import urllib.parse

CLUSTER = os.environ["TEST_CLUSTER"]


def read(name):
    with open(os.path.join(CLUSTER, name), encoding="utf-8") as file:
        return file.read().strip()


class Connection:
    """One connection that stays open: a handshake for each question would keep both processors busy."""

    def __init__(self):
        self.server = urllib.parse.urlparse(read("server.url"))
        self.token = read("admin.token")
        self.http = None

    def ask(self, path, method, body, content):
        if self.http is None:
            context = ssl.create_default_context(cafile=os.path.join(CLUSTER, "ca.crt"))
            self.http = http.client.HTTPSConnection(self.server.hostname, self.server.port, context=context, timeout=60)
        self.http.request(method, path, body, {"Authorization": "Bearer " + self.token, "Content-Type": content})
        answer = self.http.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise OSError(f"{method} {path}: {answer.status} {text[:300]}")
        return text


CONNECTION = []


def api(path, method="GET", body=None, content="application/json"):
    if not CONNECTION:
        CONNECTION.append(Connection())
    try:
        return CONNECTION[0].ask(path, method, body, content)
    except (http.client.HTTPException, ConnectionError):  # it was closed meanwhile
        CONNECTION[0].http = None
        return CONNECTION[0].ask(path, method, body, content)


def requests_so_far():
    """Requests that the API server counted, without those that it makes to itself: leases and addresses of Services."""
    total = 0
    own = ('verb="WATCH"', 'resource="leases"', 'resource="ipaddresses"', 'resource="servicecidrs"')
    for line in api("/metrics").splitlines():
        if line.startswith("apiserver_request_total{") and not any(text in line for text in own):
            total += float(line.rsplit(" ", 1)[1])
    return total


def make_namespace(name):
    api("/api/v1/namespaces", "POST", json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}).encode())
