"""002: what Docker is. It has no commands; its words are shown at work."""

OWN = """for n in pid net ipc mnt uts; do
  here=$(readlink /proc/self/ns/$n)
  there=$(readlink /proc/$(orch inspect -f '{{.State.Pid}}' apart)/ns/$n)
  [ -n "$there" ] && [ "$here" != "$there" ] && echo $n of its own
done"""


def walk(page, daemon):
    page.does("Namespaces: PID NET IPC MNT UTS", "orch run -d --name apart ubuntu sleep 100; " + OWN,
              want=[f"^{name} of its own$" for name in ("pid", "net", "ipc", "mnt", "uts")])
    page.does("Control groups", "orch run --rm -m 64m --pids-limit 50 ubuntu echo limited", want="^limited$")
    page.does("Docker Image: 写时复制", "orch run --name cow ubuntu touch /changed && orch diff cow", want="^A /changed$")
