"""Debian's python3-docker: each kind of call its users make, by what comes back."""
import io
import os
import sys
import tarfile
import threading
import time
import traceback

import docker
from docker.errors import APIError, ContainerError, ImageNotFound, NotFound
from docker.types import Mount

IMAGE = os.environ["IMAGE"]
client = docker.from_env()
checks = []


def check(function):
    checks.append(function)
    return function


def archive(name, data):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return stream.getvalue()


@check
def ping_and_version():
    assert client.ping()
    assert client.version()["ApiVersion"] >= "1.41"
    assert client.info()["Driver"].startswith("overlay")


@check
def run_gives_output_and_removes():
    assert client.containers.run(IMAGE, "echo hello", remove=True) == b"hello\n"
    assert not client.containers.list(all=True)


@check
def run_that_fails_has_status_and_stderr():
    try:
        client.containers.run(IMAGE, ["sh", "-c", "echo bad >&2; exit 9"], remove=True)
        raise AssertionError("no error")
    except ContainerError as error:
        assert error.exit_status == 9 and b"bad" in error.stderr, error


@check
def logs_stream_while_it_runs():
    c = client.containers.run(IMAGE, ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done"], detach=True)
    assert list(c.logs(stream=True)) == [b"1\n", b"2\n", b"3\n"]
    assert c.wait()["StatusCode"] == 0
    assert c.logs(tail=1, timestamps=True).split(b" ")[1] == b"3\n"
    c.remove()


@check
def exec_separates_streams_and_has_a_status():
    c = client.containers.run(IMAGE, "sleep 100", detach=True, environment={"A": "1"})
    code, (out, err) = c.exec_run(["sh", "-c", "echo $A; echo e >&2; exit 3"], demux=True)
    assert (code, out, err) == (3, b"1\n", b"e\n"), (code, out, err)
    socket = c.exec_run("cat", stdin=True, socket=True).output
    socket._sock.sendall(b"through\n")
    assert b"through\n" in socket._sock.recv(100)
    socket.close()
    c.remove(force=True)


@check
def archives_go_in_and_out():
    c = client.containers.create(IMAGE, "true")
    assert c.put_archive("/", archive("f", b"content"))
    stream, stat = c.get_archive("/f")
    assert stat["name"] == "f" and stat["size"] == 7, stat
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        assert tar.extractfile("f").read() == b"content"
    assert {"Path": "/f", "Kind": 1} in c.diff()
    assert c.commit("py", "1").tags == ["py:1"]
    client.images.remove("py:1")
    c.remove()


@check
def limits_are_in_the_kernel():
    c = client.containers.run(IMAGE, "sleep 100", detach=True, mem_limit="32m", pids_limit=20, cap_drop=["ALL"],
                              ulimits=[docker.types.Ulimit(name="nofile", soft=100, hard=200)], read_only=True)
    out = c.exec_run("sh -c 'ulimit -n'").output
    assert out == b"100\n", out
    stats = c.stats(stream=False)
    assert stats["memory_stats"]["limit"] == 32 << 20 and stats["pids_stats"]["current"] >= 1, stats
    assert "sleep 100" in str(c.top()["Processes"])
    c.update(mem_limit="48m", memswap_limit="96m")
    c.reload()
    assert c.attrs["HostConfig"]["Memory"] == 48 << 20, c.attrs["HostConfig"]
    c.pause()
    c.unpause()
    c.kill()
    assert c.wait()["StatusCode"] == 137
    c.remove()


@check
def volumes_and_mounts():
    v = client.volumes.create("pv", labels={"k": "v"})
    client.containers.run(IMAGE, "touch /d/x", remove=True, mounts=[Mount("/d", "pv")])
    assert client.containers.run(IMAGE, "ls /d", remove=True, volumes={"pv": {"bind": "/d", "mode": "ro"}}) == b"x\n"
    assert [x.name for x in client.volumes.list(filters={"label": "k=v"})] == ["pv"]
    v.remove()
    try:
        client.volumes.get("pv")
        raise AssertionError("still there")
    except NotFound:
        pass


@check
def networks_connect_by_name():
    n = client.networks.create("pn", driver="bridge", ipam=docker.types.IPAMConfig(
        pool_configs=[docker.types.IPAMPool(subnet="10.98.0.0/24")]))
    server = client.containers.run(IMAGE, "sleep 100", detach=True, network="pn", name="srv")
    assert b"10.98.0." in client.containers.run(IMAGE, "nslookup srv", remove=True, network="pn")
    n.disconnect(server)
    n.connect(server, aliases=["other"])
    n.reload()
    assert len(n.attrs["Containers"]) == 1
    server.remove(force=True)
    n.remove()


@check
def events_are_heard_live():
    heard = []
    events = client.events(decode=True, filters={"type": "container"})

    def listen():
        for event in events:
            heard.append(event["Action"])

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    time.sleep(0.3)
    client.containers.run(IMAGE, "true", remove=True)
    deadline = time.time() + 10
    while "destroy" not in heard and time.time() < deadline:
        time.sleep(0.05)
    events.close()
    assert [a for a in heard if a in ("create", "start", "die", "destroy")] == ["create", "start", "die", "destroy"], heard


@check
def images_travel():
    image = client.images.get(IMAGE)
    data = b"".join(image.save(named=True))
    assert client.images.load(data)[0].id == image.id
    image.tag(os.environ["REGISTRY"] + "/py", tag="2")
    pushed = client.images.push(os.environ["REGISTRY"] + "/py", tag="2", stream=True, decode=True)
    assert not [line for line in pushed if "error" in line]
    client.images.remove(os.environ["REGISTRY"] + "/py:2")
    assert client.images.pull(os.environ["REGISTRY"] + "/py", tag="2").id == image.id
    client.images.remove(os.environ["REGISTRY"] + "/py:2")
    try:
        client.images.get("nobody:here")
        raise AssertionError("found")
    except ImageNotFound:
        pass


@check
def errors_have_status_and_words():
    try:
        client.api.create_container("nobody:here")
        raise AssertionError("made")
    except ImageNotFound as error:
        assert "No such image" in error.explanation, error
    try:
        client.containers.run(IMAGE, "true", detach=True, network="nobody")
        raise AssertionError("ran")
    except APIError as error:
        assert error.status_code in (404, 400), error
    for c in client.containers.list(all=True):
        c.remove(force=True)


@check
def prune_and_disk_use():
    client.containers.create(IMAGE, "true")
    assert len(client.containers.prune()["ContainersDeleted"]) == 1
    assert client.df()["Images"]


failed = 0
for function in checks:
    try:
        function()
        print("ok", function.__name__)
    except Exception as error:  # Each is reported, the next is tried.
        failed += 1
        line = traceback.extract_tb(error.__traceback__)[1].lineno
        print("FAIL", f"{function.__name__}, line {line}:", type(error).__name__, str(error)[:600].replace("\n", " "))
    sys.stdout.flush()
os._exit(1 if failed else 0)  # Without waiting for streams that are open.
