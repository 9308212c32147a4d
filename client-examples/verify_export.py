#!/usr/bin/env python3
"""Checks an export of the portal without the portal: Python's standard library and verify_receipt.py beside it, no code of
the server. Says whether the archive is genuine and every position of the log accounted for, or names what was changed,
dropped, swapped, forged or added; `cbmx verify` says the same in the same words.

usage: verify_export.py [--key 'NAME+ID+KEY']... [--keys LIST] [--state-key CL=FILE]... [--after EARLIER.zip] FILE.zip
--state-key: a public key (PEM) of a State, from elsewhere: whose signed statements the archive then shows to be that State's.
--after: the earlier export that this one goes on from (GET /v1/export?after=SIZE).
Exit code: 0 genuine, 1 not genuine, 2 the file or the command line.
"""
import argparse
import base64
import hashlib
import os
import re
import struct
import sys
import zlib

from verify_receipt import (ENTRY, PROVEN_CHANGE, TOMBSTONE, Keys, NotGenuine, add_key_options, add_state_key_option, check_receipt, commitment,
                            fault_of_statement, faults_of_opening, from_base64, is_number, is_opening_of, is_signed, is_version, known_keys,
                            known_state_keys, leaf_of, names_are_ascii, open_checkpoint, open_note, parse_json, parse_key, parse_keys, root_from,
                            same, word_of_state)

MARK = "cbmx-export/v1"
MAX_FAULTS = 100
MAX_POSITIONS = 10_000_000
MAX_FILES, MAX_PATH = 1_000_000, 200  # of an archive
MAX_FILE_BYTES, MAX_ALL_BYTES = 2**33, 2**36  # unpacked
MAX_NOTE_BYTES, MAX_KEYS_BYTES, MAX_RECORD_BYTES, MAX_LIST_BYTES = 10**6, 10**6, 2**24, 2**26
MAX_LINE_BYTES, MAX_CHANGE_BYTES = 1000, 2**24
PIECE_BYTES = 65536
NOT_YET = 2**63 - 1  # a key that begins beyond the archive
PATH = r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*"
FOLDERS = {"reports": "report", "contacts": "contact", "nominations": "nomination", "drafts": "report", "revisions": "report"}
# Lists, their kind of record, and whether a reader of one is shown the entries about its records.
LISTS = {"states": ("state", True), "measures": ("measure", True), "periods": ("period", True), "office-terms": ("office_term", True), "documents": ("document", True),
         "accounts": ("account", False), "enrolments": ("enrolment", False), "credentials": ("credential", False),
         "delegations": ("delegation", False), "signing-keys": ("signing_key", True), "proposals": ("proposal", False), "settings": ("state_settings", False),
         "quotas": ("state_quotas", False)}
CONTENT_KINDS = {"report_published", "nomination_made", "nomination_recorded", "contact_listed", "contact_amended"}
DONE_BY_PORTAL = {"enrolment_ended", "credential_claimed", "delegation_ended", "proposal_made", "proposal_confirmed", "proposal_ended", "report_erased",
                  "state_settings_changed", "state_access_changed", "nomination_erased", "contact_erased", "account_erased"}
ROLES_OF_STATE = {"contact", "nominator", "drafter", "approver"}
READERS_KINDS = {"report_published", "report_label_changed", "report_recipients_changed", "report_withdrawn",
                 "report_restored", "report_erased"}
MALFORMED = (KeyError, TypeError, AttributeError, IndexError, ValueError)


