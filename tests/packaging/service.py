#!/usr/bin/python3
"""The portal as its systemd units run it, as far as that goes without systemd: this program holds the sockets, is told when
it is ready, and confines it as cbmx.service says (confined.py).

  service.py keys PACKAGING BINARY       a contact with an OpenPGP key and one with a certificate goes in: gpg works there
  service.py restarts PACKAGING BINARY   connections that are made while it restarts again and again: each is answered
  service.py reload PACKAGING BINARY     open connections and a waiting one go on, new ones see the new certificate

Settings come by the environment (CBMX_...); CBMX_CONFIG names the file. PACKAGING: the folder of the units."""
import configparser
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import confined

RESTARTS, CALLERS, PATIENCE_SECONDS = 20, 4, 30
HERE = os.path.dirname(os.path.abspath(__file__))


def sockets_of(packaging):
    """name: listening socket, on a free port of loopback instead of the one that the unit states."""
    held = {}
    for unit in ("cbmx.socket", "cbmx-mtls.socket", "cbmx-metrics.socket"):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(os.path.join(packaging, unit))
        held[parser["Socket"]["FileDescriptorName"]] = socket.create_server(("127.0.0.1", 0), backlog=int(parser["Socket"]["Backlog"]))
    return held


class Service:
    def __init__(self, packaging, binary):
        os.environ["CONFINED_CALLS"] = " ".join(confined.allowed_by(confined.service_of(os.path.join(packaging, "cbmx.service"))["SystemCallFilter"]))
        self.unit, self.binary, self.sockets, self.process = os.path.join(packaging, "cbmx.service"), binary, sockets_of(packaging), None
        self.directory = tempfile.TemporaryDirectory()
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.told.bind(os.path.join(self.directory.name, "notify"))
        self.told.settimeout(PATIENCE_SECONDS)
        self.log = open(os.path.join(self.directory.name, "log"), "w+", encoding="utf-8")

    def port(self, name):
        return self.sockets[name].getsockname()[1]

    def start(self):
        environment = dict(os.environ, LISTEN_FDS=str(len(self.sockets)), LISTEN_FDNAMES=":".join(self.sockets), NOTIFY_SOCKET=self.told.getsockname())
        self.process = os.fork()
        if self.process == 0:
            try:
                for place, held in enumerate(self.sockets.values()):
                    os.dup2(held.fileno(), 10 + place)
                for place in range(len(self.sockets)):
                    os.dup2(10 + place, 3 + place)
                os.closerange(3 + len(self.sockets), 64)
                os.dup2(os.open(os.path.join(self.directory.name, "log"), os.O_WRONLY | os.O_APPEND), 2)
                environment["LISTEN_PID"] = str(os.getpid())
                os.execve(os.path.join(HERE, "confined.py"), ["confined.py", self.unit, self.binary, "serve"], environment)
            finally:
                os._exit(127)
        self.expect("READY=1")

    def expect(self, state):
        try:
            told = self.told.recv(4096).decode()
        except TimeoutError:
            told = "nothing"
        if told != state:
            sys.exit(f"it was to say {state} and said {told}; its log:\n{self.said()}")

    def said(self):
        self.log.seek(0)
        return self.log.read()[-4000:]

    def stop(self):
        os.kill(self.process, signal.SIGTERM)
        self.expect("STOPPING=1")
        status = os.waitpid(self.process, 0)[1]
        self.process = None
        if status != 0:
            sys.exit(f"it ended with {status}; its log:\n{self.said()}")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process is not None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)

    def command(self, *arguments, status=0):
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, timeout=120)
        if done.returncode != status:
            sys.exit(f"cbmx {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}\n{self.said()}")
        return done.stdout


