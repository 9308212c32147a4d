#!/usr/bin/env python3
"""Makes every single change of genuine files that hold receipts: members changed, of another type, removed, renamed, doubled, added, moved,
exchanged with another record's, encoded otherwise; and what is glued together from several. The same files give the same forgeries.
What a verifier may say of each: judge.py. Of exports: make_exports.py.
usage: make.py DIRECTORY    takes the genuine answers in DIRECTORY/genuine/*.json and writes forgeries/*.json and forgeries.ndjson
One line for each: {"file", "of": its genuine file, "how", "path": of the member that was changed, "may": "be genuine" (it says the same),
"say less" (it shows less), "name it" (genuine only when the verifier names the member as not vouched for)}.
"""
import base64
import copy
import json
import os
import re
import sys
import unicodedata

CLAIM = "The operator certifies that this report is complete."
OTHER_HASH = base64.b64encode(bytes(range(32))).decode()
OTHER_ID = "00000000-0000-4000-8000-000000000000"
PLAIN = {"changed", "removed", "added", "null", "emptied", "exchanged"}  # made of every file; the others of one publication
MOST_STEPS = {"batch": 8, "lines": 5, "array": 3, "published-other": 0, "feed": 2}  # to a member that is changed
MOST_STEPS_ELSE = 4


def nodes(value, path=()):
    yield path, value
    if isinstance(value, (dict, list)):
        for name, each in sorted(value.items()) if isinstance(value, dict) else enumerate(value):
            yield from nodes(each, path + (name,))


