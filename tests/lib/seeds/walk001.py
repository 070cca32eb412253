"""001: a shell in ubuntu, a registry to log in to, a private registry, volumes."""
import json

import hub
from host import Failure, Terminal, sh

REMOTE = "registry.cn-hangzhou.aliyuncs.com/docker_ruohan/myubuntu"
BY_HAND = "no systemd in this world: orchd is ended and started by hand"
CATALOG = "curl -sS --retry 8 --retry-all-errors -XGET http://127.0.0.1:5000/v2/_catalog"


def walk(page, daemon):
    service(page, daemon)
    containers(page)
    aliyun(page)
    private_registry(page, daemon)
    volumes(page)


def service(page, daemon):
    page.does("docker version", want=["^Client", "^Server"])
    page.does("sudo docker run hello-world", want="Hello from Docker!")
    page.does("systemctl stop docker", daemon.stop, differs=BY_HAND)
    page.does("systemctl start docker", daemon.start, differs=BY_HAND)
    page.does("systemctl restart docker", daemon.restart, differs=BY_HAND)
    page.does("systemctl status docker", "orch info", want="Server Version", differs="orch info says whether it answers")
    page.cannot("systemctl enable docker", "systemd's, with the unit deploy/systemd/orchd.service")
    page.does("docker -help", "orch --help", want="^Usage:  orch", differs="is --help, with docker too")
    page.does("docker 具体命令--help", "orch run --help", want="^Usage:  orch run")
    page.does("docker system df", want=["^TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE", "^Images +1", "^Local Volumes"])


def containers(page):
    page.does("docker pull ubuntu", want="^docker.io/library/ubuntu:latest")
    page.does("docker run -it ubuntu /bin/bash", lambda: shell("orch run -it ubuntu /bin/bash", "pwd", "/"))
    page.does("docker run -d ubuntu", "orch run -d ubuntu && sleep 0.5 && orch ps -a", want="Exited \\(0\\)")
    page.does("实测 redis 可以后台启动", "orch run -d --name redis training/webapp python app.py && orch ps",
              want="Up .* redis$", differs="another server stands for redis")
    page.does("docker restart 容器ID或者容器名", "orch restart -t 1 redis", want="^redis$")
    page.does("docker rm (运行中的容器会报错)", "orch rm redis", code=1, want="cannot remove container")
    page.does("docker stop 容器ID或者容器名", "orch stop -t 1 redis && orch rm redis", want="^redis$")
    page.does("docker kill 容器ID或容器名", "orch run -d --name victim ubuntu sleep 100 && orch kill victim", want="^victim$")
    page.does("docker rm -f $(docker ps -a -q)", want="^[0-9a-f]{12}$")
    page.does("docker ps -a -q | xargs docker rm", "orch run -d ubuntu; sleep 0.5; orch ps -a -q | xargs orch rm",
              want="^[0-9a-f]{12}$")
    sh("orch run -d --name c1 ubuntu sh -c 'echo started; exec sleep 1000'")
    page.does("docker log 容器id", "sleep 0.3; orch logs c1", want="started", differs="is docker logs, with docker too")
    page.does("docker top 容器id", "orch top c1", want="sleep 1000")
    page.does("docker inspect 容器id", "orch inspect c1", want='"Status": "running"')
    page.does("docker cp 容器id:容器内路径 目的主机路径",
              "orch exec c1 touch /tmp/a.txt && orch cp c1:/tmp/a.txt /tmp/ && ls /tmp/a.txt", want="/tmp/a.txt")
    page.does("docker export 容器id > 目的主机路径/文件名.tar", "orch export c1 > /tmp/abcd.tar && tar tf /tmp/abcd.tar",
              want="^tmp/a.txt$")
    page.does("cat 本地主机路径/文件名.tar | docker import - 镜像用户/镜像名:镜像版本号",
              "cat /tmp/abcd.tar | orch import - me/ubuntu:3.7 && orch run --rm me/ubuntu:3.7 /bin/ls /tmp",
              want=["^sha256:[0-9a-f]{64}$", "^a.txt$"])


