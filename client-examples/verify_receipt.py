#!/usr/bin/env python3
"""Checks a receipt of the portal without the portal: Python's standard library alone, no code of the server.

A receipt proves that an entry stands in the log, by the log's signature; with its opening it also proves what was said.
usage: verify_receipt.py --key 'NAME+ID+KEY' FILE     FILE: a receipt, or an answer that holds "receipt" and "opening"; -: stdin
       verify_receipt.py --keys LIST FILE             LIST: the log's keys, old and new, as /v1/log/key gives them, kept since
Exit code: 0 genuine, 1 not genuine, 2 the files or the command line.
"""
import argparse
import base64
import hashlib
import json
import re
import sys

MAX_INTEGER = 2**53 - 1  # what JSON readers everywhere read exactly


class NotGenuine(Exception):
    """The sentence says what is wrong."""


# --- Canonical JSON: RFC 8785 for ASCII member names and whole numbers, which is all that the portal commits to.

def parse_json(text):
    def members(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise NotGenuine("a JSON object names a member twice")
        return dict(pairs)

    def refuse(number):
        raise NotGenuine(f"the number {number} is not a whole number, and so cannot have been committed to")

    try:
        return json.loads(text, object_pairs_hook=members, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise NotGenuine(f"it is not JSON: {error}") from None


def check_profile(value):
    if isinstance(value, dict):
        for name, member in value.items():
            if not name.isascii():
                raise NotGenuine("a member's name is not ASCII, and so cannot have been committed to")
            check_profile(member)
    elif isinstance(value, list):
        for item in value:
            check_profile(item)
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise NotGenuine(f"the number {value} is too large to have been committed to")


def canonical(value):
    check_profile(value)
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        raise NotGenuine("a text is not Unicode (a lone surrogate)") from None


def from_base64(text, length, what):
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise NotGenuine(f"{what} is not base64") from None
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        raise NotGenuine(f"{what} has the wrong form or length")
    return data


# --- Ed25519: RFC 8032, section 5.1.7, in extended coordinates. Slow and not constant-time: for public data alone.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    t1 = (a[1] - a[0]) * (b[1] - b[0]) % P
    t2 = (a[1] + a[0]) * (b[1] + b[0]) % P
    t3 = 2 * a[3] * b[3] * D % P
    t4 = 2 * a[2] * b[2] % P
    e, f, g, h = t2 - t1, t4 - t3, t4 + t3, t2 + t1
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decode_point(data):
    """The point, or None when these 32 bytes are none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(key, message, signature):
    a, r = decode_point(key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return equal(multiply(s, BASE), add(r, multiply(k, a)))


# --- Signed notes and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.

def parse_key(text, first=0, last=None):
    """Name, ID and key; and the first and last entry whose checkpoints it signs (last: None, no end)."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(r"[^\s+]+", parts[0]):
        raise ValueError("a key has the form NAME+ID+KEY, as /v1/log/key gives it in \"text\"")
    name, key_id, encoded = parts
    typed = base64.b64decode(encoded, validate=True)
    if len(typed) != 33 or typed[0] != 1:
        raise ValueError("the key is not an Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + typed).hexdigest()[:8] != key_id:
        raise ValueError("the key's ID does not belong to its name and key: was it copied in full?")
    return name, bytes.fromhex(key_id), typed[1:], first, last


def parse_keys(listed, unknown_first=0):
    """Those of {"keys": [...]}; a number that the portal does not tell yet is null, a first one then as given."""
    keys = []
    for item in listed["keys"]:
        first, last = item["from_seq"], item["until_seq"]
        if not (first is None or is_number(first)) or not (last is None or is_number(last)):
            raise ValueError("a key's numbers have the wrong form")
        keys.append(parse_key(item["text"], unknown_first if first is None else first, last))
    return keys


def known_keys(arguments):
    """The keys that the command line gives with --key and --keys."""
    keys = [parse_key(text) for text in arguments.key or []]
    if arguments.keys:
        try:
            with open(arguments.keys, encoding="utf-8") as file:
                keys += parse_keys(json.load(file))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError(f"{arguments.keys} does not hold keys as /v1/log/key gives them") from None
    return keys


def add_key_options(parser):
    parser.add_argument("--key", action="append", metavar="NAME+ID+KEY", help="a key of the log that you know from elsewhere; may be given several times")
    parser.add_argument("--keys", metavar="LIST", help="a file with such keys, as /v1/log/key gives them: each counts in its own time alone")


def open_note(note, keys, what, origin=None):
    """The lines that one of the keys signed. Its key bears the log's name: origin, or else the first line."""
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")[:-1]
    if not separator or not signatures.endswith("\n") or len(lines) < 3 or not all(lines):
        raise NotGenuine(f"{what} is no signed note")
    signed = False
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        if not match:
            raise NotGenuine(f"{what} has a line that is no signature")
        data = from_base64(match[2], None, "a signature")
        for name, key_id, key, *_ in keys:
            if name == match[1] == (origin or lines[0]) and key_id == data[:4]:
                if not ed25519_verify(key, text.encode("utf-8", "surrogatepass"), data[4:]):
                    raise NotGenuine(f"the log's signature on {what} is wrong")
                signed = True
    if not signed:
        raise NotGenuine(f"{what} is not signed by the key that you gave")
    return lines


def open_checkpoint(note, keys):
    """Origin, size and root of a checkpoint that one of the keys signed."""
    lines = open_note(note, keys, "its checkpoint")
    if not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1], re.ASCII):
        raise NotGenuine("its checkpoint states no size")
    size = int(lines[1])
    for key in keys:  # none may have signed it before its time, or after
        first, last = key[3:]
        if (first and size <= first) or (last is not None and size - 1 > last):
            if is_signed(note, key, lines[0]):
                raise NotGenuine("its checkpoint is signed by a key of the log whose time it was not")
    return lines[0], size, from_base64(lines[2], 32, "the root in its checkpoint")


def is_signed(note, key, origin):
    try:
        open_note(note, [key], "", origin)
        return True
    except NotGenuine:
        return False


# --- Inclusion in the Merkle tree: RFC 6962, section 2.1; the check is that of RFC 9162, section 2.1.3.2.

def root_from(leaf, index, size, proof):
    """The root that the proof leads to; None when the proof does not fit a tree of that size."""
    if index >= size:
        return None
    number, last, root = index, size - 1, leaf
    for node in proof:
        if last == 0:
            return None
        if number & 1 or number == last:
            root = hashlib.sha256(b"\x01" + node + root).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            root = hashlib.sha256(b"\x01" + root + node).digest()
        number, last = number >> 1, last >> 1
    return root if last == 0 else None


# --- The receipt.

def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def check_receipt(receipt, opening, keys):
    """A sentence that says what the receipt proves."""
    if not isinstance(receipt, dict) or set(receipt) != {"v", "entry", "index", "proof", "checkpoint"} or receipt["v"] != 1:
        raise NotGenuine("it is no receipt of a form known here (v, entry, index, proof, checkpoint)")
    entry, index, proof, checkpoint = (receipt[name] for name in ("entry", "index", "proof", "checkpoint"))
    if not isinstance(entry, dict) or not is_number(index) or not isinstance(proof, list) or not isinstance(checkpoint, str):
        raise NotGenuine("a member of the receipt has the wrong type")
    if not is_number(entry.get("seq")) or entry["seq"] != index:
        raise NotGenuine("the entry's own number is not its position in the log")
    origin, size, root = open_checkpoint(checkpoint, keys)
    leaf = hashlib.sha256(b"\x00" + canonical(entry)).digest()
    if root_from(leaf, index, size, [from_base64(node, 32, "a hash of the proof") for node in proof]) != root:
        raise NotGenuine("the entry does not stand in the tree that the log signed: entry or proof were changed")
    proved = f"entry {index} ({entry.get('kind')}, {entry.get('at')}) stands in the log {origin} of size {size}"
    if opening is None:
        return proved + "; what it commits to is not shown"
    check_opening(entry, opening)
    return proved + "; what is shown is what it commits to" + authority_in_words(opening)


def check_opening(entry, opening):
    if not isinstance(opening, dict) or ("content" in opening) == ("record" in opening):
        raise NotGenuine("its opening shows neither content nor change record")
    shown = opening["content"] if "content" in opening else opening["record"]
    salt = from_base64(opening.get("salt"), 32, "the opening's salt")
    if not isinstance(shown, dict) or hashlib.sha256(salt + canonical(shown)).digest() != from_base64(entry.get("commitment"), 32, "the commitment"):
        raise NotGenuine("the content is not what the entry commits to: content or salt were changed")
    if "authority" in opening or "authority_salt" in opening:
        salt, authority = from_base64(opening.get("authority_salt"), 32, "the salt of its authority"), opening.get("authority")
        if not isinstance(authority, dict) or hashlib.sha256(salt + canonical(authority)).digest() != from_base64(entry.get("authority"), 32, "the hash of its authority"):
            raise NotGenuine("the authority is not what the entry commits to: authority or salt were changed")


def authority_in_words(opening):
    """What stood behind the account of the State that acted; nothing where none acted, or where it is not shown."""
    authority = (opening or {}).get("authority") or {}
    words = {"note_verbale": f"by note verbale {authority.get('number')}", "nominating_authority": "by its nominating authority",
             "operator": "by the operator", "demonstration": "for a demonstration"}.get(authority.get("by"))
    return f"; the account acted {words}" if words else ""


def check_answer(value, keys):
    if not isinstance(value, dict):
        raise NotGenuine("it is no receipt")
    if "receipt" not in value:
        return [check_receipt(value, None, keys)]
    sentences = [check_receipt(value["receipt"], value.get("opening"), keys)]
    if "publication" in value:  # comes with the receipt of a change of label or recipients
        sentences += check_answer(value["publication"], keys)
    return sentences


def main():
    parser = argparse.ArgumentParser(description="Check a receipt of the portal, without the portal.")
    add_key_options(parser)
    parser.add_argument("file", help="the receipt, or an answer that holds it; -: standard input")
    arguments = parser.parse_args()
    if not arguments.key and not arguments.keys:
        parser.error("give a key that you know: --key or --keys")
    try:
        keys = known_keys(arguments)
        if arguments.file == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(arguments.file, "rb") as file:
                data = file.read()
    except (OSError, ValueError) as error:
        print(f"verify_receipt.py: {error}", file=sys.stderr)
        return 2
    try:
        for sentence in check_answer(parse_json(data.decode("utf-8")), keys):
            print("genuine: " + sentence)
        return 0
    except UnicodeDecodeError:
        fault = "it is not UTF-8"
    except NotGenuine as error:
        fault = str(error)
    print("NOT genuine: " + fault)
    return 1


if __name__ == "__main__":
    sys.exit(main())