def found(value, path):
    for step in path:
        if not (isinstance(value, dict) and step in value) and not (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            raise KeyError(path)
        value = value[step]
    return value


def written(value, edit=None, path=()):
    """As JSON. edit(path, name, text) gives what stands in the place of a value, with its name in an object: a list of raw pieces."""
    if isinstance(value, dict):
        inner = [(path + (name,), json.dumps(name), each) for name, each in sorted(value.items())]
        text = "{" + ",".join(piece for place, name, each in inner for piece in edited(edit, place, name, written(each, edit, place))) + "}"
    elif isinstance(value, list):
        inner = [(path + (number,), each) for number, each in enumerate(value)]
        text = "[" + ",".join(piece for place, each in inner for piece in edited(edit, place, None, written(each, edit, place))) + "]"
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if path else "".join(edited(edit, path, None, text))


def edited(edit, path, name, text):
    pieces = edit(path, name, text) if edit else None
    return pieces if pieces is not None else [f"{name}:{text}" if name else text]


def with_value(value, path, new):
    """A copy with another value at the path."""
    whole = copy.deepcopy(value)
    if not path:
        return new
    found(whole, path[:-1])[path[-1]] = new
    return whole


def without(value, path):
    whole = copy.deepcopy(value)
    del found(whole, path[:-1])[path[-1]]
    return whole


def is_base64(text):
    return isinstance(text, str) and len(text) >= 44 and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", text) is not None


def another(value):
    """Of the same form."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        if is_base64(value) and len(value) == 44:
            return OTHER_HASH if value != OTHER_HASH else base64.b64encode(bytes(32)).decode()
        if is_base64(value):
            return ("B" if value[0] == "A" else "A") + value[1:]
        return OTHER_ID if re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) else value + " " + CLAIM
    return CLAIM if value is None else type(value)()


def of_another_type(value):
    if isinstance(value, bool) or value is None:
        return 0
    if isinstance(value, int):
        return True if value == 1 else str(value)
    return [value] if isinstance(value, str) else {"0": value} if isinstance(value, list) else [value]


def encodings(value, text):
    """The name of the encoding, the raw text, and whether it is the same value."""
    if isinstance(value, str) and value:
        escaped = "".join(f"\\u{unit:04x}" for unit in memoryview(value.encode("utf-16-le")).cast("H"))
        yield "escaped", f'"{escaped}"', True
        yield "nul", text[:-1] + '\\u0000"', False
        yield "surrogate", text[:-1] + '\\ud800"', False
        if unicodedata.normalize("NFD", value) != value:
            yield "nfd", json.dumps(unicodedata.normalize("NFD", value), ensure_ascii=False), False
            yield "nfd-escaped", json.dumps(unicodedata.normalize("NFD", value)), False
    if is_base64(value):
        yield "base64-space", text[:9] + " " + text[9:], False
        yield "base64-line", text[:9] + "\\n" + text[9:], False
        if value.endswith("="):
            yield "base64-bare", text.replace("=", ""), False
        if "+" in value or "/" in value:
            yield "base64-url", text.replace("+", "-").replace("/", "_"), False
        if value.endswith("="):
            digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            last = value.rstrip("=")[-1]
            yield "base64-bits", text.replace(value, value.rstrip("=")[:-1] + digits[digits.index(last) + 1] + "=" * value.count("=")), False
    if isinstance(value, int) and not isinstance(value, bool):
        for name, other in (("fraction", f"{value}.0"), ("exponent", f"{value}e0"), ("zero", f"0{value}"), ("minus", f"-{value}"), ("large", "9" * 30)):
            yield name, other, False


def changes(value):
    """How, the path that it is about, the text, and what a verifier may make of it."""
    for path, each in nodes(value):
        if path:
            yield from changes_of_member(value, path, each)
        if isinstance(each, dict):
            yield "added", path + ("note",), written(with_value(value, path, {**each, "note": CLAIM})), None
        if isinstance(each, list):
            yield "added", path, written(with_value(value, path, [*each, CLAIM])), None
            if len(each) > 1 and each[0] != each[1]:
                yield "turned", path, written(with_value(value, path, each[::-1])), None


def changes_of_member(value, path, each):
    def at(pieces):
        return written(value, lambda place, name, text: pieces(name, text) if place == path else None)

    is_member, other = isinstance(path[-1], str), another(each)
    if other != each:
        yield "emptied" if isinstance(each, (dict, list)) else "changed", path, written(with_value(value, path, other)), None
    yield "typed", path, written(with_value(value, path, of_another_type(each))), None
    yield "removed", path, written(without(value, path)), None
    if each is not None:
        yield "null", path, written(with_value(value, path, None)), None
    for how, raw, is_same in encodings(each, json.dumps(each, ensure_ascii=False)):
        yield how, path, at(lambda name, text, raw=raw: [f"{name}:{raw}" if name else raw]), "be genuine" if is_same else "not"
    if is_member:
        raw = written(other)
        if len(path) <= 2:
            yield "name-escaped", path, at(lambda name, text: [f'"\\u{ord(name[1]):04x}{name[2:]}:{text}']), "be genuine"
        yield "renamed", path, at(lambda name, text: [f'"_{name[1:]}:{text}']), None
        yield "doubled", path, at(lambda name, text: [f"{name}:{text}"] * 2), "not"
        yield "doubled-first", path, at(lambda name, text: [f"{name}:{raw}", f"{name}:{text}"]), "not"
        yield "doubled-last", path, at(lambda name, text: [f"{name}:{text}", f'"\\u{ord(name[1]):04x}{name[2:]}:{raw}']), "not"
        if len(path) > 1 and isinstance(found(value, path[:-2]), dict) and path[-1] not in found(value, path[:-2]):
            moved = without(value, path)
            found(moved, path[:-2])[path[-1]] = each
            yield "moved", path, written(moved), "not"
    elif len(path) > 1:
        yield "doubled", path, at(lambda name, text: [text] * 2), None


def exchanges(value, others):
    for path, each in nodes(value):
        for name, other in others:
            try:
                theirs = found(other, path)
            except KeyError:
                continue
            # What is in meta is exchanged one by one; what is empty there says less, which is a change of its own.
            if path and path != ("meta",) and theirs != each and theirs not in ([], None) and isinstance(path[-1], str):
                yield f"exchanged-{name}", path, written(with_value(value, path, theirs)), None


def as_bytes(value):
    """The whole file written otherwise: bytes and whether it is the same value."""
    text = written(value)
    plain = text.encode()
    deep = "[" * 40 + text + "]" * 40
    yield "spaced", json.dumps(value, indent=3, ensure_ascii=False).encode() + b"\r\n\t ", True
    yield "ascii", json.dumps(value).encode(), True
    if isinstance(value, dict):
        yield "turned", json.dumps(dict(reversed(sorted(value.items())))).encode(), True
        yield "array-in-array", f"[[{text}]]".encode(), False
        yield "wrapped", f'{{"opening":null,"receipt":{{"receipt":{text}}}}}'.encode(), False
        yield "listed-beside", f'{{"items":[{text}],"note":"{CLAIM}"}}'.encode(), False
    for how, data in (("bom", b"\xef\xbb\xbf" + plain), ("utf-16", text.encode("utf-16")), ("nul-behind", plain + b"\0"), ("nul-before", b"\0" + plain),
                      ("letter-behind", plain + b"x"), ("value-behind", plain + b"{}"), ("twice", plain + b"\n" + plain), ("comma", plain[:-1] + b"," + plain[-1:]),
                      ("comment", b"/* */" + plain), ("form-feed", plain + b"\x0c"), ("cut", plain[:len(plain) // 2]), ("empty", b""), ("byte", plain + b"\xff"),
                      ("deep", deep.encode()), ("latin-1", text.encode("latin-1", "replace") if not text.isascii() else b"\xe9" + plain)):
        yield how, data, False


def glued(genuine):
    """What is put together from genuine pieces: how, its genuine file, the value."""
    published, other, change = genuine["published"], genuine["published-other"], genuine["audience"]
    pair = {name: published[name] for name in ("receipt", "opening")}
    other_pair = {name: other[name] for name in ("receipt", "opening")}
    changed = {name: change[name] for name in ("receipt", "opening")}
    bare = published["receipt"]
    forged = {**published["content"], "narrative": CLAIM}
    yield "another-publication", "audience", {**changed, "publication": other_pair}
    yield "publication-of-itself", "audience", {**changed, "publication": changed}
    yield "publication-of-publication", "published", {**pair, "publication": other_pair}
    yield "publication-and-receipt-null", "audience", {"receipt": None, "opening": None, "publication": pair}
    yield "publication-within", "audience", {**changed, "publication": {**pair, "publication": other_pair}}
    yield "publication-alone", "audience", {"publication": pair}
    yield "content-beside-bare", "published", {"receipt": bare, "content": forged}
    yield "content-beside-null", "published", {"receipt": bare, "opening": None, "content": forged}
    yield "record-beside-null", "published", {**published, "opening": None, "content": forged}
    yield "salt-beside-null", "published", {**published, "opening": None, "salt": other["salt"]}
    yield "within-bare", "published", {**bare, "opening": pair["opening"]}
    yield "content-in-bare", "published", {**bare, "content": forged}
    yield "opening-of-another", "published", {"receipt": bare, "opening": other["opening"]}
    yield "receipt-of-another", "published", {**published, **other_pair}
    yield "receipt-of-change", "published", {**published, **changed}
    yield "record-of-another", "published", {**other, **pair}
    yield "content-and-record", "published", {**pair, "opening": {**pair["opening"], "record": change["opening"]["record"]}}
    yield "record-for-content", "published", {**pair, "opening": {("record" if name == "content" else name): each for name, each in pair["opening"].items()}}
    yield "checkpoint-alone", "published", {"checkpoint": bare["checkpoint"]}
    yield "draft", "published", {**published, "receipt": None, "opening": None}
    yield "draft-with-opening", "published", {**published, "receipt": None}
    for name in ("statement", "recipients", "actor", "authority"):
        for to in ("unsigned", "genesis", "nomination"):
            if name in pair["opening"] and name not in genuine[to]["opening"]:
                opening = {**genuine[to]["opening"], name: pair["opening"][name]}
                yield f"{name}-on-{to}", to, {"receipt": genuine[to]["receipt"], "opening": opening}
    said = pair["opening"].get("statement")
    if said:
        mine = {**said["statement"], "subject": other["receipt"]["entry"]["subject"]}
        yield "statement-about-another", "published", with_value(pair, ("opening", "statement", "statement"), mine)
        yield "signature-without-statement", "published", without(pair, ("opening", "statement", "statement"))
    feed = genuine["feed"]
    yield "feed-page", "feed", feed
    yield "feed-item", "feed", feed["items"][0]
    yield "feed-item-in-array", "feed", [pair, feed["items"][0]]
    batch = genuine["batch"]
    items = batch["content"]["items"]
    yield "batch-exchanged", "batch", with_value(batch, ("content", "items"), [{**items[0], "receipts": items[1]["receipts"]}, {**items[1], "receipts": items[0]["receipts"]}, *items[2:]])
    yield "batch-with-another", "batch", with_value(batch, ("content", "items", 0, "receipts"), [pair])
    yield "batch-subject-null", "batch", with_value(batch, ("content", "items", 0, "subject"), None)
    yield "batch-in-array", "batch", [batch]
    yield "batch-with-record", "batch", {**batch, "receipt": bare, "opening": pair["opening"]}
    proposal = genuine["proposal"]
    yield "openings-of-another", "proposal", {**proposal, "openings": [other_pair]}
    yield "openings-bare", "proposal", {**proposal, "openings": [bare]}
    yield "openings-null", "proposal", {**proposal, "openings": [{"receipt": None, "opening": None}]}


def may_of(how, path):
    """Of a change whose kind does not say it: showing less is no forgery, nor is the same receipt once more in a list."""
    last = path[-1] if path else "items"
    is_in_list = isinstance(last, int) and path[-2:-1] in ((), ("receipts",), ("items",), ("openings",))
    if how in ("removed", "null", "emptied"):
        shows_less = last in ("receipt", "opening", "actor", "recipients", "publication", "openings", "limits", "salt", "meta", "receipts", "items")
        return "say less" if shows_less or is_in_list or "meta" in path[:-1] else "name it"
    return "say less" if (how == "doubled" and is_in_list) or (how == "turned" and last in ("items", "receipts", "openings")) else "name it"


def is_made(name, how, path):
    """Of every file the plainest changes, of one publication all of them."""
    is_first = not any(isinstance(step, int) and step > 0 for step in path)
    return name == "published" or (how.partition("-")[0] in PLAIN and is_first and len(path) <= MOST_STEPS.get(name, MOST_STEPS_ELSE))


def main():
    directory = sys.argv[1]
    os.makedirs(directory + "/forgeries", exist_ok=True)
    genuine = {}
    for file in sorted(name for name in os.listdir(directory + "/genuine") if name.endswith(".json")):
        with open(f"{directory}/genuine/{file}", encoding="utf-8") as opened:
            genuine[file[:-5]] = json.load(opened)
    count = 0
    with open(directory + "/forgeries.ndjson", "w", encoding="utf-8") as listed:
        def keep(of, how, path, data, may):
            nonlocal count
            count += 1
            file = f"forgeries/{count:05}.json"
            with open(f"{directory}/{file}", "wb") as written_file:
                written_file.write(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
            json.dump({"file": file, "of": of, "how": how, "path": path, "may": may}, listed)
            listed.write("\n")

        for name, value in genuine.items():
            others = [(other, genuine[other]) for other in ("published-other", "audience", "unsigned") if other != name]
            if name in ("feed", "genesis"):
                others = []
            for how, path, text, may in [*changes(value), *exchanges(value, others)]:
                if is_made(name, how, path):
                    keep(name, how, path, text, may or may_of(how, path))
            for how, data, is_same in as_bytes(value) if name in ("published", "batch") else ():
                keep(name, how, (), data, "be genuine" if is_same else "not")
        for how, name, value in glued(genuine):
            keep(name, how, (), written(value), "not")
    print(f"{count} forgeries")


if __name__ == "__main__":
    main()