def aliyun(page):
    sh("orch run --name new ubuntu touch /added && orch commit new myubuntu:5.3")
    page.does("sudo docker login --username=aliyun8972045200 registry.cn-hangzhou.aliyuncs.com", log_in,
              want=["stored unencrypted in '/root/.orch/config.json'", "Login Succeeded"])
    page.does("docker login (密码错)", f"orch login -u {hub.USER} --password-stdin {hub.ALIYUN}", given="wrong\n", code=1,
              want="401 Unauthorized")
    page.does("sudo docker images", want=["^myubuntu +5.3 ", "^ubuntu +latest "])
    page.does(f"docker tag [ImageId] {REMOTE}:[镜像版本号]", f"orch tag $(orch images -q myubuntu) {REMOTE}:5.3")
    page.does(f"sudo docker push {REMOTE}:5.3",
              want=[f"The push refers to repository \\[{REMOTE}\\]", "Pushed", "^5.3: digest: sha256:[0-9a-f]{64} size: [0-9]+"])
    page.does("sudo docker rmi -f c1ebca1d03c7", "orch rm new; orch rmi -f $(orch images -q myubuntu)",
              want=["Untagged: myubuntu:5.3", f"Untagged: {REMOTE}:5.3", f"Untagged: {REMOTE}@sha256:", "Deleted: sha256:"])
    page.does(f"sudo docker pull {REMOTE}:5.3",
              want=["5.3: Pulling from docker_ruohan/myubuntu", "Already exists", "Pull complete", "Digest: sha256:",
                    f"Status: Downloaded newer image for {REMOTE}:5.3", f"^{REMOTE}:5.3$"])
    page.does("docker logout", f"orch logout {hub.ALIYUN} && ! orch pull {REMOTE}:5.3",
              want=[f"Removing login credentials for {hub.ALIYUN}", "denied"])


def log_in():
    terminal = Terminal(f"orch login --username={hub.USER} {hub.ALIYUN}")
    terminal.see("Password: ")
    terminal.type(hub.PASSWORD)
    terminal.end()
    if hub.PASSWORD in terminal.text:
        raise Failure("the password was shown")
    return terminal.text


def private_registry(page, daemon):
    page.does("sudo docker pull registry", want="^docker.io/library/registry:latest")
    run = "sudo docker run -d -p 5000:5000 -v /ruohan/myregistry/:/tmp/registry --privileged=true registry"
    page.does(run, want="^[0-9a-f]{64}$")
    page.does("apt-get install net-tools; ifconfig",
              lambda: shell("orch run -it --name nettools ubuntu", "ifconfig", "inet addr:172\\.17\\."),
              differs="nothing is fetched here: the image has ifconfig, busybox's")
    page.does('sudo docker commit -m "add ifconfig command" -a="ruohan" a4ddd4739e7d myubuntu:5.2.1',
              'orch commit -m "add ifconfig command" -a="ruohan" nettools myubuntu:5.2.1', want="^sha256:")
    page.does("curl -XGET http://127.0.0.1:5000/v2/_catalog", CATALOG, want='{"repositories":\\[\\]}')
    page.does("sudo docker tag myubuntu:5.2.1 127.0.0.1:5000/myubuntu:5.2.1")
    page.does('daemon.json: "insecure-registries": ["127.0.0.1:5000"]', lambda: configure(daemon), want="127.0.0.1:5000")
    again = run.replace("sudo docker", "orch")
    page.does(run, f"orch rm -f $(orch ps -q --filter ancestor=registry); {again}", want="^[0-9a-f]{64}$",
              differs="the container of before went on running through the restart: it goes first")
    page.does("sudo docker ps", want='registry +"/entrypoint.sh serv.* 0.0.0.0:5000->5000/tcp')
    page.does("sudo docker push 127.0.0.1:5000/myubuntu:5.2.1", f"{CATALOG} && orch push 127.0.0.1:5000/myubuntu:5.2.1",
              want=["The push refers to repository \\[127.0.0.1:5000/myubuntu\\]", "^5.2.1: digest: sha256:"])
    page.does("curl -XGET http://127.0.0.1:5000/v2/_catalog", CATALOG, want='{"repositories":\\["myubuntu"\\]}')
    page.does("sudo docker rmi -f 0ea7afde4c27", "orch rm nettools; orch rmi -f $(orch images -q myubuntu:5.2.1)",
              want=["Untagged: 127.0.0.1:5000/myubuntu:5.2.1", "Untagged: 127.0.0.1:5000/myubuntu@sha256:",
                    "Untagged: myubuntu:5.2.1", "Deleted: "])
    page.does("sudo docker images", want="^registry ")
    page.does("sudo docker pull 127.0.0.1:5000/myubuntu:5.2.1",
              want=["5.2.1: Pulling from myubuntu", "Status: Downloaded newer image for 127.0.0.1:5000/myubuntu:5.2.1"])
    page.does("sudo docker run -it 0ea7afde4c27 /bin/bash", lambda: shell(
        "orch run -it $(orch images -q 127.0.0.1:5000/myubuntu) /bin/bash", "ifconfig", "inet addr:172\\.17\\."))


