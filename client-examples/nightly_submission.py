#!/usr/bin/env python3
"""Submits the reports of a CSV file as one batch; meant for a job that runs at night and may crash at any moment.

First the portal is asked whether it would accept every row, and nothing is sent while one is wrong. Up to 100 rows are then entered
all or none; a longer file goes in row after row, and goes on there when it was cut off. Run it again after any failure: nothing is
entered twice, because the request carries an Idempotency-Key made of the file, and every row its own client_ref. Needs portal.py
beside it, which says what it reads from the environment.
usage: nightly_submission.py [--goal draft|submit|publish] [--receipts DIR] [--check] [--patience SECONDS] [--language L] FILE
FILE: as reports.csv. DIR gets one file per receipt (verify_receipt.py checks them) and, last of all, batch-KEY.json.
Exit code: 0 everything is in the portal, 1 refused (and why), 2 the portal could not be reached: run it again later.
"""
import csv
import hashlib
import io
import json
import os
import sys
import urllib.parse

from portal import CommandLine, Refused, run, sentences, told, write_atomically

ROWS_AT_ONCE, BYTES_AT_ONCE = 100, 128 * 1024  # well within what /docs/limits says of mode=atomic


def rows_of(data):
    """The cells of each row, the names of the columns first."""
    text = io.StringIO(data.decode("utf-8-sig", errors="replace"), newline="")
    return csv.reader(text, delimiter="," if b"," in data.partition(b"\n")[0] else ";")


def mode_for(data):
    return "atomic" if len(data) <= BYTES_AT_ONCE and sum(1 for row in rows_of(data) if row) <= ROWS_AT_ONCE + 1 else "each"


def check_references(data):
    """Without a client_ref in every row, a file that is corrected and sent again would enter its other rows twice."""
    rows = rows_of(data)
    header = [name.strip() for name in next(rows)]
    found = [row[header.index("client_ref")].strip() if "client_ref" in header else "" for row in rows if row]
    if not all(found) or len(set(found)) != len(found):
        raise Refused("every row needs a client_ref of its own: a name that never changes, such as the number in your files")


def send(portal, arguments, data, dry_run, **fields):
    query = {"goal": arguments.goal, "mode": mode_for(data), "items": "reports", "dry_run": "true" if dry_run else "false"}
    answer = portal.ask("POST", "/v1/batches?" + urllib.parse.urlencode(query), data, Content_Type="text/csv", **fields)
    if answer.status not in (200, 201):
        raise Refused(sentences(answer, arguments.file))
    return json.loads(answer.body)


def refusals(arguments, content):
    """What is wrong with rows that were refused one by one."""
    return "\n".join(line for item in content["items"] for line in told(item["errors"], arguments.file))


def keep(directory, finished, answer):
    """The whole answer last: when it is there, all the others are too. Without it the file is sent again, corrected."""
    receipts = {}
    for item in answer["content"]["items"]:
        for receipt in item["receipts"]:
            receipts[f"{item['subject']['id']}-{receipt['receipt']['index']}.json"] = receipt
    for name, receipt in receipts.items():
        write_atomically(os.path.join(directory, name), json.dumps(receipt, ensure_ascii=False))
    if not answer["content"]["refused"]:
        write_atomically(finished, json.dumps(answer, ensure_ascii=False))
    return len(receipts)


def submit(portal, arguments):
    with open(arguments.file, "rb") as file:
        data = file.read()
    key = hashlib.sha256(arguments.goal.encode() + b"\n" + data).hexdigest()
    finished = os.path.join(arguments.receipts, f"batch-{key[:32]}.json")
    if os.path.exists(finished) and not arguments.check:
        print(f"{arguments.file} has been sent before: {finished}")
        return
    # Everything that is wrong with the file shows here, before anything happens.
    expected = send(portal, arguments, data, True)["content"]
    if expected["refused"]:
        raise Refused(refusals(arguments, expected))
    check_references(data)
    if arguments.check:
        print(f"{arguments.file}: {expected['accepted']} would be accepted, {expected['known']} known already")
        return
    answer = send(portal, arguments, data, False, Idempotency_Key=key)
    kept = keep(arguments.receipts, finished, answer)
    counts = answer["content"]
    if counts["refused"]:  # of a long file, because something has changed since it was asked
        raise Refused(refusals(arguments, counts))
    print(f"{arguments.file}: {counts['accepted']} accepted, {counts['known']} known already; {kept} receipts in {arguments.receipts}")


def main():
    parser = CommandLine("Submit the reports of a CSV file; safe to run again.")
    parser.add_argument("--goal", choices=("draft", "submit", "publish"), default="submit", help="how far each report is to come (submit)")
    parser.add_argument("--receipts", default="receipts", metavar="DIR", help="where the receipts go (receipts)")
    parser.add_argument("--check", action="store_true", help="only ask the portal whether it would accept the file")
    parser.add_argument("file", help="CSV in UTF-8; reports.csv shows the columns")
    arguments = parser.parse_args()
    return run(submit, arguments, os.path.join(arguments.receipts, ".lock"))


if __name__ == "__main__":
    sys.exit(main())
