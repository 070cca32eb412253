"""003: help, search, pull, run and its flags, ports, the four network modes, a bridge of one's own."""
from host import Terminal, sh

COMMANDS = ("attach commit cp create diff events exec export history images import info inspect kill load login logout logs "
            "pause port ps pull push restart rm rmi run save search start stop tag top unpause version wait").split()
APP = "training/webapp python app.py"
RENAMED = "the bridge is called orch0, so that both can be on one host"


def walk(page, daemon):
    client(page)
    images(page)
    containers(page)
    flags(page)
    networks(page)
    own_bridge(page, daemon)


def client(page):
    page.does("sudo docker run ubuntu echo 'Hello World'", want="^Hello World$")
    page.does("sudo docker version", want="^Server")
    page.does("sudo docker search ubuntu", want="^ubuntu ")
    page.does("sudo docker", "orch", want=[f"^  {name} " for name in COMMANDS])
    page.cannot("docker build", "not there yet")
    page.does("sudo docker search --help", want="^Usage:  orch search")
    page.does("sudo docker search -s 100 ubuntu", "orch search --filter stars=100 ubuntu", want="^ubuntu ",
              differs="is --filter stars=100 since docker 1.12")
    page.does("sudo docker info", want=["Containers: ", "Images: ", "Storage Driver: overlay2", "Kernel Version"],
              differs="the storage driver is overlay2, not devicemapper")
    for command in ("pull", "push", "images", "rmi", "run"):
        page.does(f"sudo docker {command} --help", want=f"^Usage:  orch {command} ")


def images(page):
    page.does("sudo docker pull ubuntu", want="docker.io/library/ubuntu:latest")
    page.does("docker pull -a ubuntu", want=["14.04: Pulling from library/ubuntu", "15.10: Pulling", "latest: Pulling"])
    page.does("sudo docker pull ubuntu:14.04", want="up to date for ubuntu:14.04")
    sh("orch pull -q registry && orch run -d --name hub --network host registry && "
       "orch tag ubuntu 127.0.0.1:5000/ubuntu && orch tag ubuntu:14.04 127.0.0.1:5000/ubuntu:14.04 && "
       "curl -sS --retry 8 --retry-all-errors http://127.0.0.1:5000/v2/")
    page.does("sudo docker push 192.168.0.100:5000/ubuntu", "orch push 127.0.0.1:5000/ubuntu",
              want="^latest: digest: sha256:")
    page.does("sudo docker push 192.168.0.100:5000/ubuntu:14.04", "orch push 127.0.0.1:5000/ubuntu:14.04",
              want="^14.04: digest: sha256:")
    page.does("sudo docker images", want="^ubuntu +14.04 ")
    page.does("sudo docker images -a", want="^ubuntu +14.04 ")
    page.does("sudo docker images ubuntu", want=["^ubuntu +14.04 ", "^ubuntu +latest "])
    page.does("docker images -f dangling=true", want="^REPOSITORY")
    page.does("docker rmi IMAGE [IMAGE...]", "orch rmi 127.0.0.1:5000/ubuntu 127.0.0.1:5000/ubuntu:14.04",
              want="Untagged: 127.0.0.1:5000/ubuntu:14.04")
    sh("orch rm -f hub")


def containers(page):
    page.does('sudo docker run -t -i -c 100 -m 512MB -h test1 -d --name="docker_test1" ubuntu /bin/bash',
              'orch run -t -i -c 100 -m 512MB -h test1 -d --name="docker_test1" ubuntu /bin/bash', want="^[0-9a-f]{64}$")
    page.does("sudo docker ps", want='"/bin/bash" .* Up .* docker_test1$')
    page.does("sudo docker attach docker_test1", lambda: typed("orch attach docker_test1", "hostname", "\ntest1"))
    sh("orch start docker_test1")
    for verb in ("pause", "unpause", "restart -t 1", "stop -t 1", "start", "kill", "start"):
        page.does(f"docker {verb.split()[0]} CONTAINER", f"orch {verb} docker_test1", want="^docker_test1$")
    page.does("docker inspect CONTAINER|IMAGE", "orch inspect docker_test1 ubuntu",
              want=['"Memory": 536870912', '"CpuShares": 100', '"RepoTags"'])
    page.does("docker logs", "orch logs docker_test1", want="test1")
    page.does("docker commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]", "orch commit docker_test1 committed:1", want="^sha256:")
    page.does("docker rm [OPTIONS] CONTAINER [CONTAINER...]", "orch rm -f docker_test1", want="^docker_test1$")


