#!/usr/bin/env python3
"""Makes, from a genuine export, one archive for each way of tampering with it, and says what a verifier must name.
usage: tampered_exports.py EXPORT.zip DIRECTORY STRANGER.pem    the stranger's Ed25519 key: of somebody who is not the log
One line on standard output for each, separated by tabs: the file; how it is to be checked; what must be said. How: "as it is",
with a key of the log; "resealed", signed again by the stranger and so to be checked without a key, so that what is inside must
give it away; "unlike an archive", which one of the two may take for something else, and so in other words; "genuine".
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from archives import END_BYTES, LOCAL_BYTES, Part, in_form, laid_out, parts_of, put as put_bytes

source, directory, stranger = sys.argv[1:]
with zipfile.ZipFile(source) as archive:
    genuine = {name: archive.read(name) for name in archive.namelist()}
origin = genuine["manifest"].decode().split("\n")[1]
changes = [json.loads(line) for line in genuine["changes.ndjson"].splitlines()]


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


public = openssl("pkey", "-in", stranger, "-pubout", "-outform", "DER")[-32:]
key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
stranger_text = f"{origin}+{key_id.hex()}+" + base64.b64encode(b"\x01" + public).decode()


def signed(text):
    with open(directory + "/note", "wb") as file:
        file.write(text)
    signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", stranger, "-in", directory + "/note")
    return text + b"\n\xe2\x80\x94 " + origin.encode() + b" " + base64.b64encode(key_id + signature) + b"\n"


def sums_of(files):
    names = sorted(set(files) - {"manifest", "SHA256SUMS"})
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names).encode()


def reseal(files):
    """What somebody can do who changes the archive and has no key of the log: list, sign, and bring the own key along."""
    keys = json.loads(files["keys.json"])
    keys["keys"].append(dict(keys["keys"][0], text=stranger_text))
    files["keys.json"] = json.dumps(keys).encode()
    files["SHA256SUMS"] = sums_of(files)
    lines = files["manifest"].split(b"\n\n")[0].split(b"\n")
    lines[6] = hashlib.sha256(files["SHA256SUMS"]).hexdigest().encode()
    files["manifest"] = signed(b"\n".join(lines) + b"\n")


def write(name, files):
    with open(f"{directory}/{name}.zip", "wb") as file:
        file.write(in_form(files))


def told(name, how, words):
    print(f"{directory}/{name}.zip", how, words, sep="\t")


def tamper(name, change, as_it_is, resealed=None):
    """change(files) does it; as_it_is and resealed: what must be said of it then."""
    files = dict(genuine)
    change(files)
    write(name, files)
    told(name, "as it is", as_it_is)
    if resealed is not None:
        reseal(files)
        write(name + "-resealed", files)
        told(name + "-resealed", "resealed", resealed)


def edited(path, edit):
    """A change of one JSON file."""
    def change(files):
        value = json.loads(files[path])
        edit(value)
        files[path] = json.dumps(value, ensure_ascii=False).encode()
    return change


def entry(kind, has=lambda change: True):
    """The first entry of the kind that has something."""
    return next(change["seq"] for change in changes if not change.get("tombstone") and change["entry"]["kind"] == kind and has(change))


def with_changes(edit):
    def change(files):
        items = [json.loads(line) for line in files["changes.ndjson"].splitlines()]
        edit(items)
        files["changes.ndjson"] = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode()
    return change


def at(seq, edit):
    return with_changes(lambda items: edit(next(item for item in items if item["seq"] == seq)))


def put(place, value):
    """Sets place ("opening.actor.account") in an entry's line."""
    *path, last = place.split(".")
    def edit(item):
        for step in path:
            item = item[step]
        item[last] = value(item[last]) if callable(value) else value
    return edit


def swap(first, second):
    def change(files):
        files[first], files[second] = files[second], files[first]
    return change


def of_kind(folder):
    return [name for name in genuine if name.startswith(f"records/{folder}/")]