def hashed(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hash_or_none(text):
    try:
        return from_base64(text, 32, "a hash")
    except NotGenuine:
        return None


def commits(facts, seq, salt, value):
    """Whether the entry of that number commits to the value."""
    return hash_or_none(salt) is not None and commitment("commitment", facts["kind"], seq, salt, value) == facts["commitment"]


def key_text(name, key_id, key, *_):
    return f"{name}+{key_id.hex()}+{base64.b64encode(bytes([1]) + key).decode()}"


# --- The archive: a ZIP in the one form that the portal writes. Nothing is unpacked from any other place than its own, and a byte
# that is another than the portal's, or stands where none belongs, is a fault.

SATURATED = 0xFFFFFFFF  # stands for a number that has its place in an extra field (ZIP64)
FIRST_DAY = 0x21  # 1980-01-01: the time of every file
LOCAL = (("mark", 0, 4), ("version", 4, 2), ("flags", 6, 2), ("method", 8, 2), ("time", 10, 4), ("checksum", 14, 4), ("packed size", 18, 4), ("size", 22, 4),
         ("name", 26, 2), ("extra field", 28, 2))
CENTRAL = (("mark", 0, 4), ("version", 4, 4), ("flags", 8, 2), ("method", 10, 2), ("time", 12, 4), ("checksum", 16, 4), ("packed size", 20, 4), ("size", 24, 4),
           ("name", 28, 2), ("extra field", 30, 2), ("comment", 32, 2), ("disk number", 34, 2), ("attributes", 36, 6), ("place", 42, 4))


class Packed:
    """What the headers of one file say."""

    def __init__(self, path, deflated, checksum, packed_size, size, offset):
        self.path, self.deflated, self.checksum, self.packed_size, self.size, self.offset = path, deflated, checksum, packed_size, size, offset
        self.begin = 0  # of its packed bytes

    def large_numbers(self, with_offset):
        numbers = [self.size, self.packed_size] if max(self.size, self.packed_size) >= SATURATED else []
        numbers += [self.offset] if with_offset and self.offset >= SATURATED else []
        return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""

    def facts(self, extra):
        beyond, version = max(self.size, self.packed_size) >= SATURATED, 45 if max(self.size, self.packed_size, self.offset) >= SATURATED else 20
        sizes = (SATURATED, SATURATED) if beyond else (self.packed_size, self.size)
        return version, struct.pack("<HHHHHIIIHH", version, 0, 8 if self.deflated else 0, 0, FIRST_DAY, self.checksum, *sizes, len(self.path), len(extra))

    def local_header(self):
        extra = self.large_numbers(False)
        return b"PK\x03\x04" + self.facts(extra)[1] + self.path.encode() + extra

    def central_header(self):
        extra = self.large_numbers(True)
        version, facts = self.facts(extra)
        return (b"PK\x01\x02" + struct.pack("<H", version) + facts + struct.pack("<HHHII", 0, 0, 0, 0, min(self.offset, SATURATED)) +
                self.path.encode() + extra)


def end_of_archive(files, offset, size):
    end = b""
    if files >= 0xFFFF or offset >= SATURATED or size >= SATURATED:
        end = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, files, files, size, offset) + b"PK\x06\x07" + struct.pack("<IQI", 0, (offset + size) % 2**64, 1)
    count = min(files, 0xFFFF)
    return end + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, min(size, SATURATED), min(offset, SATURATED), 0)


def difference(fields, header, expected, path):
    """The field in which a header is another than the portal's; None: none."""
    for name, at, size in fields:
        if header[at:at + size] != expected[at:at + size]:
            return name
    at = fields[-1][1] + fields[-1][2]
    if header[at:at + len(path)] != expected[at:at + len(path)]:
        return "name"
    return None if header == expected else "extra field"


