"""The API server of `test-control-plane`, as the benchmarks ask it."""
import json
import os
import ssl
import urllib.request

CLUSTER = os.environ["TEST_CLUSTER"]


def read(name):
    with open(os.path.join(CLUSTER, name), encoding="utf-8") as file:
        return file.read().strip()


def api(path, method="GET", body=None, content="application/json"):
    context = ssl.create_default_context(cafile=os.path.join(CLUSTER, "ca.crt"))
    request = urllib.request.Request(read("server.url") + path, method=method, data=body)
    request.add_header("Authorization", "Bearer " + read("admin.token"))
    request.add_header("Content-Type", content)
    return urllib.request.urlopen(request, context=context).read().decode()


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
