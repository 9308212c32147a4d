#!/usr/bin/env python3
"""Checks receipts of the portal without the portal: Python's standard library alone, no code of the server.

A receipt proves that an entry stands in the log, by the log's signature. Its opening also shows what was said, by whom, to whom, and
the signed statement of the State whose word it is. Everything that is shown is checked; what nothing vouches for is named.
usage: verify_receipt.py --key 'NAME+ID+KEY' [--state-key CL=FILE]... FILE
       verify_receipt.py --keys LIST [--state-key CL=FILE]... FILE
FILE: a receipt, or an answer of the portal as it came, of a batch too, or several in an array; -: stdin.
LIST: the log's keys, old and new, as /v1/log/key gives them, kept since. CL=FILE: a public key (PEM) of that State, from elsewhere.
Exit code: 0 genuine, 1 not genuine, 2 the files or the command line.
"""
import argparse
import base64
import datetime
import hashlib
import json
import re
import sys
import unicodedata

MAX_INTEGER = 2**53 - 1  # what JSON readers everywhere read exactly
MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, MAX_MARKS = 32, 1000, 1_000_000, 30
MAX_RECEIPT_BYTES, MAX_STATE_KEY_BYTES = 16 * 2**20, 2**16
MAX_PROOF, MAX_NOTE_BYTES, MAX_SIGNATURES = 64, 1_000_000, 100
LONGEST_WAIT = 7 * 24 * 3600  # seconds from a statement's time to its acceptance


class NotGenuine(Exception):
    """The sentence says what is wrong."""


def at(place, work, *arguments):
    """What the work returns; what is wrong in it is said with the place before it."""
    try:
        return work(*arguments)
    except NotGenuine as error:
        raise NotGenuine(place + str(error)) from None


# --- JSON as the portal writes it: UTF-8, one value, no member twice, whole numbers, texts in normal form (NFC).

class OtherJson(ValueError):
    pass


def members_of(pairs):
    members = dict(pairs)
    if len(members) != len(pairs) or len(pairs) > MAX_MEMBERS:
        raise OtherJson
    return members


def whole_number(text):
    if text == "-0" or len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise OtherJson
    return int(text)


def refuse(_):
    raise OtherJson


def check_text(text):
    """No lone surrogate and no NUL, in normal form, and at most 30 combining marks in a row."""
    marks = 0
    for character in text if not text.isascii() else "":
        is_mark = unicodedata.combining(unicodedata.normalize("NFD", character)[0]) != 0
        marks = marks + 1 if is_mark else 0
        if marks > MAX_MARKS or 0xD800 <= ord(character) < 0xE000:
            raise OtherJson
    if "\0" in text or not unicodedata.is_normalized("NFC", text):
        raise OtherJson


def check_value(value, most_values):
    """Level by level, so that nothing is too deep to be looked at."""
    level, count = [value], 0
    for depth in range(MAX_DEPTH + 1):
        inner, count = [], count + len(level)
        for each in level:
            if isinstance(each, str):
                check_text(each)
            elif isinstance(each, (dict, list)):
                if depth == MAX_DEPTH:
                    raise OtherJson
                for name in each if isinstance(each, dict) else ():
                    check_text(name)
                inner += each.values() if isinstance(each, dict) else each
        level = inner
    if most_values and count > most_values:
        raise OtherJson


def parse_json(data, most_values=MAX_VALUES):
    """Of bytes or text. most_values: all levels together; None: as many as there are."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=members_of, parse_int=whole_number, parse_float=refuse, parse_constant=refuse)
        check_value(value, most_values)
        return value
    except (ValueError, RecursionError):
        raise NotGenuine("it is not JSON as the portal writes it") from None


def canonical(value):
    """RFC 8785, for what parse_json gives and ASCII member names: nothing else is committed to."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if not names_are_ascii(value):
        raise NotGenuine("a member's name is not ASCII, and so cannot have been committed to")
    return text.encode("utf-8")


def names_are_ascii(value):
    if isinstance(value, dict):
        return all(name.isascii() and names_are_ascii(member) for name, member in value.items())
    return not isinstance(value, list) or all(map(names_are_ascii, value))