other_hash = base64.b64encode(bytes(32)).decode()
own = next(json.loads(genuine[name]) for name in of_kind("reports") if "recipients" in json.loads(genuine[name])["meta"] and json.loads(genuine[name])["salt"])
report, published, label = f"records/reports/{own['id']}.json", own["meta"]["seq"], own["meta"]["changed_seq"]
contacts, contact = of_kind("contacts"), json.loads(genuine[of_kind("contacts")[0]])
nomination = next(name for name in of_kind("nominations") if "file" in json.loads(genuine[name])["content"]["note"])
note = next(name for name in genuine if name.startswith("files/"))
line = f"changes.ndjson, entry {published} (report {own['id']}): "
changed, lines_changed = "it is not what was exported", "changes.ndjson: it is not what was exported"
not_committed = f"its content is not what entry {published} commits to"

# Records: changed, dropped, swapped, forged.
tamper("record-changed", edited(report, lambda r: r["content"].update(narrative="Something else.")), f"{report}: {changed}", f"{report}: {not_committed}")
tamper("record-salt", edited(report, lambda r: r.update(salt=other_hash)), f"{report}: {changed}", f"{report}: {not_committed}")
tamper("record-label", edited(report, lambda r: r["meta"].update(label="TLP:RED")), f"{report}: {changed}", f"{report}: its label is not that of entry {label}")
tamper("record-version", edited(report, lambda r: r["meta"].update(version=99)), f"{report}: {changed}", f"{report}: its version is not that of entry {label}")
tamper("record-number", edited(report, lambda r: r["meta"].update(seq=0)), f"{report}: {changed}", f"{report}: entry 0, which it names, is about another record")
tamper("record-dropped", lambda files: files.pop(report), f"{report}: it is missing", f"{report}: it is missing: entry {max(published, label)} is about it")
tamper("records-swapped", swap(contacts[0], contacts[1]), f"{contacts[0]}: {changed}", f"{contacts[1]}: it is filed under another record's name")
tamper("record-added", lambda files: files.update({"records/reports/00000000-0000-4000-8000-000000000000.json": files[report]}),
       "records/reports/00000000-0000-4000-8000-000000000000.json: it is not among what was exported", "records/reports/00000000-0000-4000-8000-000000000000.json: it is filed under another record's name")
tamper("record-forged", lambda files: files.update({"records/reports/00000000-0000-4000-8000-000000000000.json": json.dumps(dict(own, id="00000000-0000-4000-8000-000000000000")).encode()}),
       "records/reports/00000000-0000-4000-8000-000000000000.json: it is not among what was exported",
       f"records/reports/00000000-0000-4000-8000-000000000000.json: entry {published}, which it names, is about another record")
tamper("record-nameless", lambda files: files.update({"records/other.json": b"{}"}), "records/other.json: it is not among what was exported", "records/other.json: no record has this name")
tamper("record-not-json", lambda files: files.update({report: b"{"}), f"{report}: {changed}", f"{report}: it has not the form of one")
tamper("record-twice-named", lambda files: files.update({report: files[report].rstrip()[:-1] + b', "id": "' + own["id"].encode() + b'"}'}), f"{report}: {changed}", f"{report}: it has not the form of one")
revisions = f"records/revisions/{own['id']}.json"
tamper("revision-changed", edited(revisions, lambda r: r["items"][0]["content"].update(narrative="Something else.")), f"{revisions}: {changed}", f"{revisions}: its content is not what entry")
tamper("revision-renumbered", edited(revisions, lambda r: r["items"][0]["meta"].update(revision=7)), f"{revisions}: {changed}", f"{revisions}: a revision in it bears another number")
tamper("contact-changed", edited(contacts[0], lambda r: r["content"].update(institution="Another")), f"{contacts[0]}: {changed}", f"{contacts[0]}: its content is not what entry {contact['meta']['content_seq']} commits to")
tamper("nomination-changed", edited(nomination, lambda r: r["content"]["note"].update(reference="NV 0")), f"{nomination}: {changed}", f"{nomination}: its content is not what entry")
tamper("state-changed", edited("records/states.json", lambda r: r["items"][0]["content"]["names"].update(en="Elsewhere")), f"records/states.json: {changed}", "records/states.json, AG: its content is not what entry")
tamper("measure-dropped", edited("records/measures.json", lambda r: r["items"].pop()), f"records/measures.json: {changed}", "records/measures.json, OAS-CBM-11: it is missing: entry")
tamper("period-twice", edited("records/periods.json", lambda r: r["items"].append(r["items"][0])), f"records/periods.json: {changed}", "it is in the list twice")
tamper("later-too", edited("later.json", lambda r: r["items"].append({"kind": "report", "id": own["id"]})), f"later.json: {changed}", f"{report}: it is in later.json too")

