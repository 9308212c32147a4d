#!/usr/bin/env python3
"""Every figure of the table of speed in tests/README.md, with its rival in the same run. Started by tests/bench/run.sh, which builds and
installs what is needed. A measurement, never a test: it ends with 0 whatever the figures are.
usage: bench.py ROOT [--reports N] [--only NAME,...] [--readme] [--table NAME]
       N: reports in the large portal, 1,000,000 unless given; --table: which table of tests/README.md, bench unless given
Results: build/bench/results.json, build/bench/table.md, and the table on the screen.
"""
import argparse
import concurrent.futures
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import threading
import time
import urllib.parse

from batches import AT_ONCE, Drafter, lines, night
from fair import Fairness
from machine import CONNECTIONS, SERVER_CORE, Handshakes, Load, Program, pinned

ROUNDS = 5                      # medians of so many, the rivals taking turns
PORT, MTLS_PORT, METRICS_PORT, NGINX_PORT, NGINX_MTLS_PORT, NODE_PORT = range(28443, 28449)
WAITING = 120_000               # reports that wait to be published in the small portal
WAITING_FOR_STATEMENTS = 6_000
PAGE = "/v1/reports?" + urllib.parse.urlencode({"status": "implemented", "label": "TLP:CLEAR", "limit": 25})
PLACES = 5_000                  # more pages than are kept
MIB = 1024 * 1024
WRITERS_IN_MIX, READERS_IN_MIX = 4, 60
WRITERS_BESIDE_BACKUP, WRITES_BESIDE_BACKUP = 4, 50
FEED_PAGE = 1000                # items
POLLS, HIDDEN_BEFORE_POLL = 20, 10_000
WAITING_BEFORE_POLL = 12_000    # reports that wait to be published in that portal: two entries each


