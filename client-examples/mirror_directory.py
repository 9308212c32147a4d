#!/usr/bin/env python3
"""Keeps a copy of the directory of contacts as one vCard file for an address book, by reading only what has changed.

It may be killed at any moment and run again: FILE.vcf.state holds the cards and, in the same rename, the number in the
feed up to which they are right; FILE.vcf is made from it. Remove the state to start again. Needs portal.py beside it, which
says what it reads from the environment (CBMX_TOKEN: an account of a participating State); for --verify-complete also
verify_receipt.py and CBMX_VERIFIER_KEY.
usage: mirror_directory.py [--follow] [--verify-complete] [--patience SECONDS] [--language L] FILE.vcf
Exit code: 0 up to date, 1 refused or not complete (and why), 2 the portal could not be reached: run it again later.
"""
import base64
import hashlib
import json
import os
import re
import sys
import time

from portal import CommandLine, Refused, run, sentences, setting, write_atomically

WAIT = 25                    # seconds that the portal holds its answer back while nothing happens
MOST_SINGLE_READS = 50       # more contacts than this are read faster all at once
FULL_READ_AFTER = 24 * 3600  # seconds: a card also says how fresh it is, which changes without an entry in the feed


def cards_of(text):
    """The cards of a vCard file, by the contact's id."""
    cards = re.findall(r"BEGIN:VCARD\r\n.*?END:VCARD\r\n", text, re.DOTALL)
    return {re.search(r"^UID:urn:uuid:(\S+)\r$", card, re.MULTILINE)[1]: card for card in cards}


def checkpoint(portal):
    """The signed note, the log's name and its size."""
    note = portal.get("/v1/log/checkpoint", "text/plain").body.decode()
    origin, size = note.split("\n")[:2]
    return note, origin, int(size)


def read_all(portal):
    _, origin, size = checkpoint(portal)  # first: what changes while the pages are read comes again from the feed
    cards, path = {}, "/v1/contacts"
    while path:
        answer = portal.get(path, "text/vcard")
        cards.update(cards_of(answer.body.decode()))
        following = re.match(r'<([^>]+)>; rel="next"', answer.fields.get("Link") or "")
        path = following and following[1]
    return {"origin": origin, "number": size - 1, "read_at": int(time.time()), "cards": cards}


def may_be_listed(item):
    """Of a tombstone only the directory can tell: gone for this account, or shown to it in the reduced scope."""
    return not item.get("record") or item["record"]["meta"]["status"] == "listed"


def apply(portal, state, changes):
    """Each contact on the page is read once, in its current state."""
    subjects = [(item["subject"] if "tombstone" in item else item["entry"]["subject"], item) for item in changes["items"]]
    contacts = {subject["id"]: may_be_listed(item) for subject, item in subjects if subject["kind"] == "contact"}
    single = len(contacts) <= MOST_SINGLE_READS
    cards = dict(state["cards"]) if single else read_all(portal)["cards"]
    for contact, listed in contacts.items() if single else ():
        cards.pop(contact, None)
        answer = portal.ask("GET", "/v1/contacts/" + contact, Accept="text/vcard") if listed else None
        if answer and answer.status == 200:
            cards.update(cards_of(answer.body.decode()))
        elif answer and answer.status not in (404, 406):  # 406: erased
            raise Refused(sentences(answer))
    return {**state, "number": max(state["number"], changes["complete_up_to"], changes["next"] or 0), "cards": cards}


def read_text(path):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def keep(path, state):
    """The state first: when this is cut off between the two, the next run makes the vCard file from it."""
    for name, text in (path + ".state", json.dumps(state, ensure_ascii=False)), (path, "".join(card for _, card in sorted(state["cards"].items()))):
        if text != read_text(name):
            write_atomically(name, text)


def mirror(portal, arguments):
    path, kept = arguments.file, read_text(arguments.file + ".state")
    state = json.loads(kept) if kept else read_all(portal)
    while True:
        # Another log has begun when the portal was restored from a copy: its numbers mean other entries.
        if checkpoint(portal)[1] != state["origin"] or time.time() - state["read_at"] > FULL_READ_AFTER:
            state = read_all(portal)
        keep(path, state)
        changes = portal.json(f"/v1/changes?after={state['number']}&limit=1000&wait={WAIT if arguments.follow else 0}")
        caught_up = not changes["items"] and changes["complete_up_to"] <= state["number"]
        state = apply(portal, state, changes)
        if caught_up and not arguments.follow:
            break
    print(f"{path}: {len(state['cards'])} contacts, as of entry {state['number']}")
    if arguments.verify_complete:
        print(verify_complete(portal))


# --- Is the feed complete? Every position of the signed log is there, shown or as a bare hash, and what is shown has its hash.

def tree_root(level):
    """RFC 6962, section 2.1."""
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) & ~1:]
    return level[0]


def leaves_of(portal, size):
    leaves = []
    while len(leaves) < size:
        page = portal.json(f"/v1/log/leaves?from={len(leaves)}")["items"]
        if not page or any(leaf["seq"] != number for number, leaf in enumerate(page, len(leaves))):
            raise Refused(f"the log leaves out a position at or after {len(leaves)}")
        leaves += [base64.b64decode(leaf["leaf_hash"]) for leaf in page]
    return leaves[:size]


def verify_complete(portal):
    import verify_receipt as receipts
    try:
        origin, size, root = receipts.open_checkpoint(checkpoint(portal)[0], [receipts.parse_key(setting("CBMX_VERIFIER_KEY"))])
    except (receipts.NotGenuine, ValueError) as error:
        raise Refused(f"the checkpoint of the log: {error}") from None
    leaves = leaves_of(portal, size)
    if tree_root(leaves) != root:
        raise Refused(f"the hashes of the log do not lead to the root that it has signed for {size} entries")
    number, shown = -1, 0
    while number < size - 1:
        page = portal.json("/v1/changes?limit=1000" + (f"&after={number}" if number >= 0 else ""))
        end = max(page["complete_up_to"], page["next"] or -1)
        for item in page["items"]:
            if item["seq"] <= number:
                raise Refused(f"the feed gives entry {item['seq']} after entry {number}")
            number = item["seq"]
            hashes = {base64.b64decode(item["leaf_hash"])}
            if "entry" in item:
                hashes.add(hashlib.sha256(b"\x00" + receipts.canonical(item["entry"])).digest())
            if number < size and hashes != {leaves[number]}:
                raise Refused(f"entry {number} of the feed is not the one in the log")
            shown += number < size
        if end <= number and not page["items"]:
            raise Refused(f"the feed ends at {number}, the log at {size - 1}")
        number = max(number, end)
    return f"{origin}: all {size} positions are there, {shown} shown and {size - shown} of others, and lead to the root that is signed"


def main():
    parser = CommandLine("Mirror the directory of contacts into one vCard file.")
    parser.add_argument("--follow", action="store_true", help="stay, and write what changes as soon as it does")
    parser.add_argument("--verify-complete", action="store_true", help="then check that the portal has left out no position of its log")
    parser.add_argument("file", help="the vCard file")
    arguments = parser.parse_args()
    return run(mirror, arguments, arguments.file + ".lock")


if __name__ == "__main__":
    sys.exit(main())
