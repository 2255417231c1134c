#!/usr/bin/env python3
"""The daemon under load for a while, on a real kube-apiserver: commits, edits by hand, deliveries and readers all the time.

  test-control-plane --apiserver-flag=--max-requests-inflight=0 --apiserver-flag=--enable-priority-and-fairness=false \\
      -- bench/soak.py build/release/bin [SECONDS] [STACKS]

Samples resident memory and open descriptors each five seconds. The first third is for warming up; over the rest neither may grow. Prints `limit` lines; fails
above one.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from asked_daemon import AskedDaemon, failed, limit, wait_until
from cluster import CLUSTER, api, make_namespace

BIN = os.path.abspath(sys.argv[1])
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 600
STACKS = int(sys.argv[3]) if len(sys.argv) > 3 else 200
SECRET = "soak-webhook-secret"
DAEMON = AskedDaemon(19490, SECRET)
PAUSE = 0.2  # between two pieces of work


def commit(repository, revision):
    subprocess.run([f"{BIN}/bench-fleet", repository, "--change", str(revision % STACKS), "--revision", str(revision)], check=True,
                   stdout=subprocess.DEVNULL)
    DAEMON.push(repository)


def edit(number):
    body = json.dumps({"metadata": {"labels": {"app.kubernetes.io/name": f"by-hand-{number}"}}}).encode()
    api(f"/api/v1/namespaces/fleet/configmaps/stack-{number * 37 % STACKS:04d}?fieldManager=kubectl-edit", "PATCH", body, "application/merge-patch+json")


def state_of(pid):
    """Resident MiB and open descriptors."""
    fields = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status", encoding="utf-8") if ":" in line)
    return int(fields["VmRSS"].split()[0]) / 1024, len(os.listdir(f"/proc/{pid}/fd"))


def growth(samples):
    """Of the straight line through the values, from the first to the last."""
    count = len(samples)
    middle = (count - 1) / 2
    mean = sum(samples) / count
    slope = sum((i - middle) * (value - mean) for i, value in enumerate(samples)) / sum((i - middle) ** 2 for i in range(count))
    return slope * (count - 1)


def main():
    folder = tempfile.mkdtemp()
    make_namespace("fleet")
    repository = os.path.join(folder, "fleet")
    subprocess.run([f"{BIN}/bench-fleet", repository, "--stacks", str(STACKS), "--namespace", "fleet"], check=True)
    settings = os.path.join(folder, "config.yaml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(f"""apiVersion: reconcile/v1
kind: Config
sources: [{{name: fleet, url: "file://{repository}", ref: main, interval: 30s}}]
environments: [{{name: default, source: fleet, cluster: main}}]
clusters: [{{name: main, kubeconfig: {CLUSTER}/admin.kubeconfig}}]
cache: {{folder: {folder}/cache}}
listen: {{webhooks: "127.0.0.1:{DAEMON.ports['webhooks']}", status: "127.0.0.1:{DAEMON.ports['status']}", metrics: "127.0.0.1:{DAEMON.ports['metrics']}"}}
webhooks: {{secrets: [{SECRET}]}}
reconcile: {{flips: 1000}}
""")
    log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
    daemon = subprocess.Popen([f"{BIN}/reconciled", "--config", settings], stderr=log)
    try:
        wait_until(lambda: DAEMON.in_sync() == STACKS, 120, 0.1)
        began = sampled = time.monotonic()
        memory, descriptors, work = [], [], 0
        while time.monotonic() - began < SECONDS:
            work += 1
            (lambda: commit(repository, work), lambda: edit(work), lambda: DAEMON.get("status", "/api/v1/status"), lambda: DAEMON.get("metrics", "/metrics"))[work % 4]()
            time.sleep(PAUSE * (0.5 + random.random()))
            if daemon.poll() is not None:
                sys.exit("the daemon ended")
            if time.monotonic() - sampled < 5:
                continue
            sampled = time.monotonic()
            resident, open_now = state_of(daemon.pid)
            if sampled - began > SECONDS / 3:
                memory.append(resident)
                descriptors.append(open_now)
        print(f"{work} pieces of work in {SECONDS} s; {memory[0]:.1f} MiB at first, {memory[-1]:.1f} at last; descriptors {min(descriptors)} to {max(descriptors)}")
        limit("growth of resident memory", growth(memory), 1, " MiB")
        limit("growth of open descriptors", growth(descriptors), 1)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        log.close()
        if sys.exc_info()[0] is not None:
            print("".join(open(os.path.join(folder, "log"), encoding="utf-8").readlines()[-10:]))
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


main()