class Place:
    """Where programs and data are."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.work = self.root / "build/bench"
        self.release = self.root / "build/release"
        self.cbmx = self.release / "cbmx"
        self.certs = self.work / "certs"
        self.peers = self.work / "peers"
        self.www = self.work / "www"
        self.authority = self.certs / "ca.crt"

    def make_certificates(self):
        if not self.authority.exists():
            script = self.root / "certs/make-dev-certs.sh"
            subprocess.run([script, "init", self.certs], check=True, capture_output=True)
            subprocess.run([script, "client", self.certs, "clerk"], check=True, capture_output=True)

    def settings(self, data, **more):
        """The environment of a portal whose data is in a directory; limits that a benchmark would meet are raised."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CBMX_")}
        values = {"DATA": data / "data", "LOG_KEY": data / "log-key.pem", "OUTSIDE": data / "outside", "LOG_FILE": data / "server.log", "TLS_CERTIFICATE": self.certs / "server.crt", "TLS_KEY": self.certs / "server.key",
                  "CLIENT_CA": self.authority, "CLIENT_CRL": self.certs / "crl.pem", "PORT": PORT, "MTLS_PORT": MTLS_PORT, "METRICS_PORT": METRICS_PORT, "THREADS": 1,
                  "MAX_ANONYMOUS_CONNECTIONS": 2000, "MAX_CONNECTIONS_PER_PEER": 2000, "MAX_HANDSHAKES_PER_PEER": 400, "ACCOUNT_REQUESTS_PER_MINUTE": 100_000_000, "PEER_REQUESTS_PER_MINUTE": 100_000_000, **more}
        return {**inherited, **{f"CBMX_{name}": str(value) for name, value in values.items()}}

    def data(self, published, waiting, keep):
        """A portal with so many reports; one that was made before is used again when it may be kept."""
        directory = self.work / f"data-{published}-{waiting}"
        told = directory / "told.json"
        if not (keep and told.exists()):
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)
            print(f"making a portal with {published:,} published and {waiting:,} waiting reports", flush=True)
            environment = self.settings(directory)
            subprocess.run([self.cbmx, "init", "--demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
            subprocess.run([self.release / "tests/bench_data", str(published), str(waiting), told], env=environment, check=True)
        return directory, json.loads(told.read_text())


def answers(port):
    def look():
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    return look


class Bench:
    def __init__(self, place, reports):
        self.place = place
        self.reports = reports
        self.figures = []

    # What is measured against what -----------------------------------------------------------------------------------

    def add(self, name, value, unit, aim=None, ratio=None, rival=None, **more):
        """aim: what value, or ratio when there is one, must not exceed; a negative aim: what it must at least reach."""
        self.figures.append({"name": name, "value": value, "unit": unit, "aim": aim, "ratio": ratio, "rival": rival, **more})
        shown = f"{ratio:.2f} of {rival}" if ratio is not None else ""
        print(f"  {name}: {value:,.1f} {unit} {shown}", flush=True)

    def compare(self, name, loads, aim):
        """loads: name -> function that gives a Load; the first is ours, the second its rival, others are for comparison."""
        taken = {each: [] for each in loads}
        for each in loads:
            loads[each]()  # statements are prepared, pages are in the cache
        for _ in range(ROUNDS):
            for each, load in loads.items():
                taken[each].append(load())
        cpu = {each: statistics.median(load.microseconds for load in runs) for each, runs in taken.items()}
        ours, rival, *others = loads
        for each in loads:
            runs = taken[each]
            p99 = [load.p99 for load in runs if load.p99 is not None]
            self.add(f"{name}, {each}", cpu[each], "us CPU", aim if each == ours else None, cpu[each] / cpu[rival] if each != rival else None, rival if each != rival else None,
                     per_second=statistics.median(load.per_second for load in runs), p99_ms=statistics.median(p99) * 1e3 if p99 else None, rounds=[load.microseconds for load in runs])

    def portal(self, directory, **more):
        return Program([self.place.cbmx, "serve"], self.place.settings(directory, **more), answers(PORT), directory / "programs.log")

    def nginx(self):
        configuration = self.place.work / "nginx.conf"
        template = (self.place.root / "tests/bench/peers/nginx.conf").read_text()
        for word, value in {"WORK": self.place.work, "CERTS": self.place.certs, "NGINX_PORT": NGINX_PORT, "NGINX_MTLS_PORT": NGINX_MTLS_PORT}.items():
            template = template.replace(f"@{word}@", str(value))
        configuration.write_text(template)
        return Program(["nginx", "-e", self.place.work / "nginx.log", "-c", configuration], None, answers(NGINX_PORT), self.place.work / "nginx.log")

    def node(self, directory, told):
        server, database = self.place.peers / "server.mjs", directory / "node.sqlite"
        if not database.exists():
            subprocess.run(["node", server, "make", directory / "data/cbmx.sqlite", database, told["reader_token"]], check=True)
        return Program(["node", server, "serve", database, str(NODE_PORT), self.place.certs / "server.crt", self.place.certs / "server.key"], None, answers(NODE_PORT), self.place.work / "node.log")

    def fetch(self, path, token, file):
        subprocess.run(["curl", "-fsS", "--cacert", self.place.authority, "-H", f"Authorization: Bearer {token}", "-o", file, f"https://localhost:{PORT}{path}"], check=True)

    # The figures -------------------------------------------------------------------------------------------------------

    def reads(self):
        directory, told = self.place.data(self.reports, 0, keep=True)
        token = told["reader_token"]
        one = f"/v1/reports/{told['sample'][0]}"
        self.place.www.mkdir(parents=True, exist_ok=True)
        targets = directory / "targets"
        targets.write_text("".join(f"/v1/reports/{id}\n" for id in told["sample"]))
        pages = directory / "pages"
        pages.write_text("".join(f"{PAGE}&changed_since={told['ledger_size'] * n // PLACES}\n" for n in range(PLACES)))
        ours, nginx, node = (f"https://localhost:{port}" for port in (PORT, NGINX_PORT, NODE_PORT))
        random = {"script": self.place.root / "tests/bench/targets.lua", "arguments": [targets], "token": token}
        with self.portal(directory) as portal, self.nginx() as web, self.node(directory, told) as peer:
            self.add(f"start with {told['published']:,} reports", portal.start_seconds, "s", 0.5)
            self.add("resident after the start", portal.resident_bytes() / MIB, "MiB", 64)
            self.fetch(one, token, self.place.www / "report.json")
            self.fetch(PAGE, token, self.place.www / "page.json")
            self.compare("one report", {"ours": lambda: Load(portal, ours + one, token), "nginx": lambda: Load(web, f"{nginx}/report.json"), "Fastify": lambda: Load(peer, node + one, token)}, 1.15)
            self.compare(f"{len(told['sample']):,} reports at random", {"ours": lambda: Load(portal, ours, **random), "nginx": lambda: Load(web, f"{nginx}/report.json"),
                                                                       "Fastify": lambda: Load(peer, node, **random)}, 1.6)
            self.compare("a filtered page of 25", {"ours": lambda: Load(portal, ours + PAGE, token), "nginx": lambda: Load(web, f"{nginx}/page.json"), "Fastify": lambda: Load(peer, node + PAGE, token)}, 1.55)
            self.compare("pages of 25 that begin at random places", {"ours": lambda: Load(portal, ours, **{**random, "arguments": [pages]}), "nginx": lambda: Load(web, f"{nginx}/page.json")}, None)
            self.add("resident under load", portal.resident_bytes() / MIB, "MiB", 128)

    def lists(self):
        """Lists whose filters find next to nothing, each beside a page of everything; the same count of steps at every size."""
        directory, _ = self.place.data(self.reports, 0, keep=True)
        costs = json.loads(subprocess.run([self.place.release / "tests/store_bench", "lists", directory / "data/cbmx.sqlite", "-"], check=True, capture_output=True, text=True).stdout)
        page = costs.pop("everything")
        self.add("a page of 25 of everything, from the database", page["median_microseconds"], "us CPU", steps=page["steps"])
        for name, cost in costs.items():
            is_walked = name.startswith("a ")  # no index of its own: as many steps as a page has
            self.add(f"... {name}", cost["median_microseconds"], "us CPU", 50_000 if is_walked else None, None if is_walked else cost["median_microseconds"] / page["median_microseconds"],
                     None if is_walked else "a page of everything", steps=cost["steps"])

    def handshakes(self):
        directory, _ = self.place.data(1000, 0, keep=True)
        clerk = {"certificate": self.place.certs / "clerk.crt", "key": self.place.certs / "clerk.key"}
        with self.portal(directory) as portal, self.nginx() as web:
            self.compare("a handshake", {"ours": lambda: Handshakes(portal, PORT, self.place.authority), "nginx": lambda: Handshakes(web, NGINX_PORT, self.place.authority)}, 1.15)
            self.compare("a handshake with a client certificate", {"ours": lambda: Handshakes(portal, MTLS_PORT, self.place.authority, **clerk),
                                                                  "nginx": lambda: Handshakes(web, NGINX_MTLS_PORT, self.place.authority, **clerk)}, 1.15)

    def writes(self):
        directory, told = self.place.data(1000, WAITING, keep=False)
        waiting = directory / "waiting"
        waiting.write_text("".join(f"{report['id']} {told['approver_tokens'][report['state']]}\n" for report in told["waiting"]))
        self.used = 0  # lines of it

        def publish(portal, seconds, pause=0, **more):
            load = Load(portal, f"https://localhost:{PORT}", None, self.place.root / "tests/bench/publish.lua", [waiting, str(self.used + 1), str(pause)], seconds, **more)
            self.used += load.requests + CONNECTIONS  # some were sent and not counted when wrk ended
            return load

        together, alone = [], []
        for _ in range(ROUNDS):
            for runs, jobs in ((together, 256), (alone, 1)):
                with self.portal(directory, WRITES_PER_COMMIT=jobs) as portal:
                    runs.append(publish(portal, 3))
        rate, single = (statistics.median(load.per_second for load in runs) for runs in (together, alone))
        self.add("published durably in a second", rate, "/s", -5, rate / single, "one transaction a write")
        self.add("p99 of publishing", statistics.median(load.p99 for load in together) * 1e3, "ms", 30)
        sqlite = json.loads(subprocess.run(pinned(SERVER_CORE, [self.place.release / "tests/store_bench", "rows", directory / "data/cbmx.sqlite", str(self.place.work)]), check=True, capture_output=True, text=True).stdout)
        self.add("the same", rate, "/s", -0.7, rate / sqlite["per_second"], "SQLite alone, the same rows by 64")
        self.mix(directory, told, publish)
        self.backup(directory, publish)
        self.batches(directory, publish)

    def statements(self):
        """What a statement that a State's key signed costs in the writer, which all share; its signature is checked before, on an I/O thread."""
        directory, _ = self.place.data(1000, WAITING_FOR_STATEMENTS, keep=False)
        cost = json.loads(subprocess.run(pinned(SERVER_CORE, [self.place.release / "tests/statements_bench", str(directory / "told.json")]), env=self.place.settings(directory), check=True, capture_output=True, text=True).stdout)
        self.add("publishing in the writer, by 64 to a commit", cost["plain_microseconds"], "us")
        self.add(f"... with a statement of {cost['statement_bytes']} bytes", cost["signed_microseconds"], "us", 1.1, cost["signed_microseconds"] / cost["plain_microseconds"], "publishing without one")
        self.add("... checking its signature, on an I/O thread", cost["proof_microseconds"], "us")

    def mix(self, directory, told, publish):
        token, url = told["reader_token"], f"https://localhost:{PORT}/v1/reports/{told['sample'][0]}"
        alone, mixed, share, wal = [], [], [], 0
        with self.portal(directory) as portal:
            for _ in range(ROUNDS):
                calm = Load(portal, url, token, connections=READERS_IN_MIX)
                alone.append(calm.p99)
                pause = max(1, round(1e3 * WRITERS_IN_MIX * 9 / calm.per_second))  # nine reads to a write, if the reads keep their pace
                with concurrent.futures.ThreadPoolExecutor() as beside:
                    writing = beside.submit(publish, portal, 3, pause, connections=WRITERS_IN_MIX)
                    time.sleep(0.5)
                    reads = Load(portal, url, token, connections=READERS_IN_MIX)
                    wal = max(wal, os.path.getsize(directory / "data/cbmx.sqlite-wal"))
                    written = writing.result().requests
                mixed.append(reads.p99)
                share.append(written / 3 / (written / 3 + reads.per_second))
        self.add("p99 of reads beside writes", statistics.median(mixed) * 1e3, "ms", 2, statistics.median(mixed) / statistics.median(alone), "reads alone", share_of_writes=statistics.median(share))
        self.add("largest WAL", wal / MIB, "MiB", 32)

    def backup(self, directory, publish):
        calm, beside = [], []
        pause = round(1e3 * WRITERS_BESIDE_BACKUP / WRITES_BESIDE_BACKUP)
        copy = directory / "backup.sqlite"
        with self.portal(directory) as portal, concurrent.futures.ThreadPoolExecutor() as other:
            for _ in range(ROUNDS):
                calm.append(publish(portal, 3, pause, connections=WRITERS_BESIDE_BACKUP).p99)
                copy.unlink(missing_ok=True)
                copying = other.submit(subprocess.run, [self.place.cbmx, "backup", copy], env=self.place.settings(directory), check=True, capture_output=True)
                beside.append(publish(portal, 3, pause, connections=WRITERS_BESIDE_BACKUP).p99)
                copying.result()
        copy.unlink(missing_ok=True)
        self.add(f"p99 of {WRITES_BESIDE_BACKUP} writes a second beside a backup", statistics.median(beside) * 1e3, "ms", 2, statistics.median(beside) / statistics.median(calm), "the same without")

    def batches(self, directory, publish):
        """A night's reports as one batch; and what other States feel of the worst batches of one."""
        whole, parts, calm, beside, sent = [], [], [], [], 0
        pause = round(1e3 * WRITERS_BESIDE_BACKUP / WRITES_BESIDE_BACKUP)
        with self.portal(directory) as portal, concurrent.futures.ThreadPoolExecutor() as other:
            drafter = Drafter(self.place.cbmx, self.place.settings(directory), self.place.authority, PORT, "CL")
            for n in range(ROUNDS):
                whole.append(drafter.send_well("goal=submit&mode=each", lines(night(f"whole-{n}"))))
                reports = night(f"parts-{n}")
                parts.append(sum(drafter.send_well("goal=submit", lines(reports[begin : begin + AT_ONCE])) for begin in range(0, len(reports), AT_ONCE)))
                calm.append(publish(portal, 3, pause, connections=WRITERS_BESIDE_BACKUP).p99)
                over = threading.Event()
                sending = other.submit(drafter.send_worst, f"worst-{n}", over)
                beside.append(publish(portal, 3, pause, connections=WRITERS_BESIDE_BACKUP).p99)
                over.set()
                sent += sending.result()
        self.add(f"a night's batch of {len(night(''))} reports, submitted", statistics.median(whole), "s", 2)
        self.add(f"... as atomic batches of {AT_ONCE}", statistics.median(parts), "s")
        self.add("p99 of other States' publications beside the worst batches of one", statistics.median(beside) * 1e3, "ms", 100, batches=sent)
        self.add("... without them", statistics.median(calm) * 1e3, "ms")

    def log(self):
        directory, told = self.place.data(self.reports, 0, keep=True)
        proofs = json.loads(subprocess.run([self.place.release / "tests/store_bench", "proofs", directory / "data/cbmx.sqlite", "-"], check=True, capture_output=True, text=True).stdout)
        self.add(f"an inclusion proof among {told['ledger_size']:,} entries", proofs["median_microseconds"], "us", 50)
        for name, arguments, aim in (("verify, the log", ["--log-only"], 3), ("verify, everything", [], 20)):
            subprocess.run([self.place.cbmx, "verify", "--log-only"], env=self.place.settings(directory), check=True, stdout=subprocess.DEVNULL)  # warm
            begun = time.monotonic()
            subprocess.run([self.place.cbmx, "verify", *arguments], env=self.place.settings(directory), check=True, stdout=subprocess.DEVNULL)
            self.add(name, time.monotonic() - begun, "s", aim)

    def fair(self):
        Fairness(self, PORT).run()

    def ask(self, method, path, token, timeout=60):
        """One request from a connection of its own: the answer's body and headers, and when it had come."""
        connection = http.client.HTTPSConnection("localhost", PORT, timeout=timeout, context=ssl.create_default_context(cafile=self.place.authority))
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Authorization": f"Bearer {token}", **({"If-Match": '"d2-"'} if method == "POST" else {})})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status != 200:
                raise RuntimeError(f"{method} {path}: {answer.status} {body}")
            return body, time.monotonic()

    def feed(self):
        directory, told = self.place.data(self.reports, 0, keep=True)
        token, size = told["reader_token"], told["ledger_size"]
        pages = directory / "feed-pages"
        pages.write_text("".join(f"/v1/changes?limit={FEED_PAGE}&after={(size - 2 * FEED_PAGE) * n // 50}\n" for n in range(50)))
        with self.portal(directory) as portal:
            items = statistics.mean(len(self.ask("GET", path, token)[0]["items"]) for path in pages.read_text().split())
            loads = [Load(portal, f"https://localhost:{PORT}", token, self.place.root / "tests/bench/targets.lua", [pages], connections=4) for _ in range(ROUNDS)]
        self.add(f"an entry of the feed, pages of {items:.0f}", statistics.median(load.microseconds for load in loads) / items, "us CPU", 40)

    def polls(self):
        """A reader who waits behind entries of others: how long after the answer to a publication it has it, with the copy kept outside and a backup running."""
        directory, told = self.place.data(1000, WAITING_BEFORE_POLL, keep=False)
        late = []
        copy = directory / "backup.sqlite"
        with self.portal(directory), concurrent.futures.ThreadPoolExecutor() as beside:
            after = max(0, told["ledger_size"] - HIDDEN_BEFORE_POLL)
            for report in told["waiting"][:POLLS]:
                approver = told["approver_tokens"][report["state"]]
                while page := self.ask("GET", f"/v1/changes?limit=1000&after={after}", told["reader_token"])[0]["items"]:
                    after = page[-1]["seq"]
                copy.unlink(missing_ok=True)
                copying = beside.submit(subprocess.run, [self.place.cbmx, "backup", copy], env=self.place.settings(directory), check=True, capture_output=True)
                waiting = beside.submit(self.ask, "GET", f"/v1/changes?wait=25&after={after}", told["reader_token"])
                time.sleep(0.3)
                _, answered = self.ask("POST", f"/v1/reports/{report['id']}/publish", approver)
                seen, came = waiting.result()
                copying.result()
                if any(item["entry"]["subject"]["id"] == report["id"] for item in seen["items"] if "entry" in item):
                    late.append(max(0.0, came - answered) * 1e3)
        copy.unlink(missing_ok=True)
        self.add(f"a long poll after the answer to a publication, the latest of {len(late)}", max(late), "ms", 100)

    # What comes of it --------------------------------------------------------------------------------------------------

    def machine(self):
        with open("/proc/cpuinfo") as cpuinfo:
            model = next((line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")), platform.machine())
        return f"{datetime.date.today().isoformat()}, {model}, {os.cpu_count()} cores, {self.reports:,} reports"

    def table(self):
        lines = [f"Measured on {self.machine()}; server on one core, load on the other, medians of {ROUNDS}, {CONNECTIONS} connections.", "",
                 "| what | figure | requests a second | p99 | ratio | aim |", "|---|---:|---:|---:|---|---|"]
        for figure in self.figures:
            measured = figure["value"] if figure["ratio"] is None or figure.get("aim_of_value") else figure["ratio"]
            aim = figure["aim"]
            verdict = "" if aim is None else f"at least {-aim:g}" if aim < 0 else f"at most {aim:g}"
            reached = aim is None or (measured >= -aim if aim < 0 else measured <= aim)
            ratio = f"{figure['ratio']:.2f} of {figure['rival']}" if figure["ratio"] is not None else ""
            per_second = f"{figure['per_second']:,.0f}" if figure.get("per_second") else ""
            p99 = f"{figure['p99_ms']:.1f} ms" if figure.get("p99_ms") else ""
            lines.append(f"| {figure['name']} | {figure['value']:,.2f} {figure['unit']} | {per_second} | {p99} | {ratio} | {verdict}{'' if reached else ' (missed)'} |")
        return "\n".join(lines) + "\n"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("root")
    options.add_argument("--reports", type=int, default=1_000_000)
    options.add_argument("--only", default="reads,lists,handshakes,writes,statements,log,feed,polls,fair")
    options.add_argument("--readme", action="store_true", help="put the table into tests/README.md")
    options.add_argument("--table", default="bench", help="between which marks of tests/README.md: bench, or fair, which is taken with fewer reports")
    given = options.parse_args()
    place = Place(given.root)
    place.work.mkdir(parents=True, exist_ok=True)
    place.make_certificates()
    bench = Bench(place, given.reports)
    for part in given.only.split(","):
        print(part, flush=True)
        getattr(bench, part)()
    (place.work / "results.json").write_text(json.dumps({"machine": bench.machine(), "figures": bench.figures}, indent=1) + "\n")
    (place.work / "table.md").write_text(bench.table())
    if given.readme:
        readme = place.root / "tests/README.md"
        readme.write_text(re.sub(rf"(<!-- {given.table} table -->\n).*?(<!-- end -->)", lambda found: found[1] + bench.table() + found[2], readme.read_text(), count=1, flags=re.S))
    print("\n" + bench.table())


if __name__ == "__main__":
    main()