# Files.
tamper("file-changed", lambda files: files.update({note: files[note] + b" "}), f"{note}: {changed}", f"{note}: it is not the file that its name says")
tamper("file-dropped", lambda files: files.pop(note), f"{note}: it is missing", f"{nomination}: the file of its note verbale is missing")
tamper("page-changed", lambda files: files.update({"index.html": files["index.html"].replace(b"<h1>", b"<h1>!")}), f"index.html: {changed}")

# Entries, openings, receipts.
tamper("entry-changed", at(published, put("entry.at", "2020-01-01T00:00:00.000Z")), lines_changed, line + "it is not what stands at its position in the tree")
tamper("entry-dropped", with_changes(lambda items: items.remove(next(item for item in items if item["seq"] == published))), lines_changed, f"{report}: entry {published}, which it names, is not in the archive")
tamper("entry-hidden", at(published, lambda item: (item.update(tombstone=True, subject=item["entry"]["subject"]), [item.pop(name) for name in ("entry", "opening", "receipt")])), lines_changed,
       f"{report}: entry {published}, which it names, is not in the archive")
tamper("entry-twice", with_changes(lambda items: items.insert(5, items[4])), lines_changed, "its position was there before")
tamper("entries-swapped", with_changes(lambda items: items.__setitem__(slice(3, 5), [items[4], items[3]])), lines_changed, "its position was there before")
tamper("entry-beyond", at(changes[-1]["seq"], put("seq", 1_000_000)), lines_changed, "it lies beyond the size")
tamper("entry-moved", at(published, lambda item: item.update(leaf_hash=other_hash)), lines_changed, line + "its leaf hash is not the one at its position")
tamper("entry-unreadable", lambda files: files.update({"changes.ndjson": b"{}\n" + files["changes.ndjson"]}), lines_changed, "changes.ndjson, line 1: it has not the form of one")
tamper("entries-cut", lambda files: files.update({"changes.ndjson": files["changes.ndjson"][:-10]}), lines_changed, "changes.ndjson: its last line does not end")
tamper("opening-changed", at(published, put("opening.content.narrative", "Something else.")), lines_changed, line + "its content is not what the entry commits to")
tamper("opening-salt", at(published, put("opening.salt", other_hash)), lines_changed, line + "its content is not what the entry commits to")
tamper("opening-recipients", at(published, put("opening.recipients.list", ["public"])), lines_changed, line + "its recipients are not those that the entry commits to")
tamper("opening-authority", at(published, put("opening.authority.by", "another")), lines_changed, line + "its authority is not the one that the entry commits to")
tamper("opening-authority-hidden", at(published, lambda item: item["opening"].pop("authority")), lines_changed, line + "its opening has not the form of one")
tamper("opening-actor", at(published, put("opening.actor.account", own["id"])), lines_changed, line + "its actor is not the one that the entry commits to")
tamper("receipt-index", at(published, put("receipt.index", 0)), lines_changed, line + "its receipt is of another entry")
tamper("receipt-proof", at(published, put("receipt.proof", lambda proof: proof[1:])), lines_changed, line + "its receipt does not prove that it stands in the tree")
tamper("receipt-checkpoint", at(published, put("receipt.checkpoint", lambda text: text.replace("\n" + text.split("\n")[1] + "\n", "\n1\n", 1))), lines_changed, line + "its receipt's checkpoint is not signed by the log's key")
tombstone = next(change for change in changes if change.get("tombstone"))
tamper("tombstone-moved", at(tombstone["seq"], put("leaf_hash", other_hash)), lines_changed, "its leaf hash is not the one at its position")

