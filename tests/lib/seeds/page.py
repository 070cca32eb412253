"""One seed document: each of its commands, done and judged."""
import re
import time

from host import Failure, sh


class Page:
    def __init__(self, name, verbose):
        self.name, self.verbose, self.rows = name, verbose, []

    def does(self, command, run=None, want=(), code=0, differs="", given=None):
        """Does one command of the page.

        command: as the page has it. run: what is typed today, where that is not the same with orch for docker; or a
        function that does it. want: patterns of lines that must be printed. differs: how it is not as on the page.
        """
        run = re.sub(r"\bdocker(?= |$)", "orch", command.replace("sudo ", "")) if run is None else run
        printed, started = "", time.monotonic()
        try:
            printed = (run() if callable(run) else sh(run, code, given)) or ""
            for pattern in [want] if isinstance(want, str) else want:
                if not re.search(pattern, printed, re.M):
                    raise Failure(f"{pattern!r} is not in what it printed: {' / '.join(printed.split(chr(10))[:4])}")
            self.rows.append((self.name, command, "differs" if differs else "ok", differs))
        except (Failure, OSError) as error:
            self.rows.append((self.name, command, "FAILED", str(error)))
        if self.verbose:
            print(f"--- {self.name}: {command} ({time.monotonic() - started:.1f} s)\n{printed}", flush=True)

    def cannot(self, command, why):
        """A command of the page that is not there."""
        self.rows.append((self.name, command, "differs", why))
