"""Nobody holds up another: what one caller's worst request costs, and how long another waits beside it. A part of bench.py. Callers are
processes of their own on the load's core; each answer's time is taken by a monotonic clock. Standard library alone."""
import contextlib
import http.client
import json
import multiprocessing
import os
import ssl
import statistics
import threading
import time

from machine import LOAD_CORE

READERS, SECONDS = 20, 6          # worst callers at once, and for how long another is watched beside them
PAUSE = 0.02                      # seconds between two requests of the one that is watched
TIMES = 20                        # of one request, for its CPU
SLOW_BYTES_PER_SECOND, SLOW_DELAY = 256_000 // 8, 0.15  # one way: 300 ms there and back
READS = {
    "a tag that nobody uses": "/v1/reports?tag=nothing-has-this-tag",
    "withdrawn reports": "/v1/reports?workflow_state=withdrawn",
    "sorted by State, of one State": "/v1/reports?sort=state&state=CL",
    "a status of one State": "/v1/reports?status=planned&state=CL",
    "the audit of a rare kind": "/v1/audit?kind=measure_changed",
}


class Caller:
    """One connection that is kept, with a token or without."""

    def __init__(self, port, authority, token=None):
        self.place = ("localhost", port)
        self.context = ssl.create_default_context(cafile=str(authority))
        self.token = token
        self.connection = None

    def send(self, method, target, body=None, **headers):
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(*self.place, context=self.context, timeout=120)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        try:
            self.connection.request(method, target, body, given)
            answer = self.connection.getresponse()
            return answer.status, answer.read(), answer.headers
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise

    def create(self, target, value, content_type="application/json", **headers):
        return self.send("POST", target, value if isinstance(value, bytes) else json.dumps(value).encode(), Content_Type=content_type, **headers)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def watched(asked, results):
    """asked: (port, authority, token, method, target, body, content type). Asks again and again; results gets the seconds of each."""
    os.sched_setaffinity(0, {LOAD_CORE})
    port, authority, token, method, target, body, content_type = asked
    caller, times = Caller(port, authority, token), []
    until = time.monotonic() + SECONDS
    number = 0
    while time.monotonic() < until:
        number += 1
        sent = body.replace(b"@number@", str(number).encode()) if body else None
        begun = time.monotonic()
        status = caller.send(method, target, sent, **({"Content_Type": content_type} if body else {}))[0]
        times.append(time.monotonic() - begun)
        if status >= 300:
            raise RuntimeError(f"{method} {target} was answered with {status}")
        time.sleep(PAUSE)
    results.put(times)


def insistent(asked, stop):
    """The same request again and again, whatever comes of it, until told to stop."""
    os.sched_setaffinity(0, {LOAD_CORE})
    port, authority, token, method, target, body, content_type = asked
    caller = Caller(port, authority, token)
    while not stop.is_set():
        with contextlib.suppress(OSError, http.client.HTTPException):
            status = caller.send(method, target, body, **({"Content_Type": content_type} if body else {}))[0]
            if status == 429:
                time.sleep(PAUSE)


def seconds_beside(watch, others):
    """The seconds of each request of the one watched, while the others insist."""
    context = multiprocessing.get_context("fork")
    results, stop = context.Queue(), context.Event()
    crowd = [context.Process(target=insistent, args=(other, stop), daemon=True) for other in others]
    for one in crowd:
        one.start()
    time.sleep(0.5 if crowd else 0)
    watcher = context.Process(target=watched, args=(watch, results), daemon=True)
    watcher.start()
    times = results.get(timeout=SECONDS + 180)
    stop.set()
    for one in [watcher, *crowd]:
        one.join(30)
        if one.is_alive():
            one.kill()
    return times


def a_report(number="@number@"):
    return {"measure": "OAS-CBM-1", "period": "2025-2026", "status": "planned", "label": "TLP:CLEAR", "language": "en", "client_ref": f"bench-{os.getpid()}-{number}",
            "narrative": "A draft beside which somebody else is busy. " * 40}