# Tree, checkpoint, keys, manifest.
leaves = genuine["leaves"].splitlines(keepends=True)
tamper("leaf-changed", lambda files: files.update(leaves=other_hash.encode() + b"\n" + b"".join(leaves[1:])), f"leaves: {changed}", "leaves: its positions do not give the root that the checkpoint signs")
tamper("leaf-dropped", lambda files: files.update(leaves=b"".join(leaves[:-1])), f"leaves: {changed}", f"leaves: it has {len(leaves) - 1} positions instead of {len(leaves)}")
tamper("leaves-swapped", lambda files: files.update(leaves=b"".join([leaves[1], leaves[0], *leaves[2:]])), f"leaves: {changed}", "leaves: its positions do not give the root that the checkpoint signs")
tamper("leaf-unreadable", lambda files: files.update(leaves=b"!\n" + b"".join(leaves[1:])), f"leaves: {changed}", "leaves: line 1 is no leaf hash")
checkpoint = genuine["checkpoint"].split(b"\n")
tamper("checkpoint-root", lambda files: files.update(checkpoint=b"\n".join([*checkpoint[:2], other_hash.encode(), *checkpoint[3:]])), "checkpoint: it is not signed by the log's key", "checkpoint: it is not the one that the manifest names")
tamper("checkpoint-older", lambda files: files.update(checkpoint=changes[0]["receipt"]["checkpoint"].encode()), "checkpoint: it is not the one that the manifest names", "positions instead of")
for name in ("checkpoint", "leaves", "changes.ndjson", "keys.json", "later.json", "SHA256SUMS", "manifest", "index.html"):
    tamper("without-" + name, lambda files, path=name: files.pop(path), f"{name}: it is missing")
tamper("sums-adapted", lambda files: (edited(report, lambda r: r["content"].update(narrative="Something else."))(files), files.update(SHA256SUMS=sums_of(files))), "SHA256SUMS: it is not what the manifest says")
tamper("sums-unreadable", lambda files: files.update(SHA256SUMS=b"abc\n" + files["SHA256SUMS"]), "SHA256SUMS: line 1 has not the form of one")
tamper("manifest-reader", lambda files: files.update(manifest=files["manifest"].replace(b"state:CL", b"state:PE")), "manifest: it is not signed by the log's key")
tamper("manifest-checkpoint", lambda files: files.update(manifest=files["checkpoint"]), "manifest: it has not the form of one")
tamper("keys-added", edited("keys.json", lambda k: k["keys"].append(dict(k["keys"][0], text=stranger_text))), f"keys.json: {changed}")
for name, number, words in (("first", {"from_seq": 10**6}, "checkpoint: it is not signed by the log's key"), ("last", {"until_seq": 3}, "manifest: it is signed by a key that had ended by then"),
                            ("unreadable", {"until_seq": -1}, "keys.json: it has not the form of one")):
    tamper("keys-" + name, edited("keys.json", lambda k, number=number: k["keys"][0].update(number)), f"keys.json: {changed}", words)

# Signed again by a stranger: with the key of the log it shows at once.
files = dict(genuine)
reseal(files)
write("stranger", files)
told("stranger", "as it is", "manifest: it is not signed by the log's key")

# The archive itself: its one form, and each way of leaving it. Where it is clear what is in it, that is judged all the same.
with open(source, "rb") as file:
    data = file.read()


def raw(name, data, words, how="as it is"):
    with open(f"{directory}/{name}.zip", "wb") as file:
        file.write(data)
    told(name, how, words)


def shaped(name, words, change, files=genuine, after=b""):
    """change(parts) does it, in the second file where it is one of a file."""
    parts = parts_of(files)
    change(parts)
    raw(name, laid_out(parts, after), "archive: " + words)


def with_header(name, which, at, new, words):
    shaped(name, f"{second} is not packed as an export packs it: its {words}", lambda parts: setattr(parts[1], which, put_bytes(at, new)))


