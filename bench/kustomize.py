#!/usr/bin/env python3
"""Builds of kustomizations as whole processes, ours and kubectl's in turns, in one run.

  bench/kustomize.py RECONCILE KUBECTL CORPUS [ROUNDS]

CORPUS is the folder with kustomize/cases.json. Outputs are compared, too. Prints rows and `ratio` lines with their limits;
fails above a limit.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from whole_process import run

RECONCILE, KUBECTL, CORPUS = (os.path.abspath(path) for path in sys.argv[1:4])
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 5
failed = False


def ours(folder):
    return [RECONCILE, "kustomize", "build", folder]


def theirs(folder):
    return [KUBECTL, "kustomize", folder]


def judge(what, ratio, limit, at_least):
    global failed
    bad = ratio < limit if at_least else ratio > limit
    failed = failed or bad
    print(f"ratio {what}: {ratio:.2f} (limit {limit}){'  ABOVE' if bad else ''}", flush=True)


def pair(name, folders, rounds, limit):
    """Both build the folders, by turns; the medians of the sums over them are compared."""
    sums = {"ours": [], "theirs": []}
    peak = {"ours": 0.0, "theirs": 0.0}
    for _ in range(rounds):
        outputs = {}
        for who, command in (("ours", ours), ("theirs", theirs)):
            rows = [run(command(folder)) for folder in folders]
            sums[who].append((sum(row.seconds for row in rows), sum(row.cpu for row in rows)))
            peak[who] = max([peak[who]] + [row.mib for row in rows])
            outputs[who] = [row.output for row in rows]
        if outputs["ours"] != outputs["theirs"]:
            sys.exit(f"{name}: the outputs differ")
    median = {who: [statistics.median(column) for column in zip(*rows)] for who, rows in sums.items()}
    print(
        f"{name}: ours {median['ours'][0] * 1e3:.0f} ms, CPU {median['ours'][1] * 1e3:.0f} ms, {peak['ours']:.0f} MiB; "
        f"theirs {median['theirs'][0] * 1e3:.0f} ms, CPU {median['theirs'][1] * 1e3:.0f} ms, {peak['theirs']:.0f} MiB"
    )
    judge(f"{name}, wall", median["theirs"][0] / median["ours"][0], limit, True)
    judge(f"{name}, CPU", median["theirs"][1] / median["ours"][1], limit, True)
    return peak["ours"]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


SERVICE = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: {0}}}
spec:
  selector: {{matchLabels: {{app: {0}}}}}
  template:
    metadata: {{labels: {{app: {0}}}}}
    spec:
      serviceAccountName: {0}
      containers:
      - name: main
        image: example/{0}:1.0
        envFrom: [{{configMapRef: {{name: settings}}}}, {{secretRef: {{name: {0}}}}}]
        ports: [{{containerPort: 8080}}]
---
apiVersion: v1
kind: Service
metadata: {{name: {0}}}
spec: {{selector: {{app: {0}}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {0}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: {0}}}
rules: [{{apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: {0}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {0}}}
subjects: [{{kind: ServiceAccount, name: {0}}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {0}}}
spec: {{rules: [{{host: {0}.example.com, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: {0}, port: {{number: 80}}}}}}}}]}}}}]}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {0}}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: {0}}}}}}}
"""


def make_layers(folder):
    """117 documents: 13 services of 9 each, every one a base with generators, then a layer and an overlay."""
    names = [f"service-{i}" for i in range(13)]
    for name in names:
        write(f"{folder}/base/{name}/all.yaml", SERVICE.format(name))
        write(
            f"{folder}/base/{name}/kustomization.yaml",
            f"resources: [all.yaml]\nsecretGenerator: [{{name: {name}, literals: [password=x]}}]\n"
            f"configMapGenerator: [{{name: {name}, literals: [a=b]}}]\nlabels: [{{pairs: {{part: {name}}}}}]\n",
        )
    write(
        f"{folder}/middle/kustomization.yaml",
        "resources:\n" + "".join(f"- ../base/{name}\n" for name in names) + "namespace: shop\ncommonAnnotations: {owner: shop}\n"
        "images: [{name: example/service-1, newTag: '2'}]\n",
    )
    patches = "".join(
        f"- patch: '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}}}, spec: {{replicas: 3, template: {{spec: "
        f"{{containers: [{{name: main, resources: {{limits: {{cpu: 1}}}}}}]}}}}}}}}'\n"
        for name in names
    )
    write(
        f"{folder}/overlay/kustomization.yaml",
        f"resources: [../middle]\nnamePrefix: prod-\nlabels: [{{pairs: {{env: prod}}, includeSelectors: true}}]\npatches:\n{patches}",
    )
    return f"{folder}/overlay"


def main():
    with open(f"{CORPUS}/kustomize/cases.json", encoding="utf-8") as file:
        rows = [row for row in json.load(file) if "expected" in row]
    folder = {row["id"]: f"{CORPUS}/kustomize/{row['path']}" for row in rows}
    size = {row["id"]: os.path.getsize(f"{CORPUS}/kustomize/{row['expected']}") for row in rows}
    largest = max(size, key=size.get)
    peak = pair(f"largest build ({largest})", [folder[largest]], ROUNDS, 40)
    judge("its memory, MiB", peak, 60, False)
    with tempfile.TemporaryDirectory() as made:
        layers = make_layers(made)
        pair("117 documents in layers", [layers], ROUNDS, 40)
        singles, together = [], []
        for _ in range(ROUNDS):
            began = time.monotonic()
            for _ in range(8):
                run(ours(folder[largest]))
            singles.append((time.monotonic() - began) / 8)
            began = time.monotonic()
            processes = [subprocess.Popen(ours(folder[largest]), stdout=subprocess.DEVNULL) for _ in range(8)]
            for process in processes:
                process.wait()
            together.append(time.monotonic() - began)
        judge("8 builds at once, in builds in a row", statistics.median(together) / statistics.median(singles), 4.5, False)
    pair(f"all {len(rows)} builds of the corpus", list(folder.values()), max(1, ROUNDS // 5), 30)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
