#!/usr/bin/env python3
"""The daemon over a fleet of N stacks with 4 objects each, on a real kube-apiserver, against bare requests in one run.

  test-control-plane --apiserver-flag=--max-requests-inflight=0 --apiserver-flag=--enable-priority-and-fairness=false \\
      -- bench/daemon.py build/release/bin [STACKS] [EDITS] [REST] [MORE]

No controllers run, so nothing becomes healthy. First sync from nothing, a minute without change, commits of one folder told by webhook, edits by hand. Prints `ratio` and
`limit` lines; fails above a limit. MORE ConfigMaps in each stack make the fleet larger than what bare requests are compared with: with 6, memory is measured with
10,000 objects, and nothing else.
"""
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from asked_daemon import AskedDaemon, failed, limit, wait_until
from cluster import CLUSTER, api, make_namespace, requests_so_far

BIN = os.path.abspath(sys.argv[1])
STACKS = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
EDITS = int(sys.argv[3]) if len(sys.argv) > 3 else 50
REST = int(sys.argv[4]) if len(sys.argv) > 4 else 60  # seconds without change
MORE = int(sys.argv[5]) if len(sys.argv) > 5 else 0
OBJECTS = STACKS * (4 + MORE)
SECRET = "bench-webhook-secret"
DAEMON = AskedDaemon(19480, SECRET)


def recorded(log):
    """Stacks whose first run is recorded, by the log: asking for the status of the whole fleet again and again would be a part of what is measured."""
    return len({line.split(" stack=", 1)[1].split(" ", 1)[0] for line in open(log, encoding="utf-8") if 'msg="stack succeeded"' in line})


def memory(pid):
    """RSS and its peak in MiB, of the daemon without its render workers."""
    fields = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status", encoding="utf-8") if ":" in line)
    return int(fields["VmRSS"].split()[0]) / 1024, int(fields["VmHWM"].split()[0]) / 1024


def cpu(pid):
    """CPU seconds of the daemon and its workers."""
    total = 0
    pids = [pid] + [int(p) for p in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]
    for each in pids:
        parts = open(f"/proc/{each}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
        total += (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return total


def quantiles(values):
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def changed_value(namespace, name):
    return json.loads(api(f"/api/v1/namespaces/{namespace}/configmaps/{name}"))["data"]


def bare_seconds():
    make_namespace("bare")
    began = time.monotonic()
    subprocess.run([f"{BIN}/bench-bare-apply", "--cluster", CLUSTER, "--namespace", "bare", "--mode", "create", "--objects",
                    str(OBJECTS), "--window", "32"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    print(f"bare requests: {OBJECTS} in {seconds:.2f} s", flush=True)
    return seconds


def main():
    folder = tempfile.mkdtemp()
    bare = bare_seconds() if MORE == 0 else 0

    make_namespace("fleet")
    repository = os.path.join(folder, "fleet")
    subprocess.run([f"{BIN}/bench-fleet", repository, "--stacks", str(STACKS), "--namespace", "fleet", "--more", str(MORE)], check=True)
    settings = os.path.join(folder, "config.yaml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(f"""apiVersion: reconcile/v1
kind: Config
sources: [{{name: fleet, url: "file://{repository}", ref: main, interval: 1h}}]
environments: [{{name: default, source: fleet, cluster: main}}]
clusters: [{{name: main, kubeconfig: {CLUSTER}/admin.kubeconfig}}]
cache: {{folder: {folder}/cache}}
listen: {{webhooks: "127.0.0.1:{DAEMON.ports['webhooks']}", status: "127.0.0.1:{DAEMON.ports['status']}", metrics: "127.0.0.1:{DAEMON.ports['metrics']}"}}
webhooks: {{secrets: [{SECRET}]}}
log: {{format: logfmt}}
""")
    counted = requests_so_far()
    log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
    began = time.monotonic()
    daemon = subprocess.Popen([f"{BIN}/reconciled", "--config", settings], stderr=log)
    try:
        wait_until(lambda: recorded(log.name) == STACKS, 600, 0.05)
        own = time.monotonic() - began
        wait_until(lambda: DAEMON.in_sync() == STACKS, 10, 0.25)
        sent = requests_so_far() - counted
        print(f"first sync: {own:.2f} s, {cpu(daemon.pid):.2f} CPU s, {memory(daemon.pid)[1]:.0f} MiB at most, {sent:.0f} requests")
        if MORE == 0:
            limit("ratio first sync / bare seconds", own / bare, 1.3)
            limit("CPU of the first sync", cpu(daemon.pid), 5, " s")
        limit("requests an object", sent / OBJECTS, 1.1)

        time.sleep(REST / 4)
        counted, spent = requests_so_far(), cpu(daemon.pid)
        time.sleep(REST)
        print(f"{REST} s without change: {requests_so_far() - counted:.0f} requests of all, {cpu(daemon.pid) - spent:.2f} CPU s")
        limit(f"RSS with {OBJECTS} objects", memory(daemon.pid)[0], 60, " MiB")
        if MORE:
            return

        times = []
        for revision in range(2, EDITS + 2):
            stack = revision * 7 % STACKS
            subprocess.run([f"{BIN}/bench-fleet", repository, "--change", str(stack), "--revision", str(revision)], check=True,
                           stdout=subprocess.DEVNULL)
            name = f"stack-{stack:04d}"
            before = changed_value("fleet", name)
            began = DAEMON.push(repository)
            wait_until(lambda: changed_value("fleet", name) != before, 30)
            times.append(time.monotonic() - began)
        p50, p99 = quantiles(times)
        print(f"a commit of one folder: p50 {p50 * 1000:.0f} ms")
        limit("a commit of one folder, p99", p99 * 1000, 300, " ms")

        time.sleep(3)
        times = []
        for edit in range(EDITS):
            name = f"stack-{edit * 11 % STACKS:04d}"
            before = changed_value("fleet", name)
            key = next(iter(before))
            body = json.dumps({"data": {key: f"by hand {edit}"}}).encode()
            api(f"/api/v1/namespaces/fleet/configmaps/{name}?fieldManager=kubectl-edit", "PATCH", body, "application/merge-patch+json")
            began = time.monotonic()
            wait_until(lambda: changed_value("fleet", name) == before, 30)
            times.append(time.monotonic() - began)
        p50, p99 = quantiles(times)
        limit("a hand edit repaired, p50", p50 * 1000, 50, " ms")
        limit("a hand edit repaired, p99", p99 * 1000, 300, " ms")
        print(f"at the end: {cpu(daemon.pid):.2f} CPU s, {memory(daemon.pid)[0]:.0f} MiB")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        log.close()
        if sys.exc_info()[0] is not None:
            print("".join(open(os.path.join(folder, "log"), encoding="utf-8").readlines()[-10:]))
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


main()
