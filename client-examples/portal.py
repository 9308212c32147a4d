"""What the Python programs here share: asking the portal until it answers, writing files that a crash cannot tear, exit codes.

The standard library alone, Python 3.8 or later. Environment: CBMX_URL, CBMX_TOKEN, and CBMX_CA when the portal's
certificate is not from a public authority; for a token that is bound to a client certificate CBMX_CERT and CBMX_KEY, and
CBMX_URL is then that of the listener for certificates. The other Python programs need it beside them.
"""
import argparse
import collections
import fcntl
import http.client
import json
import os
import random
import ssl
import sys
import time
import urllib.error
import urllib.request

TRY_AGAIN = {429, 502, 503, 504}  # the last three are also said by a proxy in between
FIRST_PAUSE, LONGEST_PAUSE, TIMEOUT = 1, 60, 120  # seconds

Answer = collections.namedtuple("Answer", "status fields body")


class Refused(Exception):
    """Trying again would change nothing. The sentence says why."""


class Unreachable(Exception):
    """Trying again later may help."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None  # the token is for this portal alone


class Portal:
    """patience: seconds to go on trying, for each request. language: of the portal's sentences. token: empty for none."""

    def __init__(self, patience, language, token):
        self.address, self.patience = setting("CBMX_URL").rstrip("/"), patience
        if not self.address.startswith("https://"):
            raise Refused("CBMX_URL must begin with https://")
        context = ssl.create_default_context(cafile=os.environ.get("CBMX_CA"))
        if os.environ.get("CBMX_CERT"):
            context.load_cert_chain(os.environ["CBMX_CERT"], setting("CBMX_KEY"))
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), NoRedirect)
        self.fields = {"Accept-Language": language}
        if token:
            self.fields["Authorization"] = "Bearer " + token

    def once(self, request):
        try:
            answer = self.opener.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as other_status:
            answer = other_status
        with answer:
            return Answer(answer.getcode(), answer.headers, answer.read())

    def ask(self, method, path, body=None, **fields):
        """The answer, whatever its status, unless that means: try again. Only for what may be sent twice without harm."""
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        request = urllib.request.Request(self.address + path, body, {**self.fields, **fields}, method=method)
        deadline, pause = time.monotonic() + self.patience, FIRST_PAUSE
        while True:
            wait = pause * random.uniform(0.5, 1.5)  # so that not all who were cut off come back in the same second
            try:
                answer = self.once(request)
                if answer.status not in TRY_AGAIN:
                    return answer
                fault = f"it answers {answer.status}"
                if (answer.fields.get("Retry-After") or "").isdigit():
                    wait = int(answer.fields["Retry-After"]) + random.uniform(0, 1)
            except (OSError, http.client.HTTPException) as error:
                fault = str(error) or type(error).__name__
                if isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError):
                    raise Unreachable(f"the portal's certificate is not trusted: {fault}") from None
            if time.monotonic() + wait > deadline:
                raise Unreachable(f"the portal could not be reached: {fault}")
            print(f"{fault}; trying again in {wait:.1f} seconds", file=sys.stderr)
            time.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE)

    def get(self, path, media_type="application/json"):
        answer = self.ask("GET", path, Accept=media_type)
        if answer.status != 200:
            raise Refused(sentences(answer))
        return answer

    def json(self, path):
        return json.loads(self.get(path).body)


def origin(portal):
    """The name of the portal's log, which stands in what a key signs for this portal alone. Best CBMX_VERIFIER_KEY says which it is."""
    shown = portal.get("/v1/log/checkpoint", "text/plain").body.decode().split("\n")[0]
    expected = os.environ.get("CBMX_VERIFIER_KEY", shown).split("+")[0]
    if shown != expected:
        raise Refused(f"the portal's log is {shown}, and the key that you know is of {expected}")
    return shown


def told(errors, file=None):
    """One line for each broken rule; file: the table that was sent, for errors with line and column."""
    lines = []
    for error in errors:
        place = (file, error.get("line"), error.get("column")) if file else (error["pointer"],)
        lines.append(f"{':'.join(str(part) for part in place if part)}: {error['detail']} [{error['code']}]")
    return lines


def sentences(answer, file=None):
    """All that a problem document says, one line each; file: as above."""
    try:
        problem = json.loads(answer.body)
        errors, detail = problem["errors"], problem["detail"]
    except (ValueError, KeyError, TypeError):
        return f"the answer is {answer.status} and no problem document: is CBMX_URL the portal?"
    return "\n".join(told(errors, file) or [f"{answer.status}: {detail}"])


def setting(name):
    if not os.environ.get(name):
        raise Refused(f"{name} is not set")
    return os.environ[name]


def write_atomically(path, text):
    """After a crash the file is there whole, as before or as now."""
    with open(path + ".new", "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    rename(path + ".new", path)


def rename(old, new):
    os.replace(old, new)
    directory = os.open(os.path.dirname(new) or ".", os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


class CommandLine(argparse.ArgumentParser):
    def __init__(self, description):
        super().__init__(description=description)
        self.add_argument("--patience", type=float, default=900, metavar="SECONDS", help="how long to go on trying (900)")
        self.add_argument("--language", choices=("en", "es", "fr", "pt"), default="en", help="of the portal's sentences (en)")

    def error(self, message):
        self.exit(1, f"{self.prog}: {message}\n")  # argparse says 2, which here means: try again later


def hold(lock):
    """Until the process ends."""
    os.makedirs(os.path.dirname(lock) or ".", exist_ok=True)
    held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unreachable(f"another run has not ended yet ({lock})") from None


def run(task, arguments, lock, token=None):
    """The exit code: 0 done, 1 refused, 2 not possible now. One run at a time for each lock, a file. token: CBMX_TOKEN unless given."""
    os.umask(0o077)  # what is kept here is not for everyone on this machine
    try:
        if lock:
            hold(lock)
        task(Portal(arguments.patience, arguments.language, setting("CBMX_TOKEN") if token is None else token), arguments)
        return 0
    except Unreachable as error:
        print(f"not done: {error}. Run this again later.", file=sys.stderr)
        return 2
    except (Refused, OSError) as error:
        print(error, file=sys.stderr)
        return 1