class SlowLine:
    """A line of 256 kbit/s and 300 ms to the portal, on a port of its own: what comes waits for its turn and its way."""

    def __init__(self, port, to):
        import socket

        self.listener = socket.create_server(("127.0.0.1", port))
        self.to = to
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        import socket

        with contextlib.suppress(OSError):
            while True:
                near = self.listener.accept()[0]
                time.sleep(2 * SLOW_DELAY)  # the TCP handshake
                far = socket.create_connection(("127.0.0.1", self.to))
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=(source, target), daemon=True).start()

    @staticmethod
    def carry(source, target):
        free_at = time.monotonic()  # when the line has sent what came before
        waiting = []
        moved = threading.Condition()

        def deliver():
            while True:
                with moved:
                    while not waiting:
                        moved.wait()
                    due, piece = waiting.pop(0)
                time.sleep(max(0, due - time.monotonic()))
                with contextlib.suppress(OSError):
                    target.sendall(piece) if piece else target.shutdown(1)
                if not piece:
                    return

        threading.Thread(target=deliver, daemon=True).start()
        while True:
            try:
                piece = source.recv(1400)
            except OSError:
                piece = b""
            free_at = max(free_at, time.monotonic()) + len(piece) / SLOW_BYTES_PER_SECOND
            with moved:
                waiting.append((free_at + SLOW_DELAY, piece))
                moved.notify()
            if not piece:
                return


class Fairness:
    """Rows of a Bench; its Bench gives the portals and takes the figures."""

    def __init__(self, bench, port):
        self.bench, self.port, self.authority = bench, port, bench.place.authority

    def caller(self, token=None):
        return Caller(self.port, self.authority, token)

    def asked(self, method, target, token=None, body=None, content_type="application/json"):
        return (self.port, self.authority, token, method, target, body, content_type)

    def run(self):
        small, large = self.bench.place.data(1000, 2000, keep=False), self.bench.place.data(self.bench.reports, 0, keep=True)
        costs = {}
        for name, (directory, told) in {"small": small, "large": large}.items():
            with self.bench.portal(directory, OUTSIDE=self.outside(directory)) as portal:
                costs[name] = self.costs(portal, told)
                if name == "large":
                    self.beside_reads(told)
                else:
                    self.beside_writes(told)
                    self.export(told)
                    self.slow_line()
        for what, cost in costs["large"].items():
            self.bench.add(f"CPU of {what}", cost / 1e3, "ms", 50, cost / costs["small"][what], f"the same among {small[1]['published']:,}", aim_of_value=True)

    @staticmethod
    def outside(directory):
        place = directory / "outside"
        place.mkdir(exist_ok=True)
        return place

    def costs(self, portal, told):
        found = {}
        for name, target in READS.items():
            caller = self.caller(None if target.startswith("/v1/reports") else told["auditor_token"])
            places = [f"{target}&changed_since={n}" if target.startswith("/v1/reports") else f"{target}&after={n}" for n in range(TIMES + 1)]  # no two alike: none is kept
            caller.send("GET", places.pop())
            before = portal.cpu_microseconds()
            for place in places:
                caller.send("GET", place)
            found[name] = (portal.cpu_microseconds() - before) / TIMES
        return found

    def compare(self, name, watch, others, aim):
        alone = percentile(seconds_beside(watch, []), 0.99)
        beside = percentile(seconds_beside(watch, others), 0.99)
        self.bench.add(name, beside * 1e3, "ms", aim, beside / alone, "the same alone", aim_of_value=True)

    def beside_reads(self, told):
        worst = list(READS.values())[:3]
        crowd = [self.asked("GET", f"{worst[n % len(worst)]}&changed_since={n}") for n in range(READERS)]
        one = f"/v1/reports/{told['sample'][0]}"
        self.compare(f"p99 of one report beside {READERS} that filter", self.asked("GET", one, told["reader_token"]), crowd, 20)
        self.compare(f"p99 of /healthz beside {READERS} that filter", self.asked("GET", "/healthz"), crowd, 20)

    def beside_writes(self, told):
        mine = self.asked("POST", "/v1/reports", told["drafter_tokens"][0], json.dumps(a_report()).encode())
        other = told["drafter_tokens"][1]
        wrong = json.dumps({**a_report("x"), "evidence": [{}] * 60_000, **{f"unknown{n}": 1 for n in range(900)}}).encode()
        for name, request in {
            "a refused body": self.asked("POST", "/v1/reports", other, wrong),
            "exports": self.asked("GET", "/v1/export", other),
        }.items():
            self.compare(f"p99 of another State's write beside {name}", mine, [request], 100)

    def export(self, told):
        begun = time.monotonic()
        self.caller(told["reader_token"]).send("GET", "/v1/export")
        self.bench.add(f"an export of {told['published']:,} reports", time.monotonic() - begun, "s", 5)

    def slow_line(self):
        line = SlowLine(self.port + 100, self.port)
        times = []
        for n in range(5):
            caller = Caller(line.listener.getsockname()[1], self.authority)
            begun = time.monotonic()
            caller.send("GET", f"/v1/reports?limit=25&changed_since={n}", Accept_Encoding="br, gzip")
            times.append(time.monotonic() - begun)
        self.bench.add("the first page of 25 on 256 kbit/s and 300 ms", statistics.median(times), "s", 1.5)
