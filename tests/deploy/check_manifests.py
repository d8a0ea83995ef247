#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds deploy/kubernetes against what can be known without a cluster: every field is one that the
kind has, references between the objects meet, pods run without privileges, and the connections of
all instances fit into the database. Exits 77 where Debian's python3-yaml is missing.

    check_manifests.py FOLDER KENEYAPP     the program checks the options in the ConfigMap
"""
import os
import re
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    sys.exit(77)

META = {"name": str, "namespace": str, "labels": dict, "annotations": dict}
PROBE = {"httpGet": {"path": str, "port": (str, int)}, "exec": {"command": [str]},
         "periodSeconds": int, "timeoutSeconds": int, "failureThreshold": int,
         "initialDelaySeconds": int}
CONTAINER = {
    "name": str, "image": str, "args": [str],
    "ports": [{"name": str, "containerPort": int}],
    "env": [{"name": str, "value": str,
             "valueFrom": {"secretKeyRef": {"name": str, "key": str}}}],
    "startupProbe": PROBE, "livenessProbe": PROBE, "readinessProbe": PROBE,
    "resources": {"requests": {"cpu": str, "memory": str}, "limits": {"cpu": str, "memory": str}},
    "securityContext": {"allowPrivilegeEscalation": bool, "readOnlyRootFilesystem": bool,
                        "capabilities": {"drop": [str]}},
    "volumeMounts": [{"name": str, "mountPath": str, "subPath": str, "readOnly": bool}],
}
SELECTOR = {"matchLabels": dict}
POD = {
    "metadata": META,
    "spec": {
        "automountServiceAccountToken": bool, "terminationGracePeriodSeconds": int,
        "securityContext": {"runAsNonRoot": bool, "runAsUser": int, "runAsGroup": int,
                            "fsGroup": int, "seccompProfile": {"type": str}},
        "containers": [CONTAINER],
        "volumes": [{"name": str, "emptyDir": {"sizeLimit": str, "medium": str},
                     "secret": {"secretName": str, "defaultMode": int,
                                "items": [{"key": str, "path": str}]},
                     "configMap": {"name": str}}],
        "topologySpreadConstraints": [{"maxSkew": int, "topologyKey": str,
                                       "whenUnsatisfiable": str, "labelSelector": SELECTOR}],
    },
}
METRIC = {"type": str, "resource": {"name": str, "target": {"type": str,
                                                            "averageUtilization": int}}}
SCALING = {"stabilizationWindowSeconds": int,
           "policies": [{"type": str, "value": int, "periodSeconds": int}]}
KINDS = {
    ("v1", "Namespace"): {},
    ("v1", "ConfigMap"): {"data": dict},
    ("v1", "Secret"): {"type": str, "stringData": dict},
    ("v1", "Service"): {"spec": {"clusterIP": str, "selector": dict,
                                 "ports": [{"name": str, "port": int,
                                            "targetPort": (str, int)}]}},
    ("apps/v1", "Deployment"): {
        "spec": {"replicas": int, "selector": SELECTOR, "template": POD,
                 "strategy": {"type": str, "rollingUpdate": {"maxUnavailable": int,
                                                             "maxSurge": int}}}},
    ("apps/v1", "StatefulSet"): {
        "spec": {"serviceName": str, "replicas": int, "selector": SELECTOR, "template": POD,
                 "volumeClaimTemplates": [{"metadata": META, "spec": {
                     "accessModes": [str], "resources": {"requests": {"storage": str}}}}]}},
    ("autoscaling/v2", "HorizontalPodAutoscaler"): {
        "spec": {"scaleTargetRef": {"apiVersion": str, "kind": str, "name": str},
                 "minReplicas": int, "maxReplicas": int, "metrics": [METRIC],
                 "behavior": {"scaleUp": SCALING, "scaleDown": SCALING}}},
    ("policy/v1", "PodDisruptionBudget"): {"spec": {"minAvailable": int, "selector": SELECTOR}},
}

problems = []


def check(condition, sentence):
    if not condition:
        problems.append(sentence)


def check_shape(value, shape, where):
    if isinstance(shape, dict):
        check(isinstance(value, dict), f"{where}: an object is wanted")
        for name, member in value.items() if isinstance(value, dict) else ():
            check(name in shape, f"{where}: no field {name}")
            if name in shape:
                check_shape(member, shape[name], f"{where}.{name}")
    elif isinstance(shape, list):
        check(isinstance(value, list) and value, f"{where}: a list is wanted")
        for i, member in enumerate(value if isinstance(value, list) else ()):
            check_shape(member, shape[0], f"{where}[{i}]")
    else:
        good = isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
        check(good, f"{where}: {value!r} is of the wrong type")


def load(folder):
    objects = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for obj in yaml.safe_load_all(file):
                key = obj.get("apiVersion"), obj.get("kind")
                where = f"{name}: {key[1]}"
                check(key in KINDS, f"{where}: unknown kind of {key[0]}")
                if key in KINDS:
                    check_shape(obj, {"apiVersion": str, "kind": str, "metadata": META,
                                      **KINDS[key]}, where)
                    objects[key[1], obj["metadata"]["name"]] = obj
    return objects


def check_pod(where, template, objects):
    spec = template["spec"]
    volumes = {volume["name"] for volume in spec.get("volumes", ())}
    security = spec["securityContext"]
    check(security["runAsNonRoot"] and security["seccompProfile"]["type"] == "RuntimeDefault",
          f"{where}: runs with privileges")
    check(spec["automountServiceAccountToken"] is False, f"{where}: has a service account's token")
    for volume in spec.get("volumes", ()):
        check_secret(f"{where}: volume", volume.get("secret", {}).get("secretName"),
                     [item["key"] for item in volume.get("secret", {}).get("items", ())], objects)
        if "configMap" in volume:
            check(("ConfigMap", volume["configMap"]["name"]) in objects, f"{where}: no ConfigMap")
    for container in spec["containers"]:
        own = container["securityContext"]
        check(own["capabilities"]["drop"] == ["ALL"] and not own["allowPrivilegeEscalation"],
              f"{where}: keeps capabilities")
        check({"requests", "limits"} <= set(container["resources"]), f"{where}: no resources")
        check({"readinessProbe", "livenessProbe"} <= set(container), f"{where}: no probes")
        for env in container.get("env", ()):
            ref = env.get("valueFrom", {}).get("secretKeyRef")
            if ref:
                check_secret(f"{where}: {env['name']}", ref["name"], [ref["key"]], objects)
        claims = {mount["name"] for mount in container.get("volumeMounts", ())} - volumes
        yield claims


def check_secret(where, name, keys, objects):
    if name:
        secret = objects.get(("Secret", name), {}).get("stringData", {})
        for key in keys:
            check(key in secret, f"{where}: the secret {name} has no {key}")


def check_workload(key, obj, objects):
    spec, where = obj["spec"], " ".join(key)
    labels = spec["template"]["metadata"]["labels"]
    check(spec["selector"]["matchLabels"].items() <= labels.items(), f"{where}: selects nothing")
    templates = {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", ())}
    for claims in check_pod(where, spec["template"], objects):
        check(claims <= templates, f"{where}: no volume {claims - templates}")
    service = objects.get(("Service", key[1]))
    check(service and service["spec"]["selector"].items() <= labels.items(),
          f"{where}: no service")
    ports = {port["name"] for container in spec["template"]["spec"]["containers"]
             for port in container["ports"]}
    for port in service["spec"]["ports"] if service else ():
        check(port["targetPort"] in ports, f"{where}: its service asks for another port")


def option(text, name):
    found = re.search(rf"^{name} = (\S+)$", text, re.MULTILINE)
    check(found, f"ConfigMap: no {name}")
    return found.group(1) if found else "0"


def check_connections(objects):
    text = objects["ConfigMap", "keneyapp"]["data"]["keneyapp.conf"]
    each = int(option(text, "pool-size")) + int(option(text, "max-overflow")) + 2
    replicas = objects["HorizontalPodAutoscaler", "keneyapp"]["spec"]["maxReplicas"] + 1 # surge
    postgres = objects["StatefulSet", "postgres"]["spec"]["template"]["spec"]["containers"][0]
    allowed = int(re.search(r"max_connections=(\d+)", " ".join(postgres["args"])).group(1))
    check(each * replicas <= allowed - 3, f"{replicas} x {each} connections, {allowed} are allowed")


def check_options(objects, program):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "keneyapp.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(objects["ConfigMap", "keneyapp"]["data"]["keneyapp.conf"])
        run = subprocess.run([program, "config", "--data", folder, "--config", path],
                             capture_output=True, text=True, check=False)
        check(run.returncode == 0, f"ConfigMap: {run.stderr.strip()}")


def main():
    folder, program = sys.argv[1:]
    objects = load(folder)
    namespaces = {obj["metadata"].get("namespace", "keneyapp") for obj in objects.values()}
    check(namespaces == {"keneyapp"}, f"namespaces {namespaces}")
    for key, obj in objects.items():
        if key[0] in ("Deployment", "StatefulSet"):
            check_workload(key, obj, objects)
    # The handbook's commands name pods postgres-0 and redis-0.
    for name in ("postgres", "redis"):
        check(("StatefulSet", name) in objects, f"no pod {name}-0")
    check_connections(objects)
    check_options(objects, program)
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main()
