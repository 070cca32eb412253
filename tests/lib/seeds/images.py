"""Images of the names that the pages use, made of files that Debian packages installed."""
import io
import os
import subprocess
import tarfile

APPLETS = ("cat echo env false hostname id ifconfig ip ls mkdir ping ps pwd route sh sleep tail top touch true uname wget"
           .split())
WEB_APP = """#!/bin/sh
# Stands in for the pages' `python app.py`: serves "Hello world!" at port 5000.
echo " * Running on http://0.0.0.0:5000/"
exec /bin/busybox httpd -f -v -p 5000 -h /www
"""
REGISTRY_CONFIG = """version: 0.1
storage: {filesystem: {rootdirectory: /tmp/registry}}
http: {addr: ":5000"}
"""
ENTRYPOINT = """#!/bin/sh
exec /usr/bin/docker-registry "$@"
"""


class Tar:
    """A root file system in memory."""

    def __init__(self):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode="w")
        self.names = set()

    def text(self, path, content, mode=0o644):
        entry = tarfile.TarInfo(path)
        entry.mode, entry.size = mode, len(content.encode())
        self.tar.addfile(entry, io.BytesIO(content.encode()))

    def folder(self, path, mode=0o755):
        entry = tarfile.TarInfo(path)
        entry.type, entry.mode = tarfile.DIRTYPE, mode
        self.tar.addfile(entry)

    def link(self, path, target):
        entry = tarfile.TarInfo(path)
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        self.tar.addfile(entry)

    def program(self, source, path):
        """A program with the libraries it is linked with."""
        for line in [source, *libraries(source)]:
            target = path if line == source else line.lstrip("/")
            if target not in self.names:
                self.names.add(target)
                self.tar.add(os.path.realpath(line), target, filter=owned_by_root)

    def busybox(self):
        self.program("/bin/busybox", "bin/busybox")
        for applet in APPLETS:
            self.link(f"bin/{applet}", "busybox")

    def done(self):
        self.tar.close()
        return self.bytes.getvalue()


def owned_by_root(entry):
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def libraries(program):
    text = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return [word for line in text.splitlines() for word in line.split() if word.startswith("/")]


def linux(name):
    """ubuntu and centos: bash, busybox, and a file that says which."""
    tar = Tar()
    for folder in ("etc", "root", "tmp", "bin", "lib64"):
        tar.folder(folder, 0o1777 if folder == "tmp" else 0o755)
    tar.busybox()
    tar.program("/bin/bash", "bin/bash")
    tar.text("etc/os-release", f'NAME="{name}"\n')
    tar.text("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
    return tar.done(), ['CMD ["/bin/bash"]', "ENV PATH=/usr/bin:/bin"]


def hello():
    tar = Tar()
    tar.busybox()
    tar.text("hello", "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n")
    return tar.done(), ['CMD ["/bin/cat", "/hello"]']


def busybox():
    tar = Tar()
    tar.busybox()
    return tar.done(), ['CMD ["sh"]']


def web_app():
    tar = Tar()
    tar.busybox()
    tar.text("bin/python", WEB_APP, 0o755)
    tar.text("www/index.html", "Hello world!\n")
    return tar.done(), ["EXPOSE 5000", "ENV PATH=/bin"]


def registry():
    tar = Tar()
    tar.folder("tmp", 0o1777)
    tar.busybox()
    tar.program("/usr/bin/docker-registry", "usr/bin/docker-registry")
    tar.text("entrypoint.sh", ENTRYPOINT, 0o755)
    tar.text("etc/docker/registry/config.yml", REGISTRY_CONFIG)
    return tar.done(), ['ENTRYPOINT ["/entrypoint.sh"]', 'CMD ["serve", "/etc/docker/registry/config.yml"]', "EXPOSE 5000"]


ALL = {
    "busybox:latest": busybox, "hello-world:latest": hello, "registry:latest": registry,
    "training/webapp:latest": web_app, "centos:latest": lambda: linux("centos"),
    "ubuntu:latest": lambda: linux("ubuntu"), "ubuntu:14.04": lambda: linux("ubuntu 14.04"),
    "ubuntu:15.10": lambda: linux("ubuntu 15.10"),
}
