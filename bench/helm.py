#!/usr/bin/env python3
"""`reconcile helm template` against helm itself, whole processes in pairs of alternating order, in one run.

  bench/helm.py HELM build/release/bin CORPUS [PAIRS]

HELM is the program helm 4.1; CORPUS is a folder with cases.json, whose rows name charts, values and flags. Measures kube-prometheus-stack
and argo-cd PAIRS times (15 when not said), every deterministic case of the corpus once, and renders in one process after one value
changed. Prints `ratio` lines with their limits; fails beyond a limit.
"""
import json
import os
import statistics
import subprocess
import sys

from whole_process import run

HELM, BIN, CORPUS = sys.argv[1], sys.argv[2], sys.argv[3]
PAIRS = int(sys.argv[4]) if len(sys.argv) > 4 else 15
BIG = {"kube-prometheus-stack": "prometheus-community-helm-charts-kube-prometheus-stack", "argo-cd": "argoproj-argo-helm-argo-cd"}


def measure(command):
    """Seconds and peak MB of a whole process."""
    cost = run(command, cwd=CORPUS)
    return cost.seconds, cost.mib


def commands(arguments):
    return [HELM, "template", *arguments], [os.path.join(BIN, "reconcile"), "helm", "template", *arguments]


def pairs(arguments, count):
    """Seconds and MB of helm, then ours, a list of pairs."""
    theirs, ours = commands(arguments)
    rows = []
    for pair in range(count):
        if pair % 2 == 0:
            first, second = measure(theirs), measure(ours)
        else:
            second, first = measure(ours), measure(theirs)
        rows.append((first, second))
    return rows


def arguments_of(case):
    arguments = [case["release"], case["chart"], "-n", case["namespace"]]
    if case["include_crds"]:
        arguments.append("--include-crds")
    for path in case.get("values", []):
        arguments += ["-f", path]
    return arguments


def main():
    failed = False

    def ratio(name, value, limit, at_least=True):
        nonlocal failed
        good = value >= limit if at_least else value <= limit
        failed = failed or not good
        print(f"ratio {name} {value:.2f} (at {'least' if at_least else 'most'} {limit:g}){'' if good else '  BEYOND'}", flush=True)

    for name, chart in BIG.items():
        rows = pairs(["release-name", f"charts/{chart}"], PAIRS)
        print(f"{name}: helm {statistics.median(r[0][0] for r in rows) * 1000:.0f} ms, {statistics.median(r[0][1] for r in rows):.1f} MB; "
              f"ours {statistics.median(r[1][0] for r in rows) * 1000:.1f} ms, {statistics.median(r[1][1] for r in rows):.1f} MB")
        ratio(f"{name}, time", statistics.median(r[0][0] / r[1][0] for r in rows), 15)
        if name == "kube-prometheus-stack":
            ratio(f"{name}, memory", statistics.median(r[1][1] / r[0][1] for r in rows), 0.25, at_least=False)
            again = float(subprocess.check_output([os.path.join(BIN, "bench_helm_render"), f"charts/{chart}", "21"], cwd=CORPUS, text=True))
            print(f"{name}, rendered again with one changed value: {again:.2f} ms")
            ratio(f"{name}, again", statistics.median(r[0][0] for r in rows) * 1000 / again, 50)

    with open(os.path.join(CORPUS, "cases.json"), encoding="utf-8") as file:
        cases = [case for case in json.load(file) if "expected" in case and not case.get("nondeterministic")]
    theirs = ours = 0.0
    for index, case in enumerate(cases):
        order = commands(arguments_of(case))
        times = {}
        for side in (0, 1) if index % 2 == 0 else (1, 0):
            times[side] = measure(order[side])[0]
        theirs += times[0]
        ours += times[1]
    print(f"{len(cases)} cases of the corpus: helm {theirs:.1f} s, ours {ours:.2f} s")
    ratio("corpus, time", theirs / ours, 20)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
