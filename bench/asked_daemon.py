"""A daemon on loopback as its benchmarks ask it: pages, signed deliveries, limits that it must keep."""
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import urllib.request

failed = []


def limit(name, value, most, unit=""):
    print(f"limit {name} {value:.3g}{unit} (at most {most}{unit})", flush=True)
    if value > most:
        failed.append(name)


def wait_until(condition, seconds, step=0.002):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit("it did not happen in time")
        time.sleep(step)


class AskedDaemon:
    def __init__(self, first_port, secret):
        self.ports = {name: first_port + i for i, name in enumerate(("webhooks", "status", "metrics"))}
        self.secret = secret

    def get(self, port, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.ports[port]}{path}", timeout=10).read().decode()

    def in_sync(self):
        """How many stacks are; none while it does not answer yet."""
        try:
            status = json.loads(self.get("status", "/api/v1/status"))
        except OSError:
            return 0
        return sum(1 for e in status["environments"] for s in e["stacks"] if s["sync"] == "in-sync")

    def push(self, repository):
        """Tells of the repository's head; when the delivery began."""
        head = subprocess.run(["git", "-C", repository, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        body = json.dumps({"ref": "refs/heads/main", "after": head, "repository": {"clone_url": "file://" + repository}}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports['webhooks']}/webhook", data=body, method="POST")
        request.add_header("Content-Type", "application/json")
        request.add_header("X-GitHub-Event", "push")
        request.add_header("X-GitHub-Delivery", os.urandom(8).hex())
        request.add_header("X-Hub-Signature-256", "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest())
        began = time.monotonic()
        urllib.request.urlopen(request, timeout=10).read()
        return began
