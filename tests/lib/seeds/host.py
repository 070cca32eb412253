"""The host that the pages sit at: orchd on it, a shell, a terminal."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import hub

SOCKET = "unix:///run/orch/orch.sock"
PATIENCE = 20


class Failure(Exception):
    """A command did not do what its page shows."""


def sh(command, code=0, given=None, patience=PATIENCE):
    """Runs a line as typed; its output and errors together."""
    try:
        done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=patience,
                              input=given, text=True, errors="replace", stdin=None if given is not None else subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Failure(f"still running after {patience} s")
    if code is not None and done.returncode != code:
        raise Failure(f"ended with {done.returncode}: {' / '.join(done.stdout.strip().splitlines()[-3:])}")
    return done.stdout


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "nothing printed"


def until(what, holds, patience=PATIENCE):
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise Failure(f"{what} has not come after {patience} s")
        time.sleep(0.05)


class Terminal:
    """A person at a terminal with one command running."""

    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp("bash", ["bash", "-c", command])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.text = ""

    def see(self, pattern, patience=PATIENCE):
        """Waits until it is on the screen; what was before it is gone."""
        end = time.monotonic() + patience
        while not (found := re.search(pattern, self.text)):
            if time.monotonic() > end or not self.read():
                raise Failure(f"{pattern!r} is not on the screen: {last_line(self.text)!r}")
        self.text = self.text[found.end():]
        return found

    def read(self):
        ready, _, _ = select.select([self.fd], [], [], 0.2)
        try:
            data = os.read(self.fd, 65536) if ready else None
        except OSError:
            return False
        if data:
            self.text += data.decode(errors="replace")
        return data != b""

    def type(self, line):
        os.write(self.fd, (line + "\n").encode())

    def keys(self, data):
        os.write(self.fd, data)

    def end(self, code=0, patience=PATIENCE):
        """Waits until the command has ended."""
        end = time.monotonic() + patience
        while True:
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                if os.waitstatus_to_exitcode(status) != code:
                    raise Failure(f"ended with {os.waitstatus_to_exitcode(status)}: {last_line(self.text)}")
                return
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise Failure("still running")


class Daemon:
    """orchd as a service manager would keep it."""

    def __init__(self):
        self.process = None
        self.write({})

    @staticmethod
    def write(settings):
        with open("/tmp/orchd.json", "w") as file:
            json.dump(settings, file)

    def configure(self, settings):
        """Another daemon.json, and a start to read it."""
        self.write(settings)
        self.restart()

    def restart(self):
        self.stop()
        self.start()

    def start(self, *flags):
        self.process = subprocess.Popen(
            ["orchd", "--data-root", "/tmp/orchd", "--exec-root", "/run/orch", "--config-file", "/tmp/orchd.json",
             "--cgroup-parent", "/" + os.environ["ORCH_SEEDS_GROUP"], *flags],
            env={**os.environ, "SSL_CERT_FILE": hub.AUTHORITY}, stdin=subprocess.DEVNULL,
            stdout=open("/tmp/orchd.log", "a"), stderr=subprocess.STDOUT)
        until("orchd", lambda: self.answers())

    def answers(self):
        if self.process.poll() is not None:
            raise Failure("orchd ended: " + last_line(open("/tmp/orchd.log").read()))
        return subprocess.run(["orch", "version"], capture_output=True).returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
