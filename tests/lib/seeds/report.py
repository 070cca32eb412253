"""The table of what came of the pages.

usage: report.py SECONDS PAGES FILE…      each file holds the rows of a walk; all of the pages must be there
"""
import json
import sys


def main():
    seconds, pages, *files = sys.argv[1:]
    rows = []
    for name in files:
        with open(name) as file:
            rows += json.loads(file.read() or "[]")
    rows.sort(key=lambda row: row[0])
    missing = sorted(set(pages.split()) - {row[0] for row in rows})
    rows += [(page, "the page", "FAILED", "its walk ended before it began") for page in missing]
    width = min(max(len(command) for _, command, _, _ in rows), 90)
    print(f"{'PAGE':<6}{'COMMAND':<{width + 3}}RESULT")
    for page, command, state, words in rows:
        print(f"{page:<6}{command:<{width + 3}}{state}{': ' + words if words else ''}")
    failed = sum(state == "FAILED" for _, _, state, _ in rows)
    differs = sum(state == "differs" for _, _, state, _ in rows)
    print(f"\n{len(rows)} commands: {len(rows) - failed - differs} ok, {differs} differ as named, {failed} failed, "
          f"in {seconds} s")
    sys.exit(1 if failed else 0)


main()
