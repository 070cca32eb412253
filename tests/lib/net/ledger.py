"""Who was alive when: the tasks of a service as a manager's API tells of them, asked ten times a second."""
import json
import re
import socket
import threading
import time
from http.client import HTTPConnection


class Manager(HTTPConnection):
    def __init__(self, path):
        super().__init__("orch", timeout=2)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(2)
        self.sock.connect(self.path)


class Ledger:
    """Life of every address: when it was first and last seen alive, or on its way to be; when first seen dead."""

    def __init__(self, sockets, service):
        self.sockets, self.service, self.lives, self.done = sockets, service, {}, False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.done:
            for path in self.sockets:
                try:
                    manager = Manager(path)
                    manager.request("GET", f'/tasks?filters={{"service":["{self.service}"]}}')
                    asked, tasks = time.time(), json.loads(manager.getresponse().read())
                except OSError:
                    continue
                if isinstance(tasks, list):
                    self.note(asked, tasks)
                    break
            time.sleep(0.1)

    def note(self, asked, tasks):
        for task in tasks:
            for attached in task.get("NetworksAttachments") or []:
                address = attached["Addresses"][0].split("/")[0]
                alive = task["Status"]["State"] == "running" and task["DesiredState"] == "running"
                life = self.lives.setdefault((address, task["ID"]), {"dead": None, "alive": None, "last": None})
                if alive:
                    life["alive"] = life["alive"] or asked
                    life["last"] = asked
                if task["Status"]["State"] in ("complete", "shutdown", "failed", "rejected", "orphaned"):
                    life["dead"] = life["dead"] or asked

    def close(self):
        self.done = True
        self.thread.join()

    def write(self, path):
        """A line for each life: address, task, and the times."""
        with open(path, "w", encoding="utf-8") as file:
            for (address, task), life in self.lives.items():
                times = " ".join(f"{name} {at:.3f}" for name, at in life.items() if at)
                file.write(f"{address} {task} {times}\n")

    def was_alive(self, address, at, margin=0.5):
        """Running for a while before, and for a while after."""
        return any(life["alive"] and life["alive"] + margin < at < life["last"] - margin
                   for (owner, _), life in self.lives.items() if owner == address)

    def was_dead(self, address, at, since):
        """Every task that ever had it was dead for so long, and no other was on its way to have it."""
        lives = [life for (owner, _), life in self.lives.items() if owner == address]
        return bool(lives) and all(life["dead"] and life["dead"] + since < at for life in lives)


SYN = re.compile(r"^(\d+\.\d+) .*IP (\S+)\.(\d+) > (\d+\.\d+\.\d+\.\d+)\.80: .*\bseq (\d+)")


def syns(path):
    """(time, own port, address it was sent to, sequence number) of every first packet that tcpdump saw."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if match := SYN.match(line):
                yield float(match[1]), int(match[3]), match[4], int(match[5])


def led_to(begun, port, at):
    """Where the connection that a client called at that time was led in the end; None: nobody saw it.

    A port is soon used again, so it begins with the first packet after the call, and only what bears the same number is
    of it. Such a packet may be sent once more: a task that still knows an earlier connection under that port, of another
    node, has the client ask anew, and the second may be led elsewhere.
    """
    mine = [(address, number) for time, own, address, number in begun if own == port and -0.05 < time - at < 2]
    return next((address for address, number in reversed(mine) if number == mine[0][1]), None)
