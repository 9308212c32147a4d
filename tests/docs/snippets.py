#!/usr/bin/env python3
"""Runs the snippets of one page of server/docs and compares what they print with what the page says comes back.

A page's ```sh blocks run in order in one shell with `set -euo pipefail`, after those of the set-up page's first section.
A ```json or ```text block says what the block before it printed to standard output:
  <word>  stands for any text within one line, or for a whole JSON value
  ...     alone on a line: any lines; as last element of an array or as a member of an object: there may be more
A block without one may print what it likes. Other languages are not for running, and are refused: nothing in a page is
without a check. usage: snippets.py [--setup PAGE] PAGE
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

SECONDS = 120
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
PLACEHOLDER = re.compile(r"<[a-z][a-z0-9 _-]*>")


def text_of(path):
    """What stands in a file; nothing when there is none."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


class Block:
    def __init__(self, language, text, line):
        self.language, self.text, self.line, self.expected = language, text, line, None


def blocks_of(path):
    """The sh blocks of a page, each with the block that says what it prints."""
    page, runs = text_of(path), []
    for match in FENCE.finditer(page):
        block = Block(match[1], match[2], page.count("\n", 0, match.start()) + 1)
        if block.language == "sh":
            runs.append(block)
        elif block.language not in ("json", "text"):
            sys.exit(f"{path}:{block.line}: a block is sh, json or text, not '{block.language}'")
        elif not runs or runs[-1].expected is not None:
            sys.exit(f"{path}:{block.line}: there is no snippet whose output this could be")
        else:
            runs[-1].expected = block
    return runs


def values_of(text):
    """The JSON values that stand in a text one after another."""
    decoder, values, at = json.JSONDecoder(), [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        values.append(value)
    return values


def pattern_of(expected):
    """A regular expression for one line in which <word> stands for anything."""
    parts = PLACEHOLDER.split(expected)
    return re.compile(".+?".join(re.escape(part) for part in parts) + r"\Z")


def differs(expected, found, where="$"):
    """None, or where and how a JSON value is not as the page says."""
    if isinstance(expected, str) and PLACEHOLDER.fullmatch(expected):
        return None
    if isinstance(expected, str) and isinstance(found, str):
        return None if pattern_of(expected).match(found) else f"{where}: the page says {expected!r}, came back {found!r}"
    if isinstance(expected, dict) and isinstance(found, dict):
        known = {name: value for name, value in expected.items() if name != "..."}
        missing, surplus = known.keys() - found.keys(), found.keys() - known.keys()
        if missing or (surplus and "..." not in expected):
            return f"{where}: only in the page: {sorted(missing)}; only in the answer: {sorted(surplus)}"
        return next(filter(None, (differs(value, found[name], f"{where}.{name}") for name, value in known.items())), None)
    if isinstance(expected, list) and isinstance(found, list):
        more = bool(expected) and expected[-1] == "..."
        known = expected[:-1] if more else expected
        if len(found) < len(known) or (len(found) > len(known) and not more):
            return f"{where}: the page shows {len(known)} elements, {len(found)} came back"
        return next(filter(None, (differs(value, found[i], f"{where}[{i}]") for i, value in enumerate(known))), None)
    return None if type(expected) is type(found) and expected == found else f"{where}: the page says {expected!r}, came back {found!r}"


def compare_json(expected, printed):
    quoted = re.sub(r'(?<!["\w])(<[a-z][a-z0-9 _-]*>)(?!")', r'"\1"', expected)
    try:
        wanted, found = values_of(quoted), values_of(printed)
    except ValueError as error:
        return f"not JSON: {error}"
    return differs(wanted, found)


def compare_text(expected, printed):
    wanted, found = expected.splitlines(), printed.splitlines()

    def fits(i, j):
        if i == len(wanted):
            return j == len(found)
        if wanted[i].strip() == "...":
            return any(fits(i + 1, k) for k in range(j, len(found) + 1))
        return j < len(found) and bool(pattern_of(wanted[i]).match(found[j])) and fits(i + 1, j + 1)

    return None if fits(0, 0) else "the lines are not those of the page"


def script_of(setup, runs, work):
    """One shell for the page: what each snippet prints goes to a file of its own."""
    lines = ["set -euo pipefail"]
    lines += [f"{{\n{block.text}\n}} > {work}/setup.out" for block in setup]
    for number, block in enumerate(runs):
        lines += [f"echo {number} > {work}/now", f"{{\n{block.text}\n}} > {work}/{number}.out"]
    return "\n".join(lines) + "\n"


def fault_of(block, printed):
    if block.expected is None:
        return None
    compare = compare_json if block.expected.language == "json" else compare_text
    fault = compare(block.expected.text, printed)
    return fault and f"{fault}\n--- the page says\n{block.expected.text}--- printed\n{printed}"


def run(path, setup):
    """Runs a page's snippets, reports the result of each, and gives the number of failures."""
    runs, failures = blocks_of(path), 0
    with tempfile.TemporaryDirectory() as work:
        script, errors = os.path.join(work, "page.sh"), os.path.join(work, "errors")
        with open(script, "w", encoding="utf-8") as file:
            file.write(script_of(setup, runs, work))
        with open(errors, "w", encoding="utf-8") as file:
            status = subprocess.run(["timeout", "--kill-after=5", str(SECONDS), "bash", script], stdin=subprocess.DEVNULL, stderr=file).returncode
        reached = int(text_of(os.path.join(work, "now")) or -1)
        for number, block in enumerate(runs):
            printed = text_of(os.path.join(work, f"{number}.out"))
            ended = number > reached or (number == reached and status != 0)
            if ended:
                fault = f"the shell ended with {status}\n{block.text}--- printed\n{printed}--- said\n{text_of(errors)}"
            else:
                fault = fault_of(block, printed)
            print(f"FAILED  {path}:{block.line}: {fault}" if fault else f"ok      {path}:{block.line}")
            failures += bool(fault)
            if ended:
                break  # what follows was not reached
    return failures


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--setup", help="the page whose first snippet goes before all others")
    arguments.add_argument("page")
    given = arguments.parse_args()
    setup = blocks_of(given.setup)[:1] if given.setup and os.path.abspath(given.setup) != os.path.abspath(given.page) else []
    sys.exit(1 if run(given.page, setup) else 0)


if __name__ == "__main__":
    main()
