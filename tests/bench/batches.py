"""What one State sends in batches, for the figures of bench.py: a night's reports, and the worst that its scripts could send."""
import http.client
import json
import ssl
import subprocess
import time

NIGHT, AT_ONCE = 500, 100  # reports of a night; items of an atomic batch at most
WORST_PAUSE = 0.05         # seconds between two of the worst, so that the account's rate is not what is measured


def lines(items):
    return "".join(json.dumps({"report": item}) + "\n" for item in items).encode()


def night(mark, count=NIGHT):
    return [{"client_ref": f"{mark}-{n}", "measure": f"OAS-CBM-{n % 11 + 1}", "period": "2025-2026", "status": "planned", "label": "TLP:GREEN", "narrative": f"Report {n} of the night. " * 40}
            for n in range(count)]


def worst(mark):
    """(parameters, body): full of mistakes, refused by what only the database knows, long, and all that as dry runs."""
    report = {"measure": "OAS-CBM-1", "period": "2025-2026", "status": "planned"}
    mistakes = lines([{**report, "evidence": [{}] * 45_000}])
    strange = lines([{**report, **{f"unknown{n}": n for n in range(900)}}] * 200)
    unknown = lines([report] * (AT_ONCE - 1) + [{**report, "measure": "OAS-CBM-99"}])
    long = lines(night(mark, 1000))
    return [("goal=submit", mistakes), ("mode=each", mistakes), ("mode=each", strange), ("goal=submit", unknown), ("goal=draft&mode=each", long), ("goal=submit&mode=each&dry_run=true", long)]


class Drafter:
    """An account that the operator makes, with a connection."""

    def __init__(self, cbmx, environment, authority, port, state):
        account = self.operate(cbmx, environment, "account", "create", "--home", f"state:{state}", "--name", "Night", "--role", "drafter")["id"]
        self.token = self.operate(cbmx, environment, "credential", "token", "--account", account)["token"]
        self.connection = http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context(cafile=authority), timeout=300)

    @staticmethod
    def operate(cbmx, environment, *command):
        return json.loads(subprocess.run([cbmx, *command], env=environment, check=True, capture_output=True, text=True).stdout)

    def send(self, parameters, body):
        """The status and how many seconds it took."""
        begun = time.monotonic()
        self.connection.request("POST", f"/v1/batches?{parameters}", body, {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, time.monotonic() - begun

    def send_well(self, parameters, body):
        status, seconds = self.send(parameters, body)
        if status != 201:
            raise SystemExit(f"a batch that is measured was answered with {status}")
        return seconds

    def send_worst(self, mark, until):
        """One after the other, until the event is set."""
        bodies = worst(mark)
        sent = 0
        while not until.wait(WORST_PAUSE):
            self.send(*bodies[sent % len(bodies)])
            sent += 1
        return sent
