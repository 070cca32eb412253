"""000: commands for images and containers, commit."""
from host import Failure, Terminal, sh, until

APP = "training/webapp python app.py"


def walk(page, daemon):
    page.does("docker run hello-world", want=[
        "Unable to find image 'hello-world:latest' locally", "Pulling from library/hello-world",
        "Status: Downloaded newer image for hello-world:latest", "Hello from Docker!"])
    page.does("docker version", want=["^Client", "^Server", "API version: +1\\.44"])
    page.does("docker info", want=["Containers: 1", "Images: 1", "Storage Driver: overlay2"])
    page.does("docker --help", want=["^Usage:  orch", "Management Commands:", "run +"])
    images(page)
    start(page)
    stop(page)
    look(page)


def images(page):
    page.does("docker images", want=["^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE", "^hello-world +latest +[0-9a-f]{12} "])
    page.does("docker images -a", want="^hello-world ")
    page.does("docker images -q", want="^[0-9a-f]{12}$")
    page.does("docker images --digests", want="hello-world +latest +sha256:[0-9a-f]{64}")
    page.does("docker images --no-trunc", want="hello-world +latest +sha256:[0-9a-f]{64}")
    page.does("docker search ubuntu", differs="no column AUTOMATED, which docker has dropped too", want=[
        "^NAME +DESCRIPTION +STARS +OFFICIAL", "^ubuntu +ubuntu, of Debian's files +1000 +\\[OK\\]"])
    page.does("docker search --no-turnc ubuntu", "orch search --no-trunc ubuntu", want="^ubuntu ",
              differs="the page means --no-trunc")
    page.does("docker search --filter stars=100 ubuntu", want="^ubuntu ")
    page.does("docker search --automated webapp", "orch search --filter is-automated=true webapp",
              want="^training/webapp ", differs="is --filter is-automated=true since docker 1.12")
    page.does("docker pull busybox", want=["Using default tag: latest", "latest: Pulling from library/busybox",
                                           "Digest: sha256:", "^docker.io/library/busybox:latest"])
    page.does("docker pull ubuntu:14.04", want="^docker.io/library/ubuntu:14.04")
    page.does("docker rmi -f 镜像ID", "orch rmi -f $(orch images -q busybox)",
              want=["Untagged: busybox:latest", "Deleted: sha256:"])
    page.does("docker rmi -f 镜像1:TAG 镜像2:TAG", "orch pull -q busybox; orch rmi -f busybox:latest ubuntu:14.04",
              want=["Untagged: busybox:latest", "Untagged: ubuntu:14.04"])
    page.does("docker rmi -f $(docker images -qa)", want="Untagged: hello-world:latest")


def start(page):
    page.does("docker run --name mine -d -p ip:hostPort:containerPort",
              f"orch run --name mine -d -p 127.0.0.1:8001:5000 {APP}", want="^[0-9a-f]{64}$")
    page.does("curl ip:hostPort", "curl -sS --retry 8 --retry-all-errors http://127.0.0.1:8001/", want="Hello world!")
    for number, (flag, shown) in enumerate((
            ("-P", "0.0.0.0:[0-9]+"), ("-p 127.0.0.1::5000", "127.0.0.1:[0-9]+"), ("-p 8003:5000", "0.0.0.0:8003"),
            ("-p 5000", "0.0.0.0:[0-9]+"))):
        page.does(f"docker run {flag}", f"orch run -d --name p{number} {flag} {APP} && orch port p{number}",
                  want=f"5000/tcp -> {shown}")
    page.does("docker run -i -t centos; exit", shell_and_exit)
    page.does("docker ps", want=["^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES",
                                 '"python app.py" .* Up .* mine$'])
    page.does("docker ps -a", want="Exited \\(0\\)")
    page.does("docker ps -l", want="centos")
    page.does("docker ps -n 2", want="centos")
    page.does("docker ps -q", want="^[0-9a-f]{12}$")
    page.does("docker ps --no-trunc", want="^[0-9a-f]{64} ")
    page.does("ctrl + P + Q", detach)


def stop(page):
    page.does("docker stop 容器id或容器名", "orch stop -t 1 mine", want="^mine$")
    page.does("docker start 容器Id或者容器名", "orch start mine", want="^mine$")
    page.does("docker kill 容器id或容器名", "orch kill mine", want="^mine$")
    page.does("docker rm 容器id", "orch rm mine", want="^mine$")
    page.does("docker rm -f $(docker ps -aq)", want="^[0-9a-f]{12}$")
    page.does("docker run -d centos; docker ps -a", "orch run -d centos && sleep 0.5 && orch ps -a",
              want=["^[0-9a-f]{64}$", "Exited \\(0\\)"])


def look(page):
    sh("orch run -d --name shell -i centos sh -c 'for i in 1 2 3; do echo line $i; done; touch /tmp/x; exec /bin/bash'")
    until("its output", lambda: "line 3" in sh("orch logs shell"))
    page.does("docker logs -f -t --tail 20 容器ID", "timeout 1 orch logs -f -t --tail 20 shell", code=124,
              want="^[0-9-]{10}T[0-9:.]+Z line 3$")
    page.does("docker top 容器ID", "orch top shell", want=["UID +PID +PPID", "/bin/bash"])
    page.does("docker inspect 容器ID", "orch inspect shell", want='"Name": "/shell"')
    page.does("docker attach 容器ID", attach)
    page.does("docker exec -it 容器ID ls -l /tmp", ls_in_terminal)
    page.does("docker exec -it 容器ID bin/bash", inner_shell)
    page.does("docker cp 容器ID:容器内路径 目的主机路径", "orch cp shell:/tmp/x /tmp/copied && ls /tmp/copied",
              want="/tmp/copied")
    page.does('docker commit -m="提交的描述信息" -a="作者" 容器ID [命名空间]/要创建的目标镜像名:[TAG]',
              'orch commit -m="words" -a="author" shell mine/centos:1.1 && orch run --rm mine/centos:1.1 ls /tmp/x',
              want=["^sha256:[0-9a-f]{64}$", "^/tmp/x$"])


def shell_and_exit():
    terminal = Terminal("orch run -i -t centos")
    terminal.see("# ")
    terminal.type("cat /etc/os-release")
    terminal.see('NAME="centos"')
    terminal.type("exit")
    terminal.end()


def detach():
    terminal = Terminal("orch run -it --name kept centos")
    terminal.see("# ")
    terminal.keys(b"\x10\x11")
    terminal.end()
    if "kept" not in sh("orch ps --format '{{.Names}}'"):
        raise Failure("the container ended with its terminal")


def attach():
    sh("orch run -dit --name attached centos")
    terminal = Terminal("orch attach attached")
    terminal.type("echo here $((20 + 3))")
    terminal.see("here 23")
    terminal.type("exit")
    terminal.end()
    until("the end of the container", lambda: "attached" not in sh("orch ps --format '{{.Names}}'"))


def inner_shell():
    terminal = Terminal("orch exec -it shell bin/bash")
    terminal.see("# ")
    terminal.type("exit")
    terminal.end()
    if "shell" not in sh("orch ps --format '{{.Names}}'"):
        raise Failure("the container ended with the shell in it")


def ls_in_terminal():
    terminal = Terminal("orch exec -it shell ls -l /tmp")
    terminal.see("(?m) x\r?$")
    terminal.end()
