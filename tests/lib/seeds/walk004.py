"""004: a web application in a container, images, ports, and a list of commands."""
from host import Terminal

APP = "training/webapp python app.py"
CURL = "curl -sS --retry 8 --retry-all-errors http://127.0.0.1:5000/"


def walk(page, daemon):
    application(page)
    images(page)
    ports(page)
    listed(page)


def application(page):
    page.does("Docker", "orch", want="^Usage:  orch")
    page.does("Docker [指定命令] --help", "orch stats --help", want="^Usage:  orch stats")
    page.does(f"Docker run -d -p {APP}", f"orch run -d -P --name web {APP}", want="^[0-9a-f]{64}$",
              differs="-p needs a port: the page means -P")
    page.does("Docker ps", "orch ps", want="0.0.0.0:[0-9]+->5000/tcp.* web$")
    page.does("Docker logs [ID或者名字]", "sleep 0.5; orch logs web", want="Running on http://0.0.0.0:5000/")
    page.does("Docker logs -f bf087dd89dfdf", "timeout 1 orch logs -f web", code=124, want="Running on")
    page.does("Docker top 容器名称", "orch top web", want="httpd")
    page.does("Docker inspect 容器名称", "orch inspect web", want='"Name": "/web"')
    page.does("Docker  stop  容器名称", "orch stop -t 1 web", want="^web$")
    page.does("Docker  start 容器名称", "orch start web", want="^web$")
    page.does("Docker rm 容器名称（移除时必须先停止）", "orch rm web || { orch stop -t 1 web && orch rm web; }",
              want=["cannot remove container", "^web$"])


def images(page):
    page.does("Docker images", "orch images", want="^training/webapp ")
    page.does("docker run -t -i ubuntu:15.10 /bin/bash", lambda: release("ubuntu:15.10", "ubuntu 15.10"))
    page.does("Docker run -t -i ubuntu 14.27 /bin/bash", lambda: release("ubuntu:14.04", "ubuntu 14.04"),
              differs="the page means a tag; ubuntu:14.04 is one")
    page.does("Docker pull 镜像名称", "orch pull busybox", want="docker.io/library/busybox:latest")
    page.does("Docker search 镜像名称", "orch search busybox", want="^busybox ")
    page.does("Docker run 镜像名称", "orch run busybox true")
    page.cannot("Docker build", "not there yet")
    page.does("Docker tag xx", "orch tag busybox me/busybox:dev && orch images me/busybox", want="^me/busybox +dev ")


def ports(page):
    page.does(f"Docker run -d -p 5000:5000 {APP}", f"orch run -d --name w1 -p 5000:5000 {APP} && {CURL}; orch rm -f w1",
              want="Hello world!")
    page.does("Docker run -d -p 0.0.0.0:5000:5000 training/webapp app.py", differs="the page forgets python",
              run=f"orch run -d --name w2 -p 0.0.0.0:5000:5000 {APP} && orch port w2; orch rm -f w2", want="0.0.0.0:5000")
    page.does(f"Docker run -d -p --name 自定义容器名称 {APP}", f"orch run -d -P --name custom {APP} && orch ps",
              want="custom$", differs="-p needs a port: the page means -P")
    page.does("docker链接 (--link)", "orch run --rm --link custom:db busybox cat /etc/hosts", want="\\sdb")


def listed(page):
    for verb, command, want in (
            ("Create", "orch create --name made busybox true", "^[0-9a-f]{64}$"),
            ("Restart", "orch restart -t 1 custom", "^custom$"),
            ("Kill", "orch kill custom && orch start custom", "^custom$"),
            ("Pause/unpause", "orch pause custom && orch unpause custom", "^custom$"),
            ("Exec", "orch exec custom echo inside", "^inside$"),
            ("Rm", "orch rm made", "^made$"),
            ("Attach", "timeout 1 orch attach --no-stdin --sig-proxy=false custom || echo left", "^left$"),
            ("Events", "orch events --since 10m --until 0s --filter event=create", "container create "),
            ("Wait", "orch wait $(orch run -d busybox false)", "^1$"),
            ("Export", "orch export custom | tar t", "^www/index.html$"),
            ("Port", "orch port custom", "5000/tcp -> "),
            ("Commit", "orch commit custom snap:1", "^sha256:"),
            ("Cp", "orch cp custom:/www/index.html - | tar xO", "Hello world!"),
            ("Diff", "orch exec custom touch /new && orch diff custom", "^A /new$"),
            ("Rmi", "orch rmi snap:1", "Untagged: snap:1"),
            ("History", "orch history busybox", "^IMAGE +CREATED +CREATED BY"),
            ("Save", "orch save -o /tmp/s.tar busybox && tar tf /tmp/s.tar", "^manifest.json$"),
            ("Load", "orch load -i /tmp/s.tar", "Loaded image: busybox:latest"),
            ("Import", "orch export custom | orch import - imp:1", "^sha256:"),
            ("Push", "orch tag busybox me/pushed && orch push me/pushed", "latest: digest: sha256:"),
            ("Info", "orch info", "^Server:"), ("Version", "orch version", "^Server")):
        page.does(verb, command, want=want)


def release(image, name):
    terminal = Terminal(f"orch run -t -i {image} /bin/bash")
    terminal.see("# ")
    terminal.type("cat /etc/os-release")
    terminal.see(name)
    terminal.type("exit")
    terminal.end()