first, second, *_, last = sorted(genuine)
hidden = Part("hidden", b"nobody sees this")
no_archive = "it cannot be read as a ZIP archive: "
raw("as-it-came", data, "genuine: all that", "genuine")
write("packed-in-form", genuine)
told("packed-in-form", "genuine", "genuine: all that")
raw("cut", data[:-2000], f"archive: {no_archive}it does not end as one does")
raw("goes-on", data + b"\n", f"archive: {no_archive}it does not end as one does")
raw("archive-comment", data[:-2] + b"\x01\x00c", f"archive: {no_archive}it does not end as one does")
raw("begins-later", b"#!/bin/sh\n" + data, "NOT genuine", "unlike an archive")
raw("before-the-end", data[:-END_BYTES] + b"x" + data[-END_BYTES:], f"archive: {no_archive}its table of contents is not right before its end")
raw("counts-disagree", data[:-END_BYTES + 8] + b"\x01\x00" + data[-END_BYTES + 10:], f"archive: {no_archive}its end has another form than an export's")
raw("on-two-disks", data[:-END_BYTES + 4] + b"\x01\x00" + data[-END_BYTES + 6:], f"archive: {no_archive}its end has another form than an export's")
middle = data.index(b"changes.ndjson") + 2000
# What a changed bit of compressed data comes to depends on the data: no end, another length, another checksum.
raw("damaged", data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:], "changes.ndjson: it ")

shaped("hidden-at-its-beginning", f"{first} does not stand at its beginning", lambda parts: setattr(parts[0], "before", b"PK\x03\x04 in front"))
shaped("hidden-between", f"{second} does not begin where the file before it ends", lambda parts: setattr(parts[1], "before", hidden.local_header() + hidden.data))
shaped("hidden-after", "something stands between its last file and its table of contents", lambda parts: None, after=b"x")
shaped("in-another-order", "its files are not in the order of their names", lambda parts: parts.reverse())
shaped("twice", f"{second} is in it twice", lambda parts: parts.insert(2, Part(second, b"another")))
shaped("in-the-table-alone", f"{last} is not where its table of contents says", lambda parts: (setattr(parts[-1], "local", lambda header: b""), setattr(parts[-1], "data", b"")))
for name, path in (("outside", "../outside"), ("absolute", "/etc/outside"), ("backslash", "a\\b"), ("folder", "records/"), ("not-ascii", "\u00e9"), ("nameless", "")):
    shaped(name, "a file in it has a name that no export gives: its file 1", lambda parts, path=path: parts.insert(0, Part(path, b"!")))

table, own_header = " in the table of contents", " in its own header"
with_header("made-by-others", "central", 5, b"\x03", "version" + table)
with_header("flagged", "central", 9, b"\x08", "flags" + table)
with_header("timed", "central", 12, b"\x01", "time" + table)
with_header("attributes", "central", 41, b"\x81", "attributes" + table)
with_header("on-a-disk", "central", 34, b"\x01", "disk number" + table)
with_header("own-flags", "local", 6, b"\x02", "flags" + own_header)
with_header("own-time", "local", 10, b"\x01", "time" + own_header)
with_header("own-method", "local", 8, b"\x00", "method" + own_header)
with_header("own-checksum", "local", 14, bytes(4), "checksum" + own_header)
with_header("own-size", "local", 22, bytes(4), "size" + own_header)
with_header("own-name", "local", LOCAL_BYTES, b"_", "name" + own_header)
other_form = f"{second} is not packed as an export packs it: its "
extra = b"\x99\x99\x00\x00"
shaped("extra-field", other_form + "extra field" + table, lambda parts: setattr(parts[1], "central", lambda header: put_bytes(30, b"\x04")(header) + extra))
shaped("own-extra-field", other_form + "extra field" + own_header, lambda parts: setattr(parts[1], "local", lambda header: put_bytes(28, b"\x04")(header) + extra))
shaped("comment", other_form + "comment" + table, lambda parts: setattr(parts[1], "central", lambda header: put_bytes(32, b"\x01")(header) + b"c"))
large = b"\x01\x00\x10\x00" + len(genuine[second]).to_bytes(8, "little") + parts_of(genuine)[1].packed_size.to_bytes(8, "little")
shaped("large-without-need", other_form + "packed size" + table, lambda parts: setattr(parts[1], "central", lambda header: put_bytes(30, b"\x14")(put_bytes(20, b"\xff" * 8)(header)) + large))
shaped("large-without-numbers", "what it says of its file 2 cannot be read", lambda parts: setattr(parts[1], "central", put_bytes(20, b"\xff" * 8)))
shaped("bzip2", f"{second} is packed in a way that no export uses", lambda parts: setattr(parts[1], "central", put_bytes(10, b"\x0c")))
shaped("encrypted", f"{second} is packed in a way that no export uses", lambda parts: setattr(parts[1], "central", put_bytes(8, b"\x01")))