def configure(daemon):
    daemon.configure({"insecure-registries": ["127.0.0.1:5000"]})
    return sh("orch info")


def volumes(page):
    page.does("sudo docker run -it --privileged=true -v /tmp/host_data:/tmp/docker_data --name=u1 ubuntu", first_volume)
    mount = {"Type": "bind", "Source": "/tmp/host_data", "Destination": "/tmp/docker_data", "Mode": "", "RW": True,
             "Propagation": "rprivate"}
    page.does("sudo docker inspect 容器id", "orch inspect u1 -f '{{json (index .Mounts 0)}}'",
              want="^" + json.dumps(mount, separators=(",", ":")) + "$")
    page.does("docker run -it --privileged=true -v /mydocker/u:/tmp/u:ro --name u2 ubuntu", read_only)
    sh("orch rm -f u2; orch start u1")
    page.does("sudo docker exec -it 95f4510866f5 /bin/bash",
              lambda: shell("orch exec -it u1 /bin/bash", "ls /tmp/docker_data", "hostin.txt"))
    inherit = "docker run -it --privileged=true --volumes-from=u1 --name=u2 ubuntu"
    page.does("sudo " + inherit, lambda: shell(
        inherit.replace("docker run", "orch run"), "cd /tmp/docker_data; touch u2.txt; ls", "u2.txt\r"))
    page.does("ls (u1)", "orch exec u1 ls /tmp/docker_data", want=["^dockerin.txt$", "^hostin.txt$", "^u2.txt$"])


def first_volume():
    terminal = Terminal("orch run -it --privileged=true -v /tmp/host_data:/tmp/docker_data --name=u1 ubuntu")
    terminal.see("# ")
    terminal.type("cd /tmp/docker_data/ && touch dockerin.txt && echo made")
    terminal.see("\nmade")
    if sh("ls /tmp/host_data") != "dockerin.txt\n":
        raise Failure("the file is not in the host's folder")
    sh("touch /tmp/host_data/hostin.txt")
    terminal.type("ls")
    terminal.see("hostin.txt")
    terminal.type("exit")
    terminal.end()


def read_only():
    sh("mkdir -p /mydocker/u && touch /mydocker/u/a.txt")
    terminal = Terminal("orch run -it --privileged=true -v /mydocker/u:/tmp/u:ro --name u2 ubuntu")
    terminal.see("# ")
    terminal.type("cd tmp/u/; ls")
    terminal.see("a.txt")
    terminal.type("touch c.txt")
    terminal.see("Read-only file system")
    terminal.type("exit")
    terminal.end(code=1)


def shell(command, line, pattern):
    """A shell, one line in it, and what that must print."""
    terminal = Terminal(command)
    terminal.see("# ")
    terminal.type(line)
    terminal.see("(?s)\n.*?" + pattern)
    terminal.type("exit")
    terminal.end()