def flags(page):
    sh("echo A=1 > /tmp/envs; rm -f /tmp/cid")
    for shown, flag, command, want in (
            ("--cidfile", "--cidfile /tmp/cid", "true", ()),
            ("--cpuset", "--cpuset-cpus 0", "cat /proc/self/status", "Cpus_allowed_list:\\s+0$"),
            ("--dns --dns-search", "--dns 10.9.8.7 --dns-search seeds.test", "cat /etc/resolv.conf", "10.9.8.7"),
            ("-e", "-e GREETING=hi", "sh -c 'echo $GREETING'", "^hi$"),
            ("--entrypoint", "--entrypoint /bin/echo", "", ()),
            ("--env-file", "--env-file /tmp/envs", "sh -c 'echo $A'", "^1$"),
            ("-h", "-h name", "hostname", "^name$"), ("-u", "-u 1000:1000", "id -u", "^1000$"),
            ("-w", "-w /tmp", "pwd", "^/tmp$"), ("--rm", "--rm", "echo gone", "^gone$"),
            ("--privileged", "--privileged=true", "cat /proc/self/status", "CapEff:\\s+0*[1-9a-f][0-9a-f]{9}"),
            ("-v", "-v /tmp:/host", "ls /host/envs", "/host/envs"),
            ("--device", "--device=/dev/null:/dev/mine", "ls /dev/mine", "/dev/mine"),
            ("--restart", "--restart on-failure:1", "echo once", "^once$"),
            ("--cap-add --cap-drop", "--cap-drop ALL --cap-add CHOWN", "cat /proc/self/status", "CapEff:\\s+0{15}1$"),
            ("--security-opt", "--security-opt no-new-privileges", "cat /proc/self/status", "NoNewPrivs:\\s+1"),
            ("--expose", "--expose 80", "true", ()), ("--add-host", "--add-host one:10.0.0.1", "cat /etc/hosts", "10.0.0.1\\s+one")):
        page.does(f"docker run {shown}", f"orch run {flag} ubuntu {command}", want=want,
                  differs="is --cpuset-cpus since docker 1.6" if shown == "--cpuset" else "")
    page.cannot("docker run --lxc-conf", "docker dropped its LXC driver in 1.10")


def typed(command, line, pattern):
    terminal = Terminal(command)
    terminal.type(line)
    terminal.see(pattern)
    terminal.type("exit")
    terminal.end()


def networks(page):
    page.does("sudo docker run -t -P --expose 22 --name server ubuntu:14.04",
              "orch run -dt -P --expose 22 --name server ubuntu:14.04 && orch port server 22", want="0.0.0.0:[0-9]+")
    for number, (flag, shown) in enumerate((
            ("-p 127.0.0.1:80:8080", "8080/tcp -> 127.0.0.1:80"), ("-p 127.0.0.1::8080", "8080/tcp -> 127.0.0.1:[0-9]+"),
            ("-p 80:8080", "8080/tcp -> 0.0.0.0:80"), ("-p 8080", "8080/tcp -> 0.0.0.0:[0-9]+"),
            ("-p 127.0.0.1:53:5353/udp", "5353/udp -> 127.0.0.1:53"))):
        page.does(f"sudo docker run {flag} <image> <cmd>",
                  f"orch run -d --name n{number} {flag} {APP} && orch port n{number}; orch rm -f n{number}", want=shown)
    page.does("docker run --net=host", "orch run --rm --net=host ubuntu hostname", want="^seeds$")
    page.does("docker run --net=container:NAME_or_ID", "orch run --rm --net=container:server ubuntu ifconfig", want="eth0")
    page.does("docker run --net=none", "orch run --rm --net=none ubuntu ifconfig -a", want="^lo")
    page.does("docker run --net=bridge", "orch run --rm --net=bridge ubuntu ifconfig eth0", want="172\\.17\\.")
    sh("orch rm -f $(orch ps -aq)")
    page.does("sudo brctl show", "brctl show", want="^orch0\\s", differs=RENAMED)
    page.does("sudo ifconfig docker0", "ifconfig orch0", want="172\\.17\\.0\\.1", differs=RENAMED)
    page.does("sudo docker run -t -i -d ubuntu /bin/bash; brctl show",
              "orch run -t -i -d ubuntu /bin/bash && brctl show orch0", want=["^[0-9a-f]{64}$", "^orch0\\s+\\S+\\s+no\\s+\\S+"])
    sh("orch rm -f $(orch ps -aq)")