def ask(port, context, path="/healthz", fields=""):
    """What the portal answers on a connection of its own; raises OSError when there is no whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            secured.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}Connection: close\r\n\r\n".encode())
            answer = b""
            while piece := secured.recv(4096):
                answer += piece
    if not answer.startswith(b"HTTP/1.1 200"):
        raise OSError(f"the answer was {answer[:60]}")
    return answer


def trusting():
    context = ssl.create_default_context(cafile=os.environ["CBMX_CLIENT_CA"])
    return context


def metrics(service):
    with socket.create_connection(("127.0.0.1", service.port("metrics")), timeout=PATIENCE_SECONDS) as caller:
        caller.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        answer = b""
        while piece := caller.recv(65536):
            answer += piece
    return answer.split(b"\r\n\r\n", 1)[1].decode()


def restarts(packaging, binary):
    counts, faults, ended = {"asked": 0}, [], threading.Event()

    def call(context):
        while not ended.is_set():
            try:
                ask(service.port("browser"), context)
                counts["asked"] += 1
            except OSError as fault:
                faults.append(repr(fault))
            time.sleep(0.005)

    with Service(packaging, binary) as service:
        callers = [threading.Thread(target=call, args=(trusting(),)) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        give_up = time.monotonic() + RESTARTS * PATIENCE_SECONDS
        for _ in range(RESTARTS):
            before = counts["asked"]
            while counts["asked"] == before and not faults and time.monotonic() < give_up:
                time.sleep(0.01)
            service.stop()
            service.start()
        ended.set()
        for caller in callers:
            caller.join()
    print(f"{RESTARTS} restarts, {counts['asked']} connections answered, {len(faults)} not")
    for fault in faults[:10]:
        print(f"    {fault}")
    return 1 if faults or counts["asked"] < RESTARTS else 0


class Connection:
    """One that is kept open."""
    def __init__(self, port, context):
        self.secured = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS), server_hostname="localhost")
        self.certificate = self.secured.getpeercert(binary_form=True)

    def send(self, path):
        self.secured.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def status(self):
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = self.secured.recv(65536)
            if not piece:
                return "closed"
            answer += piece
        head, body = answer.split(b"\r\n\r\n", 1)
        left = int(next(line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))) - len(body)
        while left > 0:
            left -= len(self.secured.recv(65536))
        return head.split(b" ")[1].decode()


def reload(packaging, binary):
    """A new certificate of the same authority, one setting that may change and one that may not."""
    certificates, settings = os.environ["CBMX_TEST_CERTIFICATES"], os.environ["CBMX_CONFIG"]
    faults = []

    def check(what, holds):
        print(("ok  " if holds else "NOT ") + what)
        faults.extend([] if holds else [what])

    with Service(packaging, binary) as service:
        kept, waiting = (Connection(service.port("browser"), trusting()) for _ in range(2))
        kept.send("/healthz")
        check("a connection is open", kept.status() == "200")
        last = json.loads(ask(service.port("browser"), trusting(), "/v1/changes?after=0").split(b"\r\n\r\n")[1])["complete_up_to"]
        waiting.send(f"/v1/changes?after={last}&wait=4")
        for name in ("server.crt", "server.key"):
            os.replace(os.path.join(certificates, name), os.path.join(os.path.dirname(os.environ["CBMX_CLIENT_CA"]), name))
        with open(settings, "a", encoding="utf-8") as file:
            file.write("drain_seconds = 7\nthreads = 3\n")
        os.kill(service.process, signal.SIGHUP)
        give_up = time.monotonic() + PATIENCE_SECONDS
        while '"event":"reload_needs_restart"' not in service.said() and time.monotonic() < give_up:
            time.sleep(0.05)
        check("the log says what waits for a restart, and nothing else does", service.said().count('"event":"reload_needs_restart"') == 1 and '"setting":"threads"' in service.said())
        check("it was reloaded", '"event":"reload","ok":true' in service.said())
        kept.send("/healthz")
        check("the open connection goes on", kept.status() == "200")
        check("the waiting one is answered in its time", waiting.status() == "200")
        check("a new connection sees the new certificate", Connection(service.port("browser"), trusting()).certificate != kept.certificate)
        with open(settings, "a", encoding="utf-8") as file:
            file.write("threads = many\n")
        os.kill(service.process, signal.SIGHUP)
        while '"ok":false' not in service.said() and time.monotonic() < give_up:
            time.sleep(0.05)
        check("settings that cannot be read are named", '"ok":false' in service.said())
        kept.send("/healthz")
        check("and change nothing", kept.status() == "200")
        service.stop()
    return 1 if faults else 0


def keys(packaging, binary):
    """Reads what the portal made of the keys; the metrics go to standard output, for alerts.py."""
    table = os.environ["CBMX_TEST_TABLE"]
    with Service(packaging, binary) as service:
        ask(service.port("browser"), trusting())
        try:
            ask(service.port("browser"), trusting(), "/v1/me", "Authorization: Bearer unknown\r\n")
            sys.exit("an unknown token was taken")
        except OSError:
            pass  # a refused credential, which is counted
        said = service.command("import", "contacts", table)
        if '"new": 1' not in said:
            sys.exit(f"the table was not taken over: {said}")
        print(metrics(service))
        service.stop()
    return 0


if __name__ == "__main__":
    sys.exit({"keys": keys, "restarts": restarts, "reload": reload}[sys.argv[1]](sys.argv[2], sys.argv[3]))