def same(first, second):
    """As JSON: true is not 1."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def from_base64(text, length, what):
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise NotGenuine(f"{what} is not base64") from None
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        raise NotGenuine(f"{what} has the wrong form or length")
    return data


# --- Closed forms: an object has exactly the members that are named, each as its own predicate says.

def form(needed, optional=None):
    every = {**needed, **(optional or {})}
    return lambda value: isinstance(value, dict) and set(needed) <= set(value) <= set(every) and all(every[name](value[name]) for name in value)


def names_of(value):
    return set(value) if isinstance(value, dict) else set()


def names_are(*names):
    """An object with exactly these members, of whatever form."""
    return lambda value: names_of(value) == set(names)


def list_of(form_of_item, most=None):
    return lambda value: isinstance(value, list) and (most is None or len(value) <= most) and all(map(form_of_item, value))


def or_null(form_of_value):
    return lambda value: value is None or form_of_value(value)


def is_number(value):
    return type(value) is int and 0 <= value <= MAX_INTEGER


def is_integer(value):
    return type(value) is int


def is_version(value):
    return type(value) is int and value == 1


def is_any(_):
    return True


def is_text(value):
    return isinstance(value, str)


def is_object(value):
    return isinstance(value, dict)


def is_base64(value):
    try:
        return isinstance(value, str) and from_base64(value, None, "") != b""
    except NotGenuine:
        return False


def is_hash(value):
    return is_base64(value) and len(value) == 44 and len(base64.b64decode(value)) == 32


def is_hex(value):
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def time_of(text):
    """RFC 3339 in UTC, in whole seconds or with milliseconds; None when it is no time."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", text, re.ASCII):
        return None
    try:
        return datetime.datetime.strptime(text[:-1] + ("" if "." in text else ".000"), "%Y-%m-%dT%H:%M:%S.%f")
    except ValueError:
        return None


SUBJECT = form({"kind": is_text, "id": is_text})
ENTRY = form({"v": is_version, "seq": is_number, "at": is_text, "kind": is_text, "actor": form({"role": is_text, "handle": or_null(is_hash)}),
              "state": or_null(is_text), "subject": SUBJECT, "version": is_integer, "commitment": is_hash},
             {"audience": form({"label": is_text, "recipients": is_hash}), "authority": is_hash, "hands": is_hash, "office": is_text,
              "revision": is_integer, "statement": is_hash})
RECEIPT = form({"v": is_version, "entry": ENTRY, "index": is_number, "proof": list_of(is_hash, MAX_PROOF), "checkpoint": is_text})
STATEMENT = form({"content": is_hash, "key": is_hex, "kind": is_text, "origin": is_text, "subject": SUBJECT, "time": is_text,
                  "v": is_version, "version": is_integer}, {"label": is_text, "recipients": is_hash})
OPENING = form({"salt": is_hash},
               {"content": is_object, "record": is_object, "authority": form({"by": is_text}, {"number": is_text, "date": is_text}),
                "authority_salt": is_hash, "actor": form({"account": is_text, "salt": is_hash}),
                "recipients": form({"list": list_of(is_text), "salt": is_hash}),
                "statement": form({"salt": is_hash, "signature": is_base64, "statement": is_object})})


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


def is_key_point(point):
    """Not one of the eight of small order: under those a signature fits many messages, and is nobody's word."""
    return point is not None and not equal(multiply(8, point), (0, 1, 1, 0))


