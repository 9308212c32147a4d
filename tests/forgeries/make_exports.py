#!/usr/bin/env python3
"""Makes single changes of a genuine export: of the bytes of each file and header in the archive, and of each member of an entry's line in
changes.ndjson, then signed again by a stranger, so that what is inside must give it away. The judge: judge.py. What else is tampered with
in an export, and the words for it: tests/examples/tampered_exports.py.
usage: make_exports.py EXPORT.zip DIRECTORY STRANGER.pem    the stranger's Ed25519 key: of somebody who is not the log
Writes DIRECTORY/archives/*.zip and archives.ndjson, one line for each: {"file", "how", "resealed", "may_end_with": exit codes, "alike": whether
both take it for an archive, and so must say the same}.
"""
import base64
import hashlib
import json
import os
import struct
import subprocess
import sys
import zipfile

sys.path[:0] = [os.path.join(os.path.dirname(__file__), "..", "support"), os.path.dirname(__file__)]
sys.dont_write_bytecode = True
from archives import in_form  # noqa: E402
import make  # noqa: E402

LOCAL_BYTES, CENTRAL_BYTES, END_BYTES = 30, 46, 22
MADE_OF_A_LINE = {"changed", "removed", "added", "emptied"}


class Regions:
    """Where in the archive each file's headers and its packed bytes stand."""

    def __init__(self, data):
        self.files, self.end = [], len(data) - END_BYTES
        count, _, table = struct.unpack("<HII", data[self.end + 10:self.end + 20])
        at = self.table = table
        for _ in range(count):
            packed, path_bytes, extra, comment, offset = struct.unpack("<20xI4xHHH8xI", data[at:at + CENTRAL_BYTES])
            begin = offset + LOCAL_BYTES + sum(struct.unpack("<HH", data[offset + 26:offset + 30]))
            self.files.append((data[at + CENTRAL_BYTES:at + CENTRAL_BYTES + path_bytes].decode(), offset, begin, begin + packed, at))
            at += CENTRAL_BYTES + path_bytes + extra + comment


def byte_changes(data):
    """How, and the bytes. A whole byte is turned: some bits of the last one of a deflate stream mean nothing."""
    regions = Regions(data)

    def turned(at):
        return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1:]

    for path, offset, begin, end, central in regions.files:
        for what, at in (("mark", offset), ("name", offset + LOCAL_BYTES), ("first-byte", begin), ("middle", (begin + end) // 2), ("last-byte", end - 1), ("name-in-table", central + CENTRAL_BYTES)):
            if at < end or at >= regions.table:
                yield f"{what} of {path}", turned(at)
    path, offset, begin, end, central = regions.files[1]
    for number in range(LOCAL_BYTES):
        yield f"byte {number} of the header of {path}", turned(offset + number)
    for number in range(CENTRAL_BYTES):
        yield f"byte {number} of {path} in the table of contents", turned(central + number)
    for number in range(END_BYTES):
        yield f"byte {number} of the end", turned(regions.end + number)
    for what, at in (("the beginning", 0), (f"the header of {path}", offset), (f"what is in {path}", begin), (f"the end of {path}", end), ("the table of contents", regions.table), ("the end", regions.end)):
        yield f"a byte more before {what}", data[:at] + b"\0" + data[at:]
        yield f"a byte less at {what}", data[:at] + data[at + 1:]
    yield "a byte more behind it", data + b"\0"
    yield "a byte less behind it", data[:-1]
    yield "the archive twice", data + data


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


class Stranger:
    """Who changes an export and has no key of the log: lists the files anew, signs, and brings the own key along."""

    def __init__(self, pem, origin, work):
        self.pem, self.origin, self.note = pem, origin, work + "/note"
        public = openssl("pkey", "-in", pem, "-pubout", "-outform", "DER")[-32:]
        self.key_id = hashlib.sha256(origin + b"\n\x01" + public).digest()[:4]
        self.text = f"{origin.decode()}+{self.key_id.hex()}+{base64.b64encode(b'%c' % 1 + public).decode()}"

    def signed(self, text):
        with open(self.note, "wb") as file:
            file.write(text)
        signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.pem, "-in", self.note)
        return text + b"\n\xe2\x80\x94 " + self.origin + b" " + base64.b64encode(self.key_id + signature) + b"\n"

    def resealed(self, files):
        files, keys = dict(files), json.loads(files["keys.json"])
        keys["keys"].append({**keys["keys"][0], "text": self.text, "from_seq": None, "until_seq": None})
        files["keys.json"] = json.dumps(keys).encode()
        names = sorted(set(files) - {"manifest", "SHA256SUMS"})
        files["SHA256SUMS"] = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names).encode()
        lines = files["manifest"].split(b"\n\n")[0].split(b"\n")
        lines[-1] = hashlib.sha256(files["SHA256SUMS"]).hexdigest().encode()
        files["manifest"] = self.signed(b"\n".join(lines) + b"\n")
        return in_form(files)


def line_changes(line, others):
    """How, the line as text, and how a verifier may end."""
    for how, path, text, _ in make.changes(line):
        is_first = not any(isinstance(step, int) and step > 0 for step in path)
        if how in MADE_OF_A_LINE and path and is_first:
            yield f"{how} at /{'/'.join(map(str, path))}", text, [0, 1] if make.may_of(how, path) == "say less" and path[0] == "opening" else [1]
    for how, path, text, _ in make.exchanges(line, others):
        if len(path) <= 3:
            yield f"{how} at /{'/'.join(map(str, path))}", text, [1]
    yield "with a record beside it", make.written({**line, "record": None}), [1]
    yield "with a space behind it", make.written(line) + " ", [1]
    yield "doubled member", make.written(line)[:-1] + f',"seq":{line["seq"]}}}', [1]
    yield "not in normal form", make.written(line).replace("\u00f3", "o\u0301"), [1]
    yield "escaped", json.dumps(line), [0]


def main():
    source, directory, pem = sys.argv[1:]
    os.makedirs(directory + "/archives", exist_ok=True)
    with open(source, "rb") as file:
        data = file.read()
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    stranger, count = Stranger(pem, files["manifest"].split(b"\n")[1], directory), 0
    lines = [json.loads(line) for line in files["changes.ndjson"].splitlines()]
    published = [line for line in lines if "entry" in line and line["entry"]["kind"] == "report_published" and "statement" in line["entry"]]
    with open(directory + "/archives.ndjson", "w", encoding="utf-8") as listed:
        def keep(how, data, resealed, codes):
            nonlocal count
            count += 1
            file = f"archives/{count:04}.zip"
            with open(f"{directory}/{file}", "wb") as written:
                written.write(data)
            json.dump({"file": file, "how": how, "resealed": resealed, "may_end_with": codes, "alike": data[:4] == b"PK\3\4"}, listed)
            listed.write("\n")

        keep("as it came", data, False, [0])
        for how, changed in byte_changes(data):
            keep(how, changed, False, [1])
        keep("signed by a stranger, otherwise as it came", stranger.resealed(files), True, [0])
        at, others = lines.index(published[0]), [(f"entry-{line['seq']}", line) for line in published[1:2]]
        for how, text, codes in line_changes(published[0], others):
            raw = [json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for line in lines]
            raw[at] = text
            changed = {**files, "changes.ndjson": "".join(line + "\n" for line in raw).encode("utf-8", "surrogatepass")}
            keep(f"an entry's line {how}", stranger.resealed(changed), True, codes)
    print(f"{count} archives")


if __name__ == "__main__":
    main()
