"""Docker Hub and registry.cn-hangzhou.aliyuncs.com, as far as the pages talk to them: TLS and logins in front of
Debian's docker-registry, and a search over what was pushed."""
import base64
import http.client
import json
import os
import ssl
import subprocess
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HUB = ("registry-1.docker.io", "index.docker.io")
ALIYUN = "registry.cn-hangzhou.aliyuncs.com"
USER, PASSWORD = "aliyun8972045200", "the password of the account"
AUTHORITY = "/tmp/hub/ca.pem"
BACK_PORT = 5900

CONFIG = """version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: /tmp/hub/data}}
http: {addr: "127.0.0.1:%d"}
""" % BACK_PORT


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_any(self):
        host = self.headers["Host"].split(":")[0]
        body = self.read_body()
        if self.path.startswith("/v1/search"):
            self.answer(200, {"Content-Type": "application/json"}, search(self.path))
        elif host == ALIYUN and not self.is_known():
            self.answer(401, {"WWW-Authenticate": 'Basic realm="aliyun"'}, b'{"errors":[{"code":"UNAUTHORIZED"}]}')
        else:
            self.pass_on(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def is_known(self):
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {expected}"

    def read_body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def pass_on(self, body):
        back = http.client.HTTPConnection("127.0.0.1", BACK_PORT)
        headers = {k: v for k, v in self.headers.items() if k not in ("Authorization", "Transfer-Encoding", "Connection")}
        headers.update({"X-Forwarded-Proto": "https", "Content-Length": str(len(body))})
        back.request(self.command, self.path, body, headers)
        response = back.getresponse()
        self.answer(response.status, dict(response.getheaders()), response.read())

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            if name not in ("Transfer-Encoding", "Connection") and not (name == "Content-Length" and body):
                self.send_header(name, value)
        if body or "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def search(path):
    word = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query).get("q", [""])[0]
    back = http.client.HTTPConnection("127.0.0.1", BACK_PORT)
    back.request("GET", "/v2/_catalog")
    names = [n.removeprefix("library/") for n in json.loads(back.getresponse().read())["repositories"]]
    hits = [{"name": n, "description": f"{n}, of Debian's files", "star_count": 1000 if "/" not in n else 9,
             "is_official": "/" not in n, "is_automated": "/" in n} for n in names if word in n]
    return json.dumps({"num_results": len(hits), "query": word, "results": hits}).encode()


def certificates():
    names = ",".join(f"DNS:{n}" for n in (*HUB, ALIYUN))
    make = lambda *words: subprocess.run(["openssl", *words], check=True, capture_output=True, cwd="/tmp/hub")
    make("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
         "-out", "ca.pem", "-subj", "/CN=seeds authority", "-days", "2")
    make("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "csr.pem",
         "-subj", "/CN=seeds")
    with open("/tmp/hub/names", "w") as file:
        file.write(f"subjectAltName={names}\n")
    make("x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem",
         "-days", "1", "-extfile", "names")


def start():
    os.makedirs("/tmp/hub")
    certificates()
    with open("/tmp/hub/config.yml", "w") as file:
        file.write(CONFIG)
    subprocess.Popen(["docker-registry", "serve", "/tmp/hub/config.yml"], stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL)
    with open("/etc/hosts", "a") as file:
        file.write("127.0.0.1 " + " ".join((*HUB, ALIYUN)) + "\n")
    server = ThreadingHTTPServer(("127.0.0.1", 443), Front)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("/tmp/hub/cert.pem", "/tmp/hub/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