def ed25519_verify(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = decode_point(key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if not is_key_point(a) or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return equal(multiply(s, BASE), add(r, multiply(k, a)))


# --- ECDSA on P-256 and P-384 with SHA-256: FIPS 186-5, section 6.4.2, curves of SP 800-186. Points as (x, y); None: at infinity.

class Curve:
    def __init__(self, size, p, n, b, x, y):
        self.size, self.p, self.n, self.b, self.base = size, p, n, b, (x, y)

    def point(self, data):
        """The point of an uncompressed one (SEC 1, section 2.3.4), or None: each key has one form, and one fingerprint."""
        size, p = self.size, self.p
        if data[:1] != b"\4" or len(data) != 2 * size + 1:
            return None
        x, y = int.from_bytes(data[1:size + 1], "big"), int.from_bytes(data[size + 1:], "big")
        return (x, y) if x < p and y < p and (y * y - (x * x * x - 3 * x + self.b)) % p == 0 else None

    def add(self, a, b):
        if a is None or b is None:
            return b if a is None else a
        p = self.p
        if a[0] == b[0] and (a[1] + b[1]) % p == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
        x = (slope * slope - a[0] - b[0]) % p
        return x, (slope * (a[0] - x) - a[1]) % p

    def multiply(self, scalar, point):
        result = None
        while scalar:
            if scalar & 1:
                result = self.add(result, point)
            point = self.add(point, point)
            scalar >>= 1
        return result

    def verify(self, key, message, signature):
        r, s = numbers_of_der(signature)
        if not (0 < r < self.n and 0 < s < self.n):
            return False
        hashed, inverse = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, self.n)
        point = self.add(self.multiply(hashed * inverse % self.n, self.base), self.multiply(r * inverse % self.n, key))
        return point is not None and point[0] % self.n == r


P256 = Curve(32, 2**256 - 2**224 + 2**192 + 2**96 - 1, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
             0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
             0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
             0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
P384 = Curve(48, 2**384 - 2**128 - 2**96 + 2**32 - 1,
             0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
             0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
             0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
             0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f)


def numbers_of_der(data):
    """r and s of SEQUENCE { INTEGER r, INTEGER s } in its only form; zeros when it is none."""
    if data[:1] != b"\x30" or len(data) < 2 or data[1] != len(data) - 2 or data[1] > 127:
        return 0, 0
    numbers, rest = [], data[2:]
    while rest:
        length = rest[1] if len(rest) > 1 else 0
        number, following = rest[2:2 + length], rest[2 + length:]
        if rest[0] != 2 or length == 0 or len(number) != length:
            return 0, 0
        if number[0] > 127 or (length > 1 and number[0] == 0 and number[1] < 128):  # negative, or longer than need be
            return 0, 0
        numbers.append(int.from_bytes(number, "big"))
        rest = following
    return tuple(numbers) if len(numbers) == 2 else (0, 0)


# --- A State's public key: PEM of a SubjectPublicKeyInfo (RFC 5480, RFC 8410). Each kind begins with bytes of its own.

KINDS_OF_KEY = [("302a300506032b6570032100", None, 32), ("3059301306072a8648ce3d020106082a8648ce3d030107034200", P256, 65),
                ("3076301006072a8648ce3d020106052b81040022036200", P384, 97)]


def from_pem_text(text):
    try:
        return from_base64(text, None, "")
    except NotGenuine:
        return b""


class StateKey:
    def __init__(self, state, pem):
        match = re.search(r"^\ufeff?-----BEGIN PUBLIC KEY-----[ \t\r]*\n([A-Za-z0-9+/=\s]*)\n-----END PUBLIC KEY-----[ \t\r]*$", pem, re.MULTILINE)
        text = "".join(match[1].split()) if match and pem.count("-----BEGIN ") == 1 else ""
        der = from_pem_text(text)
        self.state, self.fingerprint = state, hashlib.sha256(der).hexdigest()
        for head, curve, length in KINDS_OF_KEY:
            if der.startswith(bytes.fromhex(head)) and len(der) == len(head) // 2 + length:
                self.curve, self.key = curve, der[-length:]
                if curve:
                    self.key = curve.point(self.key)
                if self.key if curve else is_key_point(decode_point(self.key)):
                    return
        raise ValueError("it is no public key of a State: PEM (BEGIN PUBLIC KEY), Ed25519 or ECDSA on P-256 or P-384")

    def names(self, state, fingerprint):
        return self.state == state and self.fingerprint == fingerprint

    def verify(self, message, signature):
        return self.curve.verify(self.key, message, signature) if self.curve else ed25519_verify(self.key, message, signature)


def known_state_keys(arguments):
    """Those that the command line gives with --state-key."""
    keys = []
    for text in arguments.state_key or []:
        state, separator, path = text.partition("=")
        if not separator or not re.fullmatch("[A-Z]{2}", state):
            raise ValueError("a State's key is given as CL=FILE, with the State's code")
        with open(path, encoding="utf-8") as file:
            pem = file.read(MAX_STATE_KEY_BYTES)
        try:
            keys.append(StateKey(state, pem))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    return keys


# --- Signed notes and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.

def parse_key(text, first=0, last=None):
    """Name, ID and key; and the first and last entry whose checkpoints it signs (last: None, no end)."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(r"[^\s+]+", parts[0]):
        raise ValueError("a key has the form NAME+ID+KEY, as /v1/log/key gives it in \"text\"")
    name, key_id, encoded = parts
    typed = base64.b64decode(encoded, validate=True)
    if len(typed) != 33 or typed[0] != 1 or base64.b64encode(typed).decode() != encoded:
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
                keys += parse_keys(parse_json(file.read()))
        except (ValueError, KeyError, TypeError, AttributeError, NotGenuine):
            raise ValueError(f"{arguments.keys} does not hold keys as /v1/log/key gives them") from None
    return keys


def add_key_options(parser):
    parser.add_argument("--key", action="append", metavar="NAME+ID+KEY", help="a key of the log that you know from elsewhere; may be given several times")
    parser.add_argument("--keys", metavar="LIST", help="a file with such keys, as /v1/log/key gives them: each counts in its own time alone")


def add_state_key_option(parser):
    parser.add_argument("--state-key", action="append", metavar="CL=FILE",
                        help="a public key (PEM) of a State that you know from elsewhere; may be given several times")


def open_note(note, keys, what, origin=None):
    """The lines that one of the keys signed. Its key bears the log's name: origin, or else the first line."""
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")[:-1]
    is_plain = all(character >= " " or character == "\n" for character in note)
    if not separator or not signatures.endswith("\n") or len(lines) < 3 or not all(lines) or not is_plain or len(note.encode()) > MAX_NOTE_BYTES:
        raise NotGenuine(f"{what} is no signed note")
    signed, signature_lines = False, signatures[:-1].split("\n")
    for line in signature_lines:
        match = re.fullmatch(r"\u2014 ([^\s+]+) ([^ ]+)", line)
        data = from_base64(match[2], None, "a signature") if match else b""
        if len(data) <= 4 or len(signature_lines) > MAX_SIGNATURES:
            raise NotGenuine(f"{what} has a line that is no signature")
        for name, key_id, key, *_ in keys:
            if name == match[1] == (origin or lines[0]) and key_id == data[:4]:
                if not ed25519_verify(key, text.encode(), data[4:]):
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


def leaf_of(entry):
    return hashlib.sha256(b"\x00" + canonical(entry)).digest()


# --- What an entry commits to: SHA-256(tag || salt || canonical value). The tag names the member, the kind of entry and its number: no
# --- commitment can be moved to another place.

CONTENT_KINDS = {"report_submitted", "report_published", "nomination_made", "nomination_recorded", "contact_listed", "contact_amended"}
AUDIENCE_KINDS = {"report_label_changed", "report_recipients_changed"}
STATEMENT_MARK, MAX_STATEMENT_BYTES = b"cbmx-statement/v1\n", 4096
SAID_OF_ENTRY = ("origin", "kind", "subject", "version", "content", "label", "recipients")


def hashed(*parts):
    return base64.b64encode(hashlib.sha256(b"".join(parts)).digest()).decode()


def commitment(part, kind, seq, salt, value):
    """In base64, as the salt; None when the value cannot have been committed to."""
    try:
        return hashed(f"cbmx/commitment/v1\n{part}\n{kind}\n{seq}\n".encode(), base64.b64decode(salt), canonical(value))
    except NotGenuine:
        return None


def shown_in(opening):
    return opening["content"] if "content" in opening else opening["record"]


def is_opening_of(entry, opening):
    """Whether it has the form of one: with those members that the entry's kind and the entry's own members ask for."""
    wanted = "content" if entry["kind"] in CONTENT_KINDS else "record"
    return OPENING(opening) and [name for name in ("content", "record") if name in opening] == [wanted] and \
        len({"authority" in entry, "authority" in opening, "authority_salt" in opening}) == 1 and ("statement" in entry) == ("statement" in opening)


def faults_of_opening(entry, opening):
    """Of every value that is shown: whether its hash, with its salt, stands in the entry."""
    def committed(part, salt, value):
        return commitment(part, entry["kind"], entry["seq"], salt, value)

    actor, recipients, statement = opening.get("actor"), opening.get("recipients"), opening.get("statement")
    if committed("commitment", opening["salt"], shown_in(opening)) != entry["commitment"]:
        yield "its content is not what the entry commits to"
    if recipients and ("audience" not in entry or committed("recipients", recipients["salt"], recipients["list"]) != entry["audience"]["recipients"]):
        yield "its recipients are not those that the entry commits to"
    if "authority" in opening and committed("authority", opening["authority_salt"], opening["authority"]) != entry["authority"]:
        yield "its authority is not the one that the entry commits to"
    if actor and committed("actor", actor["salt"], actor["account"]) != entry["actor"]["handle"]:
        yield "its actor is not the one that the entry commits to"
    if statement and committed("statement", statement["salt"], {name: statement[name] for name in ("signature", "statement")}) != entry["statement"]:
        yield "its statement is not the one that the entry commits to"


def fault_of_statement(entry, opening, origin, state_keys):
    """What is wrong with a statement that the entry commits to; None: nothing. A key that was not given says nothing of its signature."""
    statement, signature = opening["statement"]["statement"], opening["statement"]["signature"]
    signed = STATEMENT_MARK + canonical(statement)
    if not STATEMENT(statement) or ("label" in statement) != ("recipients" in statement) or len(signed) > MAX_STATEMENT_BYTES:
        return "its statement has not the form of one"
    said = {"origin": origin, "kind": entry["kind"], "subject": entry["subject"], "version": entry["version"],
            "content": hashed(base64.b64decode(opening["salt"]), canonical(shown_in(opening)))}
    if "audience" in entry:
        recipients = opening.get("recipients")
        said["label"] = entry["audience"]["label"]
        said["recipients"] = hashed(base64.b64decode(recipients["salt"]), canonical(recipients["list"])) if recipients else statement.get("recipients", "")
    for name in SAID_OF_ENTRY:
        if not same(statement.get(name), said.get(name)):
            return f"its statement is not about this entry: {name}"
    made, accepted = time_of(statement["time"]), time_of(entry["at"])
    if not made or not accepted or "." in statement["time"] or not 0 <= (accepted - made).total_seconds() <= LONGEST_WAIT:
        return "its statement is not about this entry: time"
    if entry["state"] is None:
        return "its statement is not about this entry: state"
    for key in state_keys:
        if key.names(entry["state"], statement["key"]) and not key.verify(signed, base64.b64decode(signature)):
            return "the signature of its statement is wrong"
    return None


def word_of_state(entry, opening, state_keys):
    """Whose word the entry is, as far as it shows; empty: no State's."""
    state = entry["state"]
    if state is None:
        return ""
    if "statement" in entry:
        if opening is None:
            return f"a statement of {state} stands behind it, which is not shown"
        key = opening["statement"]["statement"]["key"]
        is_given = any(given.names(state, key) for given in state_keys)
        return f"signed with a key of {state}" if is_given else f"signed with key {key} of {state}, which you did not give"
    return f"accepted from an account of {state}; not signed with a key of {state}'s" if "authority" in entry else ""


# --- The receipt, and the sentence that says what it proves.

class Keys:
    """Those that the command line gives: of the log, and of States."""

    def __init__(self, log, states=()):
        self.log, self.states = log, list(states)


def check_receipt(receipt, opening, keys):
    """Origin and size of the log that the receipt proves the entry to stand in."""
    if not RECEIPT(receipt):
        raise NotGenuine("it has not the form of a receipt")
    entry, index = receipt["entry"], receipt["index"]
    if entry["seq"] != index:
        raise NotGenuine("the entry's own number is not its position in the log")
    try:
        origin, size, root = open_checkpoint(receipt["checkpoint"], keys.log)
    except NotGenuine:
        raise NotGenuine("its checkpoint is not signed by a key that you gave") from None
    if not names_are_ascii(entry) or root_from(leaf_of(entry), index, size, [base64.b64decode(node) for node in receipt["proof"]]) != root:
        raise NotGenuine("the entry does not stand in the tree that the log signed")
    if opening is not None:
        check_opening(entry, opening, origin, keys)
    return origin, size


def check_opening(entry, opening, origin, keys):
    if not is_opening_of(entry, opening):
        raise NotGenuine("its opening has not the form of one")
    for fault in faults_of_opening(entry, opening):
        raise NotGenuine(fault)
    fault = fault_of_statement(entry, opening, origin, keys.states) if "statement" in opening else None
    if fault:
        raise NotGenuine(fault)


def authority_in_words(authority):
    words = {"note_verbale": f"by note verbale {authority.get('number', '')} of {authority.get('date', '')}",
             "nominating_authority": "by its nominating authority", "operator": "by the operator", "demonstration": "for a demonstration"}
    return f"the account acted {words[authority['by']]}" if authority["by"] in words else ""


def sentence(entry, opening, origin, size, keys, unvouched=()):
    shown, subject = opening or {}, entry["subject"]
    homes = ([entry["state"]] if entry["state"] else []) + ([f"office {entry['office']}"] if "office" in entry else [])
    about = f"entry {entry['seq']} ({entry['kind']}, {entry['at']}) of {', '.join(homes) or 'the portal'} about {subject['kind']} {subject['id']}"
    about += f", version {entry['version']}"
    about += f", revision {entry['revision']}" if "revision" in entry else ""
    about += f", {entry['audience']['label']}" if "audience" in entry else ""
    about += f", for {', '.join(shown['recipients']['list']) or 'nobody else'}" if "recipients" in shown else ""
    pieces = [f"{about}, in the log {origin} of size {size}", "what it commits to is not shown" if opening is None else "what is shown is what it commits to"]
    pieces += [f"by account {shown['actor']['account']}"] if "actor" in shown else []
    pieces += [authority_in_words(shown["authority"])] if "authority" in shown else []
    pieces += [word_of_state(entry, opening, keys.states)]
    pieces += [f"not vouched for: {', '.join(sorted(unvouched))}"] if unvouched else []
    return "; ".join(piece for piece in [*pieces, "it may have been superseded since"] if piece)


# --- What stands beside receipt and opening in the answer to a write: equal to what they say, or named as not vouched for.

IS_PROPOSAL = names_are("home", "kind", "body", "subject", "proposed_by", "credential", "by_secretariat", "status", "decided_by", "created_at", "due_at")
STATES_OF_REPORT = {"report_submitted": "submitted", "report_published": "published"}


class Beside:
    def __init__(self, entry, opening, answer):
        self.entry, self.opening, self.answer, self.unvouched = entry, opening, answer, set()
        self.record, self.is_content_proven = (opening or {}).get("record", {}), False

    def check(self):
        """The names of what nothing vouches for."""
        answer, content = self.answer, self.answer.get("content")
        if same(answer["id"], self.entry["subject"]["id"]):
            if "content" in answer:
                self.is_content_proven = self.check_content()
                self.check_meta()
        elif self.entry["kind"] == "proposal_scheduled" and "subject" in self.record and same(self.record["subject"], answer["id"]):
            self.leave_all()
        elif ((content is None and self.opening is None) or IS_PROPOSAL(content)) and self.entry["subject"]["kind"] != "proposal":
            self.leave_all()
            self.unvouched.add("id")
        else:
            self.differs("id")
        self.leave("limits", answer.get("limits"))
        return self.unvouched

    @staticmethod
    def differs(name):
        raise NotGenuine(f"what stands beside the opening is not what it says: {name}")

    def leave(self, name, value):
        if value is not None and not (name == "meta.notices" and value == []):
            self.unvouched.add(name)

    def leave_all(self):
        for name in ("content", "salt"):
            self.leave(name, self.answer.get(name))
        for name, value in (self.answer.get("meta") or {}).items():
            self.leave("meta." + name, value)

    def check_content(self):
        """Whether the entry vouches for it."""
        content, salt, opening = self.answer["content"], self.answer["salt"], self.opening
        if content is None:
            if salt is not None:
                self.differs("salt")
            return False
        if opening is None:
            if not is_hash(salt) or commitment("commitment", self.entry["kind"], self.entry["seq"], salt, content) != self.entry["commitment"]:
                self.differs("content")
            return True
        if same(content, shown_in(opening)):
            if salt is not None and salt != opening["salt"]:
                self.differs("salt")
            return True
        if "content" in opening or salt == opening["salt"]:
            self.differs("content")
        self.leave("content", content)
        self.leave("salt", salt)
        return False

    def said_of(self, name):
        """Where entry or opening say something of a member of meta: an object that has it, and under which name."""
        if name in ("version", "revision", "state"):
            return self.entry, name
        if name == "label":
            return self.entry.get("audience", {}), name
        if name == "recipients":
            return (self.opening or {}).get("recipients", {}), "list"
        if name in ("changed_seq", "seq", "content_seq"):
            return self.entry if name == "changed_seq" or self.is_content_proven else {}, "seq"
        if name != "workflow_state":
            return self.record, name
        if self.entry["kind"] in STATES_OF_REPORT:
            return STATES_OF_REPORT, self.entry["kind"]
        return self.record, "record_state" if "record_state" in self.record else "draft_state"

    def check_meta(self):
        for name, value in sorted(self.answer["meta"].items()):
            holder, said = self.said_of(name)
            if said not in holder:
                self.leave("meta." + name, value)
            elif not same(value, readers_of(holder[said]) if name == "recipients" else holder[said]):
                self.differs("meta." + name)


def readers_of(recipients):
    """meta.recipients names who reads; the entry's list also says from which revision on: "state:PE#2"."""
    return [each.partition("#")[0] for each in recipients]


# --- The shapes in which the portal gives receipts, and no others. Each function gives the sentences for what it holds: none, where the
# --- receipt is null, since what was written is no entry.

NO_SHAPE = "it is no receipt, and no answer that holds one"
THREE = {"content", "salt", "meta"}
META = set("""age_days approvers attesters carried_from changed_seq check_words confirmation_due_at confirmed_at content_seq created_at decided_at draft
    ends_at entered_by erased freshness freshness_text home keys_expiring label last_used_at local_time measure minimal_for needs notice
    notices period published_at reachability_confirmed_at reachable_now reason recipients registered_seq return_reason revision scope seq state
    state_position status superseded unofficial updated_at version workflow_state""".split())
IS_RECEIPT = names_are("v", "entry", "index", "proof", "checkpoint")
IS_BATCH = names_are("goal", "mode", "created_at", "accepted", "known", "refused", "waiting", "items")
TOMBSTONE = form({"seq": is_any, "tombstone": lambda value: value is True, "subject": names_are("kind", "id"), "leaf_hash": is_any})
PROVEN_CHANGE, FED_CHANGE = (names_are("seq", "entry", "leaf_hash", "opening", last) for last in ("receipt", "record"))


def is_pair(value, *more):
    """Receipt and opening, with some of the other members: without a receipt there is no opening."""
    names = names_of(value)
    return {"receipt", "opening"} <= names <= {"receipt", "opening", *more} and (value["receipt"] is not None or value["opening"] is None)


BATCH_ITEM = form({"item": is_any, "outcome": is_any, "subject": or_null(names_are("kind", "id")), "state": is_any, "receipts": list_of(is_pair),
                   "errors": list_of(form({"pointer": is_any, "code": is_any, "detail": is_any}, {"item": is_any, "line": is_any, "column": is_any}))},
                  {"line": is_any})


def is_written(value):
    """The answer to a write: the record beside receipt and opening."""
    names = names_of(value)
    return is_pair(value, "id", "limits", "openings", *THREE) and "id" in names and is_text(value["id"]) and len(names & THREE) in (0, 3) and \
        is_object(value.get("meta", {})) and set(value.get("meta", {})) <= META and isinstance(value.get("openings", []), list)


def in_pair(value, keys):
    """{receipt}, {receipt, opening} or {receipt, opening, publication}."""
    receipt, opening = value["receipt"], value.get("opening")
    if receipt is None:
        if "publication" in value:
            raise NotGenuine(NO_SHAPE)
        return []
    origin, size = check_receipt(receipt, opening, keys)
    sentences = [sentence(receipt["entry"], opening, origin, size, keys)]
    return sentences + (at("the publication: ", in_publication, value["publication"], receipt["entry"], keys) if "publication" in value else [])


def in_publication(value, change, keys):
    """Comes with the receipt of a change of label or recipients, for who can read the report since then."""
    if change["kind"] not in AUDIENCE_KINDS or not is_pair(value) or value["receipt"] is None:
        raise NotGenuine(NO_SHAPE)
    found, entry = in_pair(value, keys), value["receipt"]["entry"]
    if entry["kind"] != "report_published" or entry["seq"] >= change["seq"] or not all(same(entry.get(name), change.get(name)) for name in ("subject", "revision")):
        raise NotGenuine("it is not the publication that the change is about")
    return found


def in_written(value, keys):
    receipt, opening = value["receipt"], value["opening"]
    if receipt is None:
        return []
    origin, size = check_receipt(receipt, opening, keys)
    entry = receipt["entry"]
    sentences = [sentence(entry, opening, origin, size, keys, Beside(entry, opening, value).check())]
    about = (opening or {}).get("record", {}).get("subject") if entry["subject"]["kind"] == "proposal" else entry["subject"]["id"]
    for number, each in enumerate(value.get("openings", []), 1):
        sentences += at(f"opening {number}: ", in_openings, each, about, keys)
    return sentences


def in_openings(value, about, keys):
    """All of a report come with the answer to the proposal to erase it."""
    if not is_pair(value) or value["receipt"] is None:
        raise NotGenuine(NO_SHAPE)
    found = in_pair(value, keys)
    if value["receipt"]["entry"]["subject"]["id"] != about:
        raise NotGenuine("it is of another record")
    return found


def in_change(value, keys):
    """A line of an export's changes.ndjson."""
    receipt, opening = value["receipt"], value["opening"]
    origin, size = check_receipt(receipt, None, keys)
    entry = receipt["entry"]
    if not same(entry, value["entry"]):
        raise NotGenuine("its receipt is of another entry")
    if not same(value["seq"], entry["seq"]) or value["leaf_hash"] != base64.b64encode(leaf_of(entry)).decode():
        raise NotGenuine("its leaf hash is not that of the entry")
    if opening is not None:
        check_opening(entry, opening, origin, keys)
    return [sentence(entry, opening, origin, size, keys)]


def in_batch_receipt(value, subject, keys):
    found = in_pair(value, keys)
    if found and not same(value["receipt"]["entry"]["subject"], subject):
        raise NotGenuine("it is of another record")
    return found


def in_batch(items, keys):
    return [line for number, item in enumerate(items, 1) for count, each in enumerate(item["receipts"], 1)
            for line in at(f"item {number}, receipt {count}: ", in_batch_receipt, each, item["subject"], keys)]


def in_single(value, keys):
    if IS_RECEIPT(value):
        return in_pair({"receipt": value}, keys)
    if names_of(value) == {"receipt"} or is_pair(value, "publication"):
        return in_pair(value, keys)
    if is_written(value):
        return in_written(value, keys)
    if PROVEN_CHANGE(value):
        return in_change(value, keys)
    if FED_CHANGE(value):
        raise NotGenuine("nothing in it is signed: a page of the change feed holds no receipts")
    if TOMBSTONE(value):
        return []
    raise NotGenuine(NO_SHAPE)


def in_list(items, keys):
    return [line for number, item in enumerate(items, 1) for line in at(f"item {number}: ", in_single, item, keys)]


def in_file(value, keys):
    """The sentences for all receipts in the file, and for what else it says."""
    names, more = names_of(value), []
    if isinstance(value, list):
        sentences = in_list(value, keys)
    elif names in ({"items"}, {"items", "complete_up_to", "next"}) and isinstance(value["items"], list):
        sentences, more = in_list(value["items"], keys), ["complete_up_to, next"] if len(names) > 1 else []
    elif names == {"id", "content"} and IS_BATCH(value["content"]) and list_of(BATCH_ITEM)(value["content"]["items"]):
        sentences, more = in_batch(value["content"]["items"], keys), ["what else the answer of the batch says"]
    else:
        sentences = in_single(value, keys)
    if not sentences:
        raise NotGenuine("it holds no receipt")
    return [f"genuine: {each}" for each in sentences] + [f"not vouched for: {each}" for each in more]


def verdict(data, keys):
    """The lines to print and the exit code."""
    try:
        return in_file(parse_json(data), keys), 0
    except NotGenuine as error:
        return [f"NOT genuine: {error}"], 1


def read_file(path):
    """Raises OSError or ValueError."""
    if path == "-":
        data = sys.stdin.buffer.read(MAX_RECEIPT_BYTES + 1)
    else:
        with open(path, "rb") as file:
            data = file.read(MAX_RECEIPT_BYTES + 1)
    if len(data) > MAX_RECEIPT_BYTES:
        raise ValueError(f"{path}: it is larger than {MAX_RECEIPT_BYTES // 2**20} MiB")
    return data


def main():
    parser = argparse.ArgumentParser(description="Check receipts of the portal, without the portal.")
    add_key_options(parser)
    add_state_key_option(parser)
    parser.add_argument("file", help="a receipt, or an answer that holds some; -: standard input")
    arguments = parser.parse_args()
    if not arguments.key and not arguments.keys:
        parser.error("give a key that you know: --key or --keys")
    try:
        keys = Keys(known_keys(arguments), known_state_keys(arguments))
        data = read_file(arguments.file)
    except (OSError, ValueError) as error:
        print(f"verify_receipt.py: {error}", file=sys.stderr)
        return 2
    lines, code = verdict(data, keys)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
