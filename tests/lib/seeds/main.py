"""The walk through some of the pages: what came of it goes to the file that ORCH_SEEDS_ROWS has open.

usage: main.py [-v] PAGE…
"""
import concurrent.futures
import importlib
import json
import os
import shlex
import sys

import host
import hub
import images
from host import sh
from page import Page


def prepare(daemon):
    """The hub has the images of the pages' names; this host has none."""
    hub.start()
    daemon.start()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda image: publish(*image), images.ALL.items()))
    sh("orch rmi -f $(orch images -q)")


def publish(name, make):
    tar, changes = make()
    file = "/tmp/" + name.replace("/", "-") + ".tar"
    with open(file, "wb") as archive:
        archive.write(tar)
    sh("orch import " + " ".join(f"-c {shlex.quote(c)}" for c in changes) + f" {file} {name} && orch push -q {name}")
    os.unlink(file)


def main():
    daemon = host.Daemon()
    prepare(daemon)
    pages = []
    try:
        for number in (word for word in sys.argv[1:] if word != "-v"):
            page = Page(number, verbose="-v" in sys.argv)
            pages.append(page)
            try:
                importlib.import_module("walk" + number).walk(page, daemon)
            except host.Failure as error:
                page.rows.append((number, "the rest of the page, for a step between its commands", "FAILED", str(error)))
            sh("orch rm -fv $(orch ps -aq); orch rmi -f $(orch images -q)", code=None)
    finally:
        daemon.stop()
    with os.fdopen(int(os.environ["ORCH_SEEDS_ROWS"]), "w") as rows:
        json.dump([row for page in pages for row in page.rows], rows)


if __name__ == "__main__":
    main()