class Archive:
    """Raises NotGenuine when it is not clear what is in it."""

    def __init__(self, file):
        self.file, self.size, self.files = file, os.fstat(file.fileno()).st_size, {}
        self.deviation = None  # the first thing in which it is no export's although it is clear what is in it
        self.look_through(*self.end())

    def bytes(self, offset, count):
        if offset >= self.size:
            return b""
        self.file.seek(offset)
        return self.file.read(min(count, self.size - offset))

    def deviates(self, sentence):
        self.deviation = self.deviation or sentence

    def end(self):
        """Number of files, place and size of the table of contents."""
        def none(why):
            return NotGenuine("it cannot be read as a ZIP archive: " + why)

        last = self.bytes(self.size - 22, 22) if self.size >= 22 else b""
        if last[:4] != b"PK\x05\x06":
            raise none("it does not end as one does")
        files, size, offset = struct.unpack("<10xHII2x", last)
        if (files == 0xFFFF or SATURATED in (size, offset)) and self.size >= 98:
            files, size, offset = struct.unpack("<32xQQQ", self.bytes(self.size - 98, 56))
        expected = end_of_archive(files, offset, size)
        before = self.size - len(expected)
        if before < 0 or self.bytes(before, len(expected)) != expected:
            raise none("its end has another form than an export's")
        if offset > before or size != before - offset:
            raise none("its table of contents is not right before its end")
        return files, offset, size

    def look_through(self, files, table, table_size):
        if files > MAX_FILES:
            raise NotGenuine(f"it holds more than {MAX_FILES} files")
        at, following, total, last = table, 0, 0, ""
        for number in range(1, files + 1):
            file, at = self.next_file(number, at, table + table_size)
            path, total = file.path, total + file.size
            if file.size > MAX_FILE_BYTES or total > MAX_ALL_BYTES:
                raise NotGenuine(f"{path} is too large, or all files together are")
            if path in self.files:
                raise NotGenuine(f"{path} is in it twice")
            if file.offset != following:
                self.deviates(f"{path} does not stand at its beginning" if number == 1 else f"{path} does not begin where the file before it ends")
            if path < last:
                self.deviates("its files are not in the order of their names")
            file.begin = self.begin_of(file)
            following, last = file.begin + file.packed_size, path
            if following > table:
                raise NotGenuine(f"{path} is not where its table of contents says")
            self.files[path] = file
        if at != table + table_size:
            raise NotGenuine("it cannot be read as a ZIP archive: its table of contents goes on after its last file")
        if following != table:
            self.deviates("something stands between its last file and its table of contents")

    def next_file(self, number, at, end):
        """The file of which the table of contents tells there, and where it goes on."""
        header = self.bytes(at, min(46, end - at))
        if len(header) < 46 or header[:4] != b"PK\x01\x02":
            raise NotGenuine(f"what it says of its file {number} cannot be read")
        flags, method, checksum, packed_size, size, path_bytes, extra_bytes, comment_bytes, offset = struct.unpack("<8xHH4xIIIHHH8xI", header)
        at += 46 + path_bytes + extra_bytes + comment_bytes
        if at > end:
            raise NotGenuine(f"what it says of its file {number} cannot be read")
        header += self.bytes(at - path_bytes - extra_bytes - comment_bytes, path_bytes + extra_bytes + comment_bytes)
        path = header[46:46 + path_bytes].decode("latin-1")
        if len(path) > MAX_PATH or not re.fullmatch(PATH, path, re.ASCII):
            raise NotGenuine(f"a file in it has a name that no export gives: its file {number}")
        file = Packed(path, method == 8, checksum, packed_size, size, offset)
        beyond = [name for name in ("size", "packed_size") if size == packed_size == SATURATED] + (["offset"] if offset == SATURATED else [])
        if beyond:
            extra = header[46 + path_bytes:46 + path_bytes + extra_bytes]
            if len(extra) != 4 + 8 * len(beyond) or extra[:2] != b"\x01\x00":
                raise NotGenuine(f"what it says of its file {number} cannot be read")
            for name, value in zip(beyond, struct.unpack(f"<4x{len(beyond)}Q", extra)):
                setattr(file, name, value)
        if not (method == 8 or (method == 0 and file.packed_size == file.size)) or flags & 1:
            raise NotGenuine(f"{path} is packed in a way that no export uses")
        field = difference(CENTRAL, header, file.central_header(), path)
        if field:
            self.deviates(f"{path} is not packed as an export packs it: its {field} in the table of contents")
        return file, at

    def begin_of(self, file):
        header = self.bytes(file.offset, 30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise NotGenuine(f"{file.path} is not where its table of contents says")
        rest = sum(struct.unpack("<26xHH", header))
        field = difference(LOCAL, header + self.bytes(file.offset + 30, rest), file.local_header(), file.path)
        if field:
            self.deviates(f"{file.path} is not packed as an export packs it: its {field} in its own header")
        return file.offset + 30 + rest

    def pieces(self, path):
        """What is in the file, piece by piece, and never more than the stated size."""
        if path not in self.files:
            raise NotGenuine("it is missing")
        file, checksum = self.files[path], 0
        for piece in self.inflated(file) if file.deflated else self.packed_pieces(file):
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if checksum != file.checksum:
            raise NotGenuine("it has not the checksum that the archive says")

    def packed_pieces(self, file):
        for done in range(0, file.packed_size, PIECE_BYTES):
            yield self.bytes(file.begin + done, min(PIECE_BYTES, file.packed_size - done))

    def inflated(self, file):
        stream, left = zlib.decompressobj(-15), file.size
        for packed in self.packed_pieces(file):
            full = True
            while not stream.eof and (packed or full):
                room = min(PIECE_BYTES, left + 1)
                try:
                    piece = stream.decompress(packed, room)
                except zlib.error:
                    raise NotGenuine("it cannot be unpacked: its packed bytes are damaged") from None
                if len(piece) > left:
                    raise NotGenuine("it has not the size that the archive says")
                left, packed, full = left - len(piece), stream.unconsumed_tail, len(piece) == room
                if piece:
                    yield piece
            if packed or stream.unused_data:
                raise NotGenuine("it cannot be unpacked: something follows its packed bytes")
        if not stream.eof:
            raise NotGenuine("it cannot be unpacked: its packed bytes end too early")
        if left:
            raise NotGenuine("it has not the size that the archive says")


class Tree:
    """The roots of a growing tree (RFC 6962): one hash for each complete subtree along its right edge."""

    def __init__(self, leaves, after=0, edge=()):
        """leaves: from the position after on; edge: the roots below it, largest first."""
        self.leaves, self.after, self.begin = leaves, after, list(edge)
        self.size, self.edge = after, list(edge)

    def root_at(self, size):
        if size < self.size:  # sizes come in order, unless somebody changed them
            self.size, self.edge = self.after, list(self.begin)
        while self.size < size:
            node, count = self.leaves[self.size - self.after], self.size
            while count & 1:
                node, count = hashed(b"\x01", self.edge.pop(), node), count >> 1
            self.edge.append(node)
            self.size += 1
        root = self.edge[-1] if self.edge else hashed()
        for node in reversed(self.edge[:-1]):
            root = hashed(b"\x01", node, root)
        return root


class Export:
    def __init__(self, archive, keys):
        self.archive, self.paths = archive, sorted(archive.files)
        self.files, self.notes = set(self.paths), {path[6:70] for path in self.paths if path.startswith("files/")}
        self.keys, self.keys_are_its_own, self.all_keys, self.state_keys, self.words = keys.log, not keys.log, [], keys.states, {}
        self.listed_keys, self.named_keys, self.keys_are_named = [], [], True
        self.faults, self.further, self.size, self.leaves, self.root = [], 0, 0, [], None
        self.manifest, self.manifest_note = [""] * 7, ""
        self.key = self.place = ""
        self.entries, self.subjects, self.trees = {}, {}, {}
        self.tombstones = self.records = self.proven = 0
        self.after, self.edge, self.earlier_root, self.is_compared = 0, [], None, False
        self.later, self.present = set(), set()

    def wrong(self, what, place=None):
        fault = (place or self.place, what)
        if fault not in self.faults and len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)
        elif fault not in self.faults:
            self.further += 1

    def at(self, place, work, *arguments):
        """Runs a part of the checks; what cannot be read is a fault there, or where the part by then has got to."""
        outer, self.place = self.place, place
        try:
            work(*arguments)
        except NotGenuine as error:
            self.wrong(str(error))
        except MALFORMED:
            self.wrong("it has not the form of one")
        self.place = outer

    def text(self, path, at_most):
        if path in self.files and self.archive.files[path].size > at_most:
            raise NotGenuine(f"it is larger than {at_most} bytes")
        return b"".join(self.archive.pieces(path)).decode("utf-8")

    def json(self, path, at_most):
        return self.parsed(self.text(path, at_most))

    @staticmethod
    def parsed(text):
        try:
            return parse_json(text, None)
        except NotGenuine:
            raise ValueError from None

    def parsed_line(self, line):
        """Of NDJSON: an object and nothing around it, no carriage return either."""
        if line[:1] != b"{" or line[-1:] != b"}":
            raise ValueError
        return self.parsed(line.decode("utf-8"))

    def lines(self, path, at_most):
        rest = b""
        for piece in self.archive.pieces(path):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                if len(line) > at_most:
                    raise NotGenuine(f"a line of it is longer than {at_most} bytes")
                yield line
            if len(rest) > at_most:
                raise NotGenuine(f"a line of it is longer than {at_most} bytes")
        if rest:
            raise NotGenuine("its last line does not end")

    def digest(self, path):
        digest = hashlib.sha256()
        for piece in self.archive.pieces(path):
            digest.update(piece)
        return digest.hexdigest()

    # --- What is signed, every file by its hash, and the tree.

    def check(self):
        self.at("keys.json", self.read_keys)
        self.signed, self.vouched_for = False, False
        self.learn_keys()
        self.at("manifest", self.check_manifest)
        self.at("SHA256SUMS", self.check_sums)
        self.all_keys = self.listed_keys if self.vouched_for else self.keys
        self.at("checkpoint", self.check_checkpoint)
        if self.after:
            self.at("edge", self.read_edge)
        self.at("leaves", self.check_leaves)
        self.at("changes.ndjson", self.check_changes)
        self.check_keys()
        self.at("later.json", self.read_later)
        for path in self.paths:
            self.at(path, self.check_record_file, path)
        for (kind, record), facts in sorted(self.subjects.items()):
            self.check_present(kind, record, facts)

    def read_keys(self):
        self.listed_keys = parse_keys(self.json("keys.json", MAX_KEYS_BYTES), NOT_YET)
        if self.keys_are_its_own:
            self.keys = self.listed_keys

    def learn_keys(self):
        """A change of key with an overlap is signed by the old key too: a reader who knows that one knows the new one from there on."""
        try:
            for line in [] if self.keys_are_its_own else self.lines("changes.ndjson", MAX_CHANGE_BYTES):
                if b"log_key_changed" in line:
                    self.learn_key(line)
        except NotGenuine:
            pass  # said where the entries are checked

    def learn_key(self, line):
        try:
            change = self.parsed_line(line)
            if change["receipt"]["entry"]["kind"] != "log_key_changed":
                return
            check_receipt(change["receipt"], change["opening"], Keys(self.keys))
            key = parse_key(change["opening"]["record"]["key"])
            if key not in self.keys:
                self.keys = self.keys + [key]
        except (NotGenuine, *MALFORMED):
            pass

    def check_keys(self):
        """The log says itself, in entries that everyone sees, which keys sign it."""
        listed = [key for key in self.listed_keys if key[3] != NOT_YET]
        if self.vouched_for and self.keys_are_named and listed != self.named_keys:
            self.wrong("it does not say what the entries say of the log's keys", "keys.json")

    def change_keys(self, seq, record):
        """The key that the record names begins, unless it has begun before; without an overlap every other ends."""
        try:
            key = parse_key(record["key"], seq)
        except MALFORMED:
            return self.wrong("it names no key of the log")
        if record.get("overlap") is not True:
            self.named_keys = [(*other[:4], seq - 1) if other[4] is None and other[2] != key[2] else other for other in self.named_keys]
        if all(other[2] != key[2] for other in self.named_keys):
            self.named_keys.insert(0, key)

    def check_manifest(self):
        note = self.text("manifest", MAX_NOTE_BYTES)
        lines = note.rpartition("\n\n")[0].split("\n")
        goes_on = len(lines) == 8
        if (len(lines) != 7 and not goes_on) or lines[0] != MARK:
            raise ValueError
        if goes_on and not (re.fullmatch("[1-9][0-9]{0,7}", lines[6], re.ASCII) and int(lines[6]) <= MAX_POSITIONS):
            raise ValueError
        self.after = int(lines[6]) if goes_on else 0
        self.manifest, self.manifest_note = [*lines[:6], lines[-1]], note
        signers = [key for key in self.keys if is_signed(note, key, lines[1])]
        try:
            open_note(note, self.keys, "the manifest", lines[1])
            self.signed, self.key = True, signers[0]
        except NotGenuine:
            self.wrong("it is not signed by the log's key")

    def check_sums(self):
        listed, last = {}, ""
        is_listed = self.digest("SHA256SUMS") == self.manifest[6]
        if not is_listed:
            self.wrong("it is not what the manifest says")
        for number, line in enumerate(self.lines("SHA256SUMS", MAX_LINE_BYTES), 1):
            if number > MAX_FILES:
                raise NotGenuine("it has more lines than an archive can have files")
            match = re.fullmatch("([0-9a-f]{64})  (" + PATH + ")", line.decode("latin-1"))
            if not match or match[2] <= last:  # in the order of their paths
                self.wrong(f"line {number} has not the form of one")
            else:
                last, listed[match[2]] = match[2], match[1]
        for path in sorted(listed):
            if path not in self.files:
                self.wrong("it is missing", path)
        for path in self.paths:
            if path not in ("manifest", "SHA256SUMS"):
                self.at(path, self.check_file, path, listed)
        self.vouched_for = self.signed and is_listed and "keys.json" in listed and self.digest("keys.json") == listed["keys.json"]

    def check_file(self, path, listed):
        if path not in listed:
            return self.wrong("it is not among what was exported")
        digest = self.digest(path)
        if digest != listed[path]:
            self.wrong("it is not what was exported")
        elif path.startswith("files/") and path[6:70] != digest:
            self.wrong("it is not the file that its name says")

    def check_checkpoint(self):
        note = self.text("checkpoint", MAX_NOTE_BYTES)
        try:
            open_checkpoint(note, self.all_keys)
        except NotGenuine:
            self.wrong("it is not signed by the log's key")
        lines = note.partition("\n\n")[0].split("\n")  # the text has no empty line
        if len(lines) < 3 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) or hash_or_none(lines[2]) is None:
            return
        self.size, self.root = int(lines[1]), hash_or_none(lines[2])
        if lines[:3] != self.manifest[1:4]:
            self.wrong("it is not the one that the manifest names")
        for key in self.keys + self.all_keys:
            if key[4] is not None and self.size - 1 > key[4] and is_signed(self.manifest_note, key, self.manifest[1]):
                self.wrong("it is signed by a key that had ended by then", "manifest")

    def read_edge(self):
        """From the roots below the earlier size follow its own root and, with the leaves, the present one."""
        edge = [hash_or_none(line.decode("latin-1")) for line in self.lines("edge", MAX_LINE_BYTES)]
        if None in edge or len(edge) != bin(self.after).count("1"):
            raise ValueError
        self.edge, self.earlier_root = edge, Tree([], self.after, edge).root_at(self.after)

    def tree_of_leaves(self):
        return Tree(self.leaves, self.after, self.edge) if self.edge else Tree(self.leaves)

    def has_leaves(self):
        """Else each entry has only itself to be compared with."""
        return bool(self.edge) == bool(self.after) and self.after + len(self.leaves) == self.size

    def check_leaves(self):
        if self.after > self.size:
            return self.wrong("it goes on from beyond its size", "manifest")
        if self.size > MAX_POSITIONS:
            return self.wrong("the log is larger than this program can check")
        count = 0
        for count, line in enumerate(self.lines("leaves", MAX_LINE_BYTES), 1):
            leaf = hash_or_none(line.decode("latin-1"))
            if leaf is None:
                self.wrong(f"line {count} is no leaf hash")
            if count <= self.size - self.after:
                self.leaves.append(leaf or bytes(32))
        if count != self.size - self.after:
            self.wrong(f"it has {count} positions instead of {self.size - self.after}")
        elif self.tree_of_leaves().root_at(count + (self.after if self.edge else 0)) != self.root:
            self.wrong("its positions do not give the root that the checkpoint signs")

    # --- The entries.

    def check_changes(self):
        self.last_seq, self.tree = -1, self.tree_of_leaves()
        for number, line in enumerate(self.lines("changes.ndjson", MAX_CHANGE_BYTES), 1):
            self.at(f"changes.ndjson, line {number}", lambda text: self.check_change(self.parsed_line(text)), line)

    def check_change(self, change):
        seq, tombstone = change["seq"], change.get("tombstone", False)
        subject = change["subject"] if tombstone else change["entry"]["subject"]
        self.place = f"changes.ndjson, entry {seq} ({subject['kind']} {subject['id']})"
        if not is_number(seq) or seq >= self.size:
            return self.wrong("it lies beyond the size")
        if seq <= self.last_seq:
            return self.wrong("its position was there before")
        self.last_seq = seq
        if not (TOMBSTONE if tombstone else PROVEN_CHANGE)(change):
            return self.wrong("it has not the form of one")
        self.tombstones += tombstone and seq >= self.after
        known = self.leaves[seq - self.after] if self.has_leaves() and seq >= self.after else None
        if known is not None and hash_or_none(change["leaf_hash"]) != known:
            self.wrong("its leaf hash is not the one at its position")
        if not tombstone:
            self.check_entry(change, seq, known)

    def check_entry(self, change, seq, known):
        entry, opening = change["entry"], change["opening"]
        leaf = leaf_of(entry) if names_are_ascii(entry) else hashed(b"\x00")
        if not ENTRY(entry):
            self.wrong("it has not the form of one")
        if known is not None and leaf != known:
            self.wrong("it is not what stands at its position in the tree")
        if entry["seq"] != seq:
            self.wrong("it bears another number")
        self.check_actor(entry["actor"]["role"], entry["kind"], entry["actor"]["handle"], "authority" in entry)
        if opening is not None:
            self.check_opening(entry, opening)
        self.check_receipt(change["receipt"], entry, seq, leaf, self.has_leaves())
        self.note(entry, seq, opening)

    def check_actor(self, role, kind, handle, has_authority):
        """What the portal may do by itself, and that the account of a State acts by its State's authority, and no other."""
        if role == "portal" and handle is not None:
            self.wrong("it names an account, and says that the portal made it")
        elif role == "portal" and kind not in DONE_BY_PORTAL:
            self.wrong("the portal does nothing of this kind by itself")
        if role != "everyone" and (role in ROLES_OF_STATE) != has_authority:
            self.wrong("it says what stood behind an account of a State, and none acted" if has_authority else
                       "it does not say what stood behind the account of a State that acted")

    def check_opening(self, entry, opening):
        """What it shows is what the entry commits to; and whose word it is, which is said at the end."""
        if not is_opening_of(entry, opening):
            return self.wrong("its opening has not the form of one")
        faults = list(faults_of_opening(entry, opening))
        if "statement" in opening and not faults:
            faults = [fault for fault in [fault_of_statement(entry, opening, self.manifest[1], self.state_keys)] if fault]
        for fault in faults:
            self.wrong(fault)
        word = "" if faults or entry["seq"] < self.after else word_of_state(entry, opening, self.state_keys)
        self.words[word] = self.words.get(word, 0) + 1

    def check_receipt(self, receipt, entry, seq, leaf, has_leaves):
        if len(receipt) != 5 or not is_version(receipt["v"]) or not same(receipt["index"], seq) or not same(receipt["entry"], entry):
            return self.wrong("its receipt is of another entry")
        note, proof = receipt["checkpoint"], [hash_or_none(text) for text in receipt["proof"]]
        if note not in self.trees:  # one for all entries of a batch
            try:
                self.trees[note] = open_checkpoint(note, self.all_keys)
            except NotGenuine:
                self.trees[note] = None
        if self.trees[note] is None:
            return self.wrong("its receipt's checkpoint is not signed by the log's key")
        _, size, root = self.trees[note]
        if None in proof or root_from(leaf, seq, size, proof) != root:
            self.wrong("its receipt does not prove that it stands in the tree")
        if has_leaves and size >= self.after and (size > self.size or self.tree.root_at(size) != root):
            self.wrong("its receipt's checkpoint signs another tree")

    def note(self, entry, seq, opening):
        facts = {name: entry[name] for name in ("kind", "version", "commitment")}
        facts["revision"] = entry.get("revision")
        facts["subject"] = (entry["subject"]["kind"], entry["subject"]["id"])
        facts["label"] = entry["audience"]["label"] if "audience" in entry else None
        facts["salt"] = None if opening is None else opening["salt"]
        self.entries[seq] = facts
        last = self.subjects.setdefault(facts["subject"], {})
        last["any"] = seq
        if opening is not None:
            last["opened"] = seq
        for name, kinds in (("submission", {"report_submitted"}), ("content", CONTENT_KINDS), ("readers", READERS_KINDS)):
            if entry["kind"] in kinds:
                last[name] = seq
        if entry["kind"] in ("genesis", "log_key_changed"):
            if opening is None:
                self.keys_are_named = False  # auditors are not shown what entries commit to
            else:
                self.change_keys(seq, opening["record"])

    # --- The records: each is what an entry commits to, under its own name, and the last word about itself.

    def read_later(self):
        self.later = {(item["kind"], item["id"]) for item in self.json("later.json", MAX_LIST_BYTES)["items"]}

    def check_record_file(self, path):
        name = path[len("records/"):] if path.startswith("records/") else None
        folder, is_single, file = (name or "").partition("/")
        if name and is_single and folder in FOLDERS:
            self.check_single(folder, FOLDERS[folder], file[:-5], self.json(path, MAX_RECORD_BYTES))
        elif name and not is_single and name.endswith(".json") and name[:-5] in LISTS:
            self.check_list(path, *LISTS[name[:-5]])
        elif name is not None:
            self.wrong("no record has this name")

    def check_single(self, folder, kind, record_id, record):
        for one in record["items"] if folder == "revisions" else [record]:
            if one["id"] != record_id:
                self.wrong("it is filed under another record's name")
            elif folder == "revisions":
                self.check_revision(one, record_id)
            elif folder == "drafts":
                self.check_draft(one, record_id)
            else:
                self.records += 1
                self.present.add((kind, record_id))
                if (kind, record_id) in self.later:
                    self.wrong("it is in later.json too")
                {"report": self.check_report, "contact": self.check_contact, "nomination": self.check_nomination}[kind](one, record_id)

    def last(self, kind, record_id, name):
        return self.subjects.get((kind, record_id), {}).get(name)

    def entry_about(self, kind, record_id, seq, needed=True):
        entry = self.entries.get(seq)
        if entry is None and needed:
            self.wrong(f"entry {seq}, which it names, is not in the archive")
        if entry is not None and entry["subject"] != (kind, record_id):
            self.wrong(f"entry {seq}, which it names, is about another record")
            return None
        return entry

    def committed(self, record, entry, seq):
        if record["salt"] is None:
            return False  # something else is shown, or nothing
        if commits(entry, seq, record["salt"], record["content"]):
            return True
        self.wrong(f"its content is not what entry {seq} commits to")
        return False

    def expect_last(self, seq, last):
        if last is not None and last != seq:
            self.wrong(f"it names entry {seq}, but entry {last} is the last about it")

    def check_report(self, report, record_id):
        meta = report["meta"]
        seq, changed = meta.get("seq"), meta.get("changed_seq")
        if seq is None and changed is None:
            return self.check_draft(report, record_id)
        if seq is not None:
            entry = self.entry_about("report", record_id, seq)
            self.expect_last(seq, self.last("report", record_id, "content"))
            self.proven += bool(entry and self.committed(report, entry, seq))
        change = None if changed is None else self.entry_about("report", record_id, changed)
        if change is None:
            return
        self.expect_last(changed, self.last("report", record_id, "readers"))
        if meta["version"] != change["version"]:
            self.wrong(f"its version is not that of entry {changed}")
        if change["label"] is not None and meta["label"] != change["label"]:
            self.wrong(f"its label is not that of entry {changed}")

    def check_draft(self, draft, record_id):
        """A working copy is nobody's word yet; what was submitted is, and must be the text of the last submission."""
        seq = self.last("report", record_id, "submission")
        entry = self.entries.get(seq)
        if draft["meta"]["workflow_state"] == "submitted" and entry and entry["salt"] is not None:
            if not commits(entry, seq, entry["salt"], draft["content"]):
                self.wrong(f"its content is not what entry {seq} commits to")

    def check_revision(self, revision, record_id):
        seq = revision["meta"]["seq"]
        entry = self.entry_about("report", record_id, seq)
        if entry is None:
            return
        self.committed(revision, entry, seq)
        if revision["meta"]["revision"] != entry["revision"]:
            self.wrong(f"a revision in it bears another number than entry {seq}")

    def check_contact(self, contact, record_id):
        seq = contact["meta"]["content_seq"]
        self.check_last_step(contact["meta"], "contact", record_id)
        if seq is not None:
            entry = self.entry_about("contact", record_id, seq)
            self.expect_last(seq, self.last("contact", record_id, "content"))
            self.proven += bool(entry and self.committed(contact, entry, seq))

    def check_nomination(self, nomination, record_id):
        self.check_last_step(nomination["meta"], "nomination", record_id)
        seq, content = self.last("nomination", record_id, "content"), nomination["content"]
        if seq is None:
            return self.wrong("the entry that made it is not in the archive")
        self.proven += self.committed(nomination, self.entries[seq], seq)
        if content is not None and "file" in content["note"]:
            digest = content["note"]["file"]["sha256"]
            if digest not in self.notes:
                self.wrong(f"the file of its note verbale is missing: {digest}")

    def check_last_step(self, meta, kind, record_id):
        """Not everyone is shown every step of a contact: where the entry is there, it must fit."""
        entry = self.entry_about(kind, record_id, meta["seq"], False)
        if entry is None:
            return
        self.expect_last(meta["seq"], self.last(kind, record_id, "any"))
        if meta["version"] != entry["version"]:
            self.wrong(f"its version is not that of entry {meta['seq']}")

    def check_list(self, path, kind, has_entries):
        for record in self.json(path, MAX_LIST_BYTES)["items"]:
            self.at(f"{path}, {record['id']}", self.check_item, kind, has_entries, record)

    def check_item(self, kind, has_entries, record):
        record_id, seq = record["id"], record["meta"]["seq"]
        self.records += 1
        if (kind, record_id) in self.present:
            self.wrong("it is in the list twice")
        self.present.add((kind, record_id))
        if (kind, record_id) in self.later:
            self.wrong("it is in later.json too")
        entry = None if seq is None else self.entry_about(kind, record_id, seq, has_entries)
        if entry is None:
            return
        self.expect_last(seq, self.last(kind, record_id, "any"))
        if record["meta"]["version"] != entry["version"]:
            self.wrong(f"its version is not that of entry {seq}")
        self.proven += self.committed(record, entry, seq)

    def check_present(self, kind, record_id, last):
        """A reader who is shown what an entry commits to is shown the record as well."""
        places = [f"records/{folder}/{record_id}.json" for folder, of in FOLDERS.items() if of == kind]
        places += [f"records/{name}.json, {record_id}" for name, (of, has_entries) in LISTS.items() if of == kind and has_entries]
        if places and "opened" in last and (kind, record_id) not in self.present | self.later:
            self.wrong(f"it is missing: entry {last['opened']} is about it", places[0])

    # --- Beside the export that this one goes on from.

    def compare_with(self, earlier):
        self.is_compared = True
        if earlier.faults:
            return self.wrong("it is not genuine itself", "earlier export")
        if not self.after:
            return self.wrong("it goes on from no earlier export", "manifest")
        for number, what in ((1, "log"), (5, "reader")):
            if self.manifest[number] != earlier.manifest[number]:
                self.wrong(f"the earlier export is of another {what}", "manifest")
        if self.after != earlier.size:
            self.wrong(f"it goes on from {self.after} positions, and the earlier export has {earlier.size}", "manifest")
        elif self.earlier_root != earlier.root:
            self.wrong("the log does not go on from what it was in the earlier export", "edge")

    # --- The judgement.

    def judgement(self):
        if self.faults:
            count = len(self.faults) + self.further
            lines = [f"NOT genuine: {count} fault" + ("" if count == 1 else "s")]
            lines += [f"{place}: {what}" for place, what in self.faults]
            return lines + ([f"and {self.further} more"] if self.further else [])
        _, origin, _, _, made_at, reader, _ = self.manifest
        shown = sum(seq >= self.after for seq in self.entries)
        since = f", of which {self.size - self.after} since the earlier export" if self.after else ""
        lines = [f"genuine: all that {reader} could see at {made_at} in the log {origin}",
                 f"positions: {self.size}{since}, none missing; {shown} shown, {self.tombstones} as tombstones, "
                 f"{self.size - self.after - shown - self.tombstones} not shown to this reader",
                 f"records: {self.records}, of which {self.proven} say what an entry commits to; "
                 "for the others (drafts, reduced contacts) the portal's signature vouches"]
        lines += [f"{word}: {count} entries" for word, count in sorted(self.words.items()) if word]
        if self.later:
            lines.append(f"left for a later export, since they changed meanwhile: {len(self.later)}")
        if self.after and self.is_compared:
            lines.append(f"it goes on from the earlier export of {self.after} positions: the log has only grown")
        elif self.after:
            lines.append(f"note: it goes on from an earlier export of {self.after} positions with the root "
                         f"{base64.b64encode(self.earlier_root).decode()}; give that one with --after")
        lines.append("key: " + key_text(*self.key))
        if self.keys_are_its_own:
            lines.append("note: that key came with the archive, which proves only that it agrees with itself; give a key that you know with --key")
        return lines


