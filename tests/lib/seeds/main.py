"""The walk through the pages, and the table of what came of it."""
import importlib
import shlex
import sys
import time

import host
import hub
import images
from host import sh
from page import Page


def prepare(daemon):
    """The hub has the images of the pages' names; this host has none."""
    hub.start()
    daemon.start()
    for name, make in images.ALL.items():
        tar, changes = make()
        with open("/tmp/image.tar", "wb") as file:
            file.write(tar)
        sh("orch import " + " ".join(f"-c {shlex.quote(c)}" for c in changes) + f" /tmp/image.tar {name}")
        sh(f"orch push -q {name}")
    sh("orch rmi -f $(orch images -q)")


def main():
    started = time.monotonic()
    daemon = host.Daemon()
    prepare(daemon)
    pages = []
    try:
        for number in ("000", "001", "002", "003", "004"):
            page = Page(number, verbose="-v" in sys.argv)
            pages.append(page)
            try:
                importlib.import_module("walk" + number).walk(page, daemon)
            except host.Failure as error:
                page.rows.append((number, "the rest of the page, for a step between its commands", "FAILED", str(error)))
            sh("orch rm -fv $(orch ps -aq); orch rmi -f $(orch images -q)", code=None)
    finally:
        daemon.stop()
    report([row for page in pages for row in page.rows], time.monotonic() - started)


def report(rows, seconds):
    width = min(max(len(command) for _, command, _, _ in rows), 90)
    print(f"{'PAGE':<6}{'COMMAND':<{width + 3}}RESULT")
    for page, command, state, words in rows:
        print(f"{page:<6}{command:<{width + 3}}{state}{': ' + words if words else ''}")
    failed = sum(state == "FAILED" for _, _, state, _ in rows)
    differs = sum(state == "differs" for _, _, state, _ in rows)
    print(f"\n{len(rows)} commands: {len(rows) - failed - differs} ok, {differs} differ as named, {failed} failed, "
          f"in {seconds:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
