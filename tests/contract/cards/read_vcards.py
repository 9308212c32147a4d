"""Reads vCards with vobject, prints them as JSON, and compares them with what was expected.
Usage: read_vcards.py FILE.vcf [--expect EXPECTED.json]. Ends with 1 and a reason when they differ.
Keys are left to read_vcards.mjs: vobject takes every value for a text and cuts it at the comma of a data: URI."""
import json
import sys

import vobject


def values(card, name):
    return [line.value for line in card.contents.get(name, [])]


def first(card, name):
    return (values(card, name) or [None])[0]


def shown(card):
    return {
        "uid": first(card, "uid").removeprefix("urn:uuid:"),
        "kind": first(card, "kind"),
        "fn": first(card, "fn"),
        "email": values(card, "email"),
        "tel": [value.removeprefix("tel:") for value in values(card, "tel")],
        "lang": values(card, "lang"),
        "tz": first(card, "tz"),
        "categories": first(card, "categories"),
        "note": first(card, "note"),
    }


def main(arguments):
    with open(arguments[0], encoding="utf-8", newline="") as file:
        text = file.read()
    cards = [shown(card) for card in vobject.readComponents(text)]
    print(json.dumps(cards, ensure_ascii=False, indent=2))
    if len(arguments) < 3 or arguments[1] != "--expect":
        return 0
    with open(arguments[2], encoding="utf-8") as file:
        expected = json.load(file)
    wrong = 0
    if len(cards) != len(expected):
        print(f"{len(cards)} cards instead of {len(expected)}", file=sys.stderr)
        wrong = 1
    for card, wanted in zip(cards, expected):
        for member in card:
            if card[member] != wanted[member]:
                print(f"{wanted['uid']} {member}: {card[member]!r} instead of {wanted[member]!r}", file=sys.stderr)
                wrong = 1
    return wrong


sys.exit(main(sys.argv[1:]))