def checked(path, keys):
    """The export in the file, or what keeps it from being one. Raises OSError."""
    with open(path, "rb") as file:
        try:
            archive = Archive(file)
        except NotGenuine as fault:
            return None, str(fault)
        export = Export(archive, keys)
        if archive.deviation:
            export.wrong(archive.deviation, "archive")
        export.check()
    return export, None


def main():
    parser = argparse.ArgumentParser(description="Check an export of the portal, without the portal.")
    add_key_options(parser)
    add_state_key_option(parser)
    parser.add_argument("--after", metavar="EARLIER", help="the earlier export that this one goes on from")
    parser.add_argument("file", help="the archive")
    arguments = parser.parse_args()
    try:
        keys = Keys(known_keys(arguments), known_state_keys(arguments))
        export, fault = checked(arguments.file, keys)
        earlier, earlier_fault = checked(arguments.after, keys) if arguments.after else (None, None)
    except (OSError, ValueError) as error:
        print(f"verify_export.py: {error}", file=sys.stderr)
        return 2
    if fault:
        print(f"NOT genuine: 1 fault\narchive: {fault}")
        return 1
    if earlier:
        export.compare_with(earlier)
    elif earlier_fault:
        export.wrong("it is not genuine itself", "earlier export")
    print("\n".join(export.judgement()))
    return 1 if export.faults else 0


if __name__ == "__main__":
    sys.exit(main())
