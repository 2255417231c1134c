#!/usr/bin/env python3
"""A sync of a fleet against the bare requests that it cannot do without, on a real kube-apiserver, in one run.

  test-control-plane --apiserver-flag=--max-requests-inflight=0 --apiserver-flag=--enable-priority-and-fairness=false \\
      -- bench/sync.py build/release/bin [STACKS] [PAIRS]

Prints one row a pair and `ratio` lines with their limits; fails above a limit.
"""
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from cluster import CLUSTER, make_namespace, requests_so_far

BIN = os.path.abspath(sys.argv[1])
STACKS = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
PAIRS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
OBJECTS = STACKS * 4


def run(command, cwd=None):
    """Seconds, CPU seconds, peak MB and output of a command that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, errors = process.communicate()
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{output[-2000:]}\n{errors[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, after.ru_maxrss / 1024, output, errors


def main():
    ratios, per_object = [], []
    print(f"{'':10}{'s':>8}{'CPU s':>8}{'MB':>8}{'requests':>10}")
    for pair in range(PAIRS):
        seconds, cpu, memory, _, _ = run([f"{BIN}/bench-bare-apply", "--cluster", CLUSTER, "--namespace", f"bare{pair}", "--mode", "create",
                                          "--objects", str(OBJECTS), "--window", "32"])
        print(f"{'bare':10}{seconds:8.2f}{cpu:8.2f}{memory:8.0f}{OBJECTS:10}")
        namespace = f"fleet{pair}"
        make_namespace(namespace)
        folder = tempfile.mkdtemp()
        repository = os.path.join(folder, "fleet")
        run([f"{BIN}/bench-fleet", repository, "--stacks", str(STACKS), "--namespace", namespace])
        settings = os.path.join(folder, "config.yaml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f"apiVersion: reconcile/v1\nkind: Config\ninstallation: bench{pair}\n")
        command = [f"{BIN}/reconcile", "sync", "--config", settings, "--source", repository, "--no-wait", "-o", "json"]
        counted = requests_so_far()
        own, cpu, memory, output, _ = run(command)
        sent = requests_so_far() - counted
        applied = sum(1 for stack in json.loads(output)["stacks"] for o in stack["objects"] if o["outcome"] == "applied")
        if applied != OBJECTS:
            sys.exit(f"{applied} of {OBJECTS} objects were applied")
        print(f"{'sync':10}{own:8.2f}{cpu:8.2f}{memory:8.0f}{sent:10.0f}")
        ratios.append(own / seconds)
        per_object.append(sent / OBJECTS)
        counted = requests_so_far()
        again, cpu, memory, _, errors = run([f"{BIN}/reconcile", "--dry-run", "--config", settings, "--source", repository, "--diff-mode", "local"])
        print(f"{'dry run':10}{again:8.2f}{cpu:8.2f}{memory:8.0f}{requests_so_far() - counted:10.0f}   {' | '.join(errors.split(chr(10)))}")
        shutil.rmtree(folder)
    worst = 0
    for name, values, limit in (("sync / bare seconds", ratios, 1.3), ("requests an object", per_object, 1.1)):
        value = statistics.median(values)
        worst = max(worst, value / limit)
        print(f"ratio {name} {value:.2f} (at most {limit})")
    sys.exit(0 if worst <= 1 else 1)


main()
