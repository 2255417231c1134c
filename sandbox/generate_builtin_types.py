#!/usr/bin/env python3
"""Makes builtin_types.inc (field types of the built-in kinds) from the OpenAPI v3 documents of a kube-apiserver.

usage: generate_builtin_types.py FILE.json... > builtin_types.inc
Each FILE is what GET /openapi/v3/api/v1 or GET /openapi/v3/apis/GROUP/VERSION answers. The format is described in
builtin_types.h.
"""
import json
import re
import sys

definitions = {}
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    definitions.update(document["components"]["schemas"])

LEAVES = {"resource.Quantity": "q", "v1.Time": "t", "v1.MicroTime": "m", "intstr.IntOrString": "I",
          "runtime.RawExtension": "*", "v1.FieldsV1": "*", "v1.JSON": "*"}


def short(name):
    parts = name.split(".")
    if name.startswith("io.k8s.api."):
        return ".".join(parts[3:])
    return ".".join(parts[-2:]) if "apimachinery" in name else "x." + parts[-1]


def reference(schema):
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "allOf" in schema:
        return schema["allOf"][0]["$ref"].rsplit("/", 1)[1]
    return None


def type_text(schema, wanted):
    ref = reference(schema)
    if ref:
        leaf = LEAVES.get(".".join(ref.split(".")[-2:]))
        if leaf:
            return leaf
        if not definitions[ref].get("properties"):
            return type_text(definitions[ref], wanted) if definitions[ref].get("type") else "*"
        wanted.append(ref)
        return "@" + short(ref)
    kind = schema.get("type")
    if kind == "array":
        return "[" + type_text(schema["items"], wanted)
    if kind == "object":
        if "additionalProperties" in schema:
            return "{" + type_text(schema["additionalProperties"], wanted)
        return "*"
    return {"string": "s", "integer": "i", "number": "n", "boolean": "b"}.get(kind, "*")


def flags(schema, required):
    out = ["!"] if required else []
    default = schema.get("default")
    if default == {}:
        out.append("0")
    if schema.get("x-kubernetes-map-type") == "atomic":
        out.append("a")
    kind = schema.get("x-kubernetes-list-type")
    if kind == "set":
        out.append("S")
    elif kind == "map":
        out.append("K(" + ",".join(schema["x-kubernetes-list-map-keys"]) + ")")
    strategy = schema.get("x-kubernetes-patch-strategy", "")
    if "merge" in strategy:
        out.append("M(" + schema.get("x-kubernetes-patch-merge-key", "") + ")")
    if "retainKeys" in strategy:
        out.append("R")
    if schema.get("enum") and schema.get("type") == "string":
        out.append("E(" + "|".join(schema["enum"]) + ")")
    if default not in (None, 0, "", False, {}):
        out.append("=" + json.dumps(default))  # the last, since it may hold spaces
    return "".join(" " + flag for flag in out)


roots = sorted(name for name, schema in definitions.items()
               if any(gvk["kind"] and not gvk["kind"].endswith("List") and not gvk["kind"].endswith("Options")
                      and gvk["kind"] not in ("Status", "WatchEvent", "APIGroup")
                      for gvk in schema.get("x-kubernetes-group-version-kind", [])))
lines, seen, queue = [], set(), list(roots)
while queue:
    name = queue.pop(0)
    if name in seen:
        continue
    seen.add(name)
    schema = definitions[name]
    atomic = " a" if schema.get("x-kubernetes-map-type") == "atomic" else ""
    lines.append(short(name) + atomic)
    required = set(schema.get("required", []))
    wanted = []
    for field, value in schema.get("properties", {}).items():
        lines.append(" " + field + " " + type_text(value, wanted) + flags(value, field in required))
    queue.extend(wanted)

print("// Made by generate_builtin_types.py from the OpenAPI documents of kube-apiserver v1.35.4; do not edit.")
text = "\n".join(lines) + "\n"
while text:
    cut = text.rfind("\n", 0, 12000) + 1
    print('R"types(' + text[:cut] + ')types"')
    text = text[cut:]
