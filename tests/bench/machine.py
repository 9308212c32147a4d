"""What a benchmark needs of the machine: programs pinned to a core, what they cost, and load on loopback. Standard library alone."""
import contextlib
import os
import re
import signal
import subprocess
import time

SERVER_CORE, LOAD_CORE = 0, 1
CONNECTIONS = 64


def pinned(core, command):
    return ["taskset", "-c", str(core), *map(str, command)]


class Program:
    """A server on its core, from its start until it is stopped. Its children count as part of it."""

    def __init__(self, command, environment=None, ready=None, log=None):
        self.begun = time.monotonic()
        self.log = open(log or os.devnull, "ab")
        self.process = subprocess.Popen(pinned(SERVER_CORE, command), env=environment, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while ready is not None and not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start; see {log}")
            time.sleep(0.002)
        self.start_seconds = time.monotonic() - self.begun

    def pids(self):
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return [self.process.pid, *map(int, children)]

    def cpu_microseconds(self):
        """Of all threads, by the scheduler's own account; threads that ended in between are not in it: servers keep theirs."""
        total = 0
        for pid in self.pids():
            for task in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/task/{task}/schedstat") as file:
                    total += int(file.read().split()[0]) / 1e3
        return total

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) * 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def seconds_of(text):
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


class Load:
    """One run of wrk against one program: requests, how long, what they cost."""

    def __init__(self, program, url, token=None, script=None, arguments=(), seconds=2, connections=CONNECTIONS):
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
        command += ["-H", f"Authorization: Bearer {token}"] if token else []
        command += ["-s", script] if script else []
        command += [url, *(["--", *arguments] if arguments else [])]
        before = program.cpu_microseconds()
        run = subprocess.run(pinned(LOAD_CORE, command), capture_output=True, text=True)
        spent = program.cpu_microseconds() - before
        found = re.search(r"(\d+) requests in ([\d.]+[a-z]+)", run.stdout)
        p99 = re.search(r"99%\s+([\d.]+[a-z]+)\s", run.stdout)
        if not found or not p99 or "Non-2xx" in run.stdout or re.search(r"Socket errors: .*[1-9]", run.stdout):
            raise RuntimeError(f"{' '.join(map(str, command))}\n{run.stdout}{run.stderr}")
        self.requests = int(found.group(1))
        self.per_second = self.requests / seconds_of(found.group(2))
        self.microseconds = spent / self.requests
        self.p99 = seconds_of(p99.group(1))


class Handshakes:
    """New TLS 1.3 connections one after the other, each a whole handshake."""

    def __init__(self, program, port, authority, certificate=None, key=None, seconds=3):
        command = ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", seconds, "-CAfile", authority]
        command += ["-cert", certificate, "-key", key] if certificate else []
        before = program.cpu_microseconds()
        run = subprocess.run(pinned(LOAD_CORE, command), capture_output=True, text=True)
        spent = program.cpu_microseconds() - before
        found = re.search(r"(\d+) connections in \d+ real seconds", run.stdout)
        if not found or int(found.group(1)) == 0:
            raise RuntimeError(f"openssl s_time: {run.stdout}{run.stderr}")
        self.requests = int(found.group(1))
        self.per_second = self.requests / seconds
        self.microseconds = spent / self.requests
        self.p99 = None