def described(parts):  # behind the file, as programs write it that do not know the sizes before
    parts[1].local, parts[1].central = put_bytes(6, b"\x08"), put_bytes(8, b"\x08")
    parts[1].data += b"PK\x07\x08" + bytes(12)


shaped("descriptor", other_form + "flags" + table, described)


def of_leaves(name, words, change):
    """What is packed as leaves is changed."""
    parts = parts_of(genuine)
    change(next(part for part in parts if part.path == b"leaves"))
    raw(name, laid_out(parts), "leaves: " + words)


def with_data(edit):
    def change(part):
        part.data = edit(part.data)
        part.packed_size = len(part.data)
    return change


of_leaves("stream-goes-on", "it cannot be unpacked: something follows its packed bytes", with_data(lambda packed: packed + b"x"))
of_leaves("second-stream", "it cannot be unpacked: something follows its packed bytes", with_data(lambda packed: packed * 2))
of_leaves("stream-ends-early", "it cannot be unpacked: its packed bytes end too early", with_data(lambda packed: packed[:-1]))
of_leaves("no-stream", "it cannot be unpacked: its packed bytes are damaged", with_data(lambda packed: b"\x07" + packed[1:]))
of_leaves("shorter-than-said", "it has not the size that the archive says", lambda part: setattr(part, "size", part.size + 1))
of_leaves("longer-than-said", "it has not the size that the archive says", lambda part: setattr(part, "size", part.size - 1))
of_leaves("checksum", "it has not the checksum that the archive says", lambda part: setattr(part, "checksum", part.checksum ^ 1))
bomb = Part("leaves", bytes(10**8))
of_leaves("bomb", "it has not the size that the archive says", lambda part: (setattr(part, "data", bomb.data), setattr(part, "packed_size", bomb.packed_size)))


def packed_by_others(name, files, words):
    with zipfile.ZipFile(f"{directory}/{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(path, files[path])
    told(name, "as it is", words)


packed_by_others("packed-again", genuine, f"archive: {first} is not packed as an export packs it: its version in the table of contents")
forged = dict(genuine)
edited(report, lambda r: r["content"].update(narrative="Something else."))(forged)
packed_by_others("packed-again-forged", forged, f"{report}: {not_committed}")

# Lists are read to their last byte.
for name, change in (("return", lambda line: line + b"\r"), ("blank", lambda line: b"\n" + line), ("space", lambda line: b" " + line)):
    for path, words in (("changes.ndjson", "changes.ndjson, line 1: it has not the form of one"), ("leaves", "leaves: line 1 is no leaf hash")):
        tamper(f"{name}-in-{path}", lambda files, path=path, change=change: files.update({path: change(files[path].split(b"\n", 1)[0]) + b"\n" + files[path].split(b"\n", 1)[1]}),
               f"{path}: {changed}", words)
tamper("json-goes-on", lambda files: files.update({"later.json": files["later.json"] + b"{}"}), f"later.json: {changed}", "later.json: it has not the form of one")
tamper("checkpoint-goes-on", lambda files: files.update(checkpoint=files["checkpoint"] + b"\n"), f"checkpoint: {changed}", "checkpoint: it is not signed by the log's key")
