#!/usr/bin/env python3
"""Has every genuine file and every forgery judged by every verifier: `cbmx verify`, and verify_receipt.py or verify_export.py. None may call
a forgery genuine, none may refuse what is genuine, and no two may disagree: they end alike and say the same.
Where a change leaves a genuine receipt with something else beside it, the verdict must name what nothing vouches for.
usage: judge.py BINARY LOG-KEY STATE-KEY DIRECTORY    with what make.py and make_exports.py have written there; STATE-KEY: CL=FILE
"""
import collections
import concurrent.futures
import functools
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "client-examples"))
sys.dont_write_bytecode = True
import verify_export  # noqa: E402
import verify_receipt  # noqa: E402

BATCH = "what else the answer of the batch says"
SHOWN_LESS = {"what it commits to is not shown"}
MOST_FAULTS_SHOWN = 40
binary, log_key, state_key, directory = sys.argv[1:]

# In Python a signature takes long, and most files have the same ones: each is computed once.
verify_receipt.ed25519_verify = functools.lru_cache(maxsize=None)(verify_receipt.ed25519_verify)
verify_receipt.Curve.verify = functools.lru_cache(maxsize=None)(verify_receipt.Curve.verify)
with open(state_key.partition("=")[2], encoding="utf-8") as file:
    STATE_KEYS = [verify_receipt.StateKey(state_key.partition("=")[0], file.read())]
KEYS = verify_receipt.Keys([verify_receipt.parse_key(log_key)], STATE_KEYS)
NO_KEYS = verify_receipt.Keys([], STATE_KEYS)


def by_portal(path, with_key):
    """Exit code and what it prints: on no machine of its own, so without a data directory or the log's key."""
    arguments = [binary, "verify", path, "--state-key", state_key] + (["--key", log_key] if with_key else [])
    run = subprocess.run(arguments, capture_output=True, env={"PATH": os.environ["PATH"]})
    return run.returncode, (run.stdout + run.stderr).decode("utf-8", "replace")


def by_python(path, with_key):
    keys = KEYS if with_key else NO_KEYS
    if not path.endswith(".zip"):
        lines, code = verify_receipt.verdict(verify_receipt.read_file(path), keys)
        return code, "\n".join(lines) + "\n"
    export, fault = verify_export.checked(path, keys)
    if fault:
        return 1, f"NOT genuine: 1 fault\narchive: {fault}\n"
    return (1 if export.faults else 0), "\n".join(export.judgement()) + "\n"


def claims(said):
    """What a verdict claims, apart from what it names as not vouched for; and those names."""
    pieces, unvouched = set(), set()
    for line in said.splitlines():
        for piece in re.split("; ", re.sub("^genuine: ", "", line)):
            names = re.fullmatch("not vouched for: (.*)", piece)
            if names:
                unvouched |= set(names[1].split(", "))
            else:
                pieces.add(re.sub(", for [^;]*, in the log ", ", in the log ", piece))
    return pieces, unvouched


def name_of(path, unvouched):
    """How a verdict names the member at the path."""
    names = [step for step in path if isinstance(step, str)]
    if BATCH in unvouched:
        return None if {"receipts", "subject"} & set(names) else BATCH
    names = names[1:] if names[:1] == ["items"] else names
    return "meta." + names[1] if names[:1] == ["meta"] and len(names) > 1 else names[0] if names else None


def fault_of(forgery, said, genuine):
    """What is wrong with a verdict that all agree about; empty: nothing."""
    code, text = said
    if code not in (0, 1) or text.startswith("NOT genuine: ") != (code == 1):
        return f"it ended with {code}"
    if forgery["may"] == "be genuine":
        return "" if said == genuine else "the same value is judged otherwise"
    if code == 1:
        return ""
    if genuine[0] == 1 or forgery["may"] == "not":
        return "it is called genuine"
    pieces, unvouched = claims(text)
    claimed, _ = claims(genuine[1])
    if forgery["may"] == "say less":
        more = {piece for piece in pieces - claimed if piece not in SHOWN_LESS and not piece.endswith("stands behind it, which is not shown")}
        return f"it claims more than the genuine one: {more}" if more else ""
    name = name_of(forgery["path"], unvouched)
    return "" if pieces == claimed and name in unvouched else f"it is called genuine, and {name} is not named as not vouched for"


def judged(path, with_key=True):
    return path, with_key, by_portal(path, with_key)


class Court:
    def __init__(self):
        self.failures, self.count, self.verdicts = 0, 0, collections.Counter()

    def say(self, what, *verdicts):
        self.failures += 1
        if self.failures <= MOST_FAULTS_SHOWN:
            print(f"FAILED  {what}")
            for verifier, (code, text) in verdicts:
                print(f"        {verifier} ends with {code}: {text[:700].rstrip()}")

    def hear(self, cases):
        """cases: path, with a key of the log, what is wrong with a verdict, what it is; whether both must say the same.
        Two at once: the portal's verifier is a program of its own."""
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for (path, with_key, fault, what, alike), portal in zip(cases, pool.map(lambda case: by_portal(case[0], case[1]), cases)):
                self.count += 1
                python = by_python(path, with_key)
                self.verdicts[portal[1].split("\n")[0][:60] if portal[0] else "genuine"] += 1
                wrong = "they disagree" if (python != portal if alike else not (python[0] and portal[0])) else fault(python)
                if wrong:
                    self.say(f"{what}: {wrong}", ("cbmx verify", portal), ("the Python verifier", python))


def listed(name):
    path = f"{directory}/{name}"
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main():
    court, genuine = Court(), {}
    for file in sorted(os.listdir(directory + "/genuine")):
        path = f"{directory}/genuine/{file}"
        genuine[file.partition(".")[0]] = by_portal(path, True)
        expected = 1 if file == "feed.json" else 0
        court.hear([(path, True, lambda said, expected=expected: "" if said[0] == expected else f"it should end with {expected}", f"genuine {file}", True)])
    court.hear([(f"{directory}/{each['file']}", True, lambda said, each=each: fault_of(each, said, genuine[each["of"]]),
                 f"{each['of']}, {each['how']} at /{'/'.join(map(str, each['path']))} ({each['file']})", True) for each in listed("forgeries.ndjson")])
    court.hear([(f"{directory}/{each['file']}", not each["resealed"], lambda said, each=each: "" if said[0] in each["may_end_with"] else
                 f"it ended with {said[0]}", f"{each['how']} ({each['file']})", each["alike"]) for each in listed("archives.ndjson")])
    for verdict, count in sorted(court.verdicts.items(), key=lambda item: -item[1])[:12]:
        print(f"{count:6}  {verdict}")
    print(f"{court.count} files judged, {court.failures} failures")
    return 1 if court.failures else 0


if __name__ == "__main__":
    sys.exit(main())
