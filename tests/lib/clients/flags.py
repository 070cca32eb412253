#!/usr/bin/env python3
"""Compares every sub-command's flags with docker's, by what both print for --help.

usage: flags.py ORCH      the path of our client; docker 28 is the one on PATH

A flag or a command that docker has and orch lacks must stand below, with its reason; what stands there and is there
after all is a failure too, so that the list stays true.
"""
import concurrent.futures
import os
import re
import subprocess
import sys

WINDOWS = "for daemons on Windows only"
PLUGINS = "no plugins here, and no CSI volumes, which are plugins"
NOTARY = "signatures of Notary v1, which docker itself has given up"
CHECKPOINTS = "experimental in docker: CRIU"
LATER = "of the cluster, and on its way"
BUILDER = "of the builder, which is on its way"
PLANNED = (LATER, BUILDER)  # No failure when they come.

COMMANDS = {
    "build": BUILDER, "image build": BUILDER, "builder": BUILDER, "buildx": BUILDER, "compose": "a plugin of its own",
    "checkpoint": CHECKPOINTS, "manifest": "experimental in docker", "plugin": PLUGINS, "trust": NOTARY,
    "config": LATER, "secret": LATER, "stack": LATER, "swarm ca": LATER, "swarm unlock": LATER,
    "swarm unlock-key": LATER, "volume update": PLUGINS,
}
RUN = {
    "cpu-count": WINDOWS, "cpu-percent": WINDOWS, "io-maxbandwidth": WINDOWS, "io-maxiops": WINDOWS,
    "use-api-socket": "experimental in docker: -v of the socket says what it gives away",
}
START = {"checkpoint": CHECKPOINTS, "checkpoint-dir": CHECKPOINTS}
CSI = ("availability", "group", "limit-bytes", "required-bytes", "scope", "secret", "sharing", "topology-preferred",
       "topology-required", "type")
FLAGS = {
    "run": RUN, "create": RUN, "container run": RUN, "container create": RUN, "start": START, "container start": START,
    "network connect": {"gw-priority": "of API 1.48, and this is 1.44"},
    "volume create": dict.fromkeys(CSI, PLUGINS), "volume ls": {"cluster": PLUGINS},
    "service create": dict.fromkeys(("config", "credential-spec", "generic-resource", "secret"), LATER),
    "service update": dict.fromkeys(("config-add", "config-rm", "credential-spec", "generic-resource-add",
                                     "generic-resource-rm", "secret-add", "secret-rm"), LATER),
    "swarm init": {"external-ca": LATER}, "swarm update": {"external-ca": LATER},
}
# With no daemon docker shows all it has, not only what one of this version can do.
NOBODY = dict(os.environ, DOCKER_HOST="unix:///nowhere.sock", ORCH_HOST="unix:///nowhere.sock")


def help_of(client, path):
    return subprocess.run([client, *path, "--help"], capture_output=True, text=True, env=NOBODY, check=False).stdout


def flags(text):
    """Shorthands by names."""
    return {name: short or "" for short, name in re.findall(r"^ +(?:-(\w), +)?--([\w-]+)", text, re.M)}


def commands(text):
    found, inside = [], False
    for line in text.split("\n"):
        if line and not line.startswith(" "):
            inside = line.endswith("Commands:")
        elif inside and (match := re.match(r"  ([\w-]+)\*? +\S", line)):
            found.append(match[1])
    return found


def walk(orch, path):
    """What is to be compared: the paths of commands, docker's help and ours."""
    theirs, ours = help_of("docker", path), help_of(orch, path)
    yield path, theirs, ours
    known = commands(ours)
    for name in commands(theirs):
        if name in known:
            yield from walk(orch, (*path, name))


def differences(path, theirs, ours):
    name = " ".join(path)
    for sub in commands(theirs):
        full = " ".join((*path, sub))
        if COMMANDS.get(full) in PLANNED:
            continue
        if (sub in commands(ours)) == (full in COMMANDS):
            yield f"{full}: " + ("is listed as missing, and is there" if full in COMMANDS else "no such command")
    listed, here = FLAGS.get(name, {}), flags(ours)
    for flag, short in flags(theirs).items():
        if listed.get(flag) in PLANNED:
            continue
        if (flag in here) == (flag in listed):
            yield f"{name} --{flag}: " + ("is listed as missing, and is there" if flag in listed else "no such flag")
        elif flag in here and here[flag] != short:
            yield f"{name} --{flag}: docker's shorthand is -{short}, ours -{here[flag]}"


def main():
    orch = sys.argv[1]
    if not re.search(r"version 28\.", help_text := subprocess.run(
            ["docker", "--version"], capture_output=True, text=True, check=True).stdout):
        print(f"the flags are docker 28's, and this is {help_text.strip()}: not compared")
        return
    top = [(name,) for name in commands(help_of("docker", ())) if name not in COMMANDS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        compared = [((), help_of("docker", ()), help_of(orch, ()))]
        for part in pool.map(lambda path: list(walk(orch, path)), top):
            compared += part
    for path, theirs, ours in compared:
        found = list(differences(path, theirs, ours))
        name = " ".join(path) or "docker"
        print(f"FAIL flags of {name}: " + "; ".join(found) if found else f"ok flags of {name}")


main()