def own_bridge(page, daemon):
    page.does("sudo service docker stop", daemon.stop, differs="no init here: orchd is ended by hand")
    page.does("sudo ip link set dev docker0 down; sudo brctl delbr docker0", "ip link set dev orch0 down; brctl delbr orch0",
              differs=RENAMED)
    page.does("sudo brctl addbr bridge0; sudo ip addr add 192.168.5.1/24 dev bridge0; sudo ip link set dev bridge0 up",
              "brctl addbr bridge0 && ip addr add 192.168.5.1/24 dev bridge0 && ip link set dev bridge0 up")
    page.does("ip addr show bridge0", want="inet 192.168.5.1/24 scope global bridge0")
    page.does('DOCKER_OPTS="-b=bridge0"; sudo service docker start', lambda: daemon.start("-b=bridge0"),
              differs="the flag is given to orchd, by hand")
    page.does("docker run (bridge0)", "orch run --rm ubuntu ifconfig eth0", want="192\\.168\\.5\\.")
    page.does("sudo docker run --rm -ti --net=none ubuntu:14.04 /bin/bash",
              "orch run --rm -tid --net=none --name piped ubuntu:14.04 /bin/bash", want="^[0-9a-f]{64}$")
    page.does("sudo docker  ps", "orch  ps", want="piped$")
    page.does('docker inspect --format="{{ .State.Pid }}" a46657528059',
              'orch inspect --format="{{ .State.Pid }}" piped', want="^[1-9][0-9]*$")
    page.does("sudo pipework br0 -i eth0 a46657528059 192.168.115.10/24@192.168.115.2", PIPEWORK,
              differs="the script is not fetched: what it does, by ip and brctl")
    page.does("sudo ip netns exec 6350 ip route add 192.168.0.0/16 dev eth0 via 192.168.115.2; ip route", NETNS_ROUTE,
              want="192.168.0.0/16 via 192.168.115.2")
    page.does("sudo docker attach a46657528059; ifconfig eth0; route -n", lambda: typed(
        "orch attach piped", "ifconfig eth0; route -n", "(?s)192.168.115.10.*192.168.115.2"))
    sh("orch rm -f $(orch ps -aq); ip link del br0", code=None)
    daemon.restart()


PIPEWORK = """
set -e
brctl addbr br0 && ip addr add 192.168.115.2/24 dev br0 && ip link set br0 up
pid=$(orch inspect -f '{{.State.Pid}}' piped) && ln -sf /proc/$pid/ns/net /var/run/netns/$pid
ip link add pw0 type veth peer name pw1 && brctl addif br0 pw0 && ip link set pw0 up && ip link set pw1 netns $pid
ip netns exec $pid ip link set pw1 name eth0 && ip netns exec $pid ip addr add 192.168.115.10/24 dev eth0
ip netns exec $pid ip link set eth0 up && ip netns exec $pid ip route add default via 192.168.115.2
"""
NETNS_ROUTE = """
set -e
pid=$(orch inspect -f '{{.State.Pid}}' piped)
ip netns exec $pid ip route add 192.168.0.0/16 dev eth0 via 192.168.115.2
ip netns exec $pid ip route
"""
