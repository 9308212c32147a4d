#!/usr/bin/env python3
"""Makes, from a genuine export, one archive for each way of tampering with it, and says what a verifier must name.
usage: tampered_exports.py EXPORT.zip DIRECTORY STRANGER.pem    the stranger's Ed25519 key: of somebody who is not the log
One line on standard output for each, separated by tabs: the file; how it is to be checked; what must be said. How: "as it is",
with a key of the log; "resealed", signed again by the stranger and so to be checked without a key, so that what is inside must
give it away; "container", where the words come from the libraries; "genuine".
"""
import base64
import hashlib
import json
import subprocess
import sys
import zipfile

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
    with zipfile.ZipFile(f"{directory}/{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)


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
tamper("opening-authority-hidden", at(published, lambda item: item["opening"].pop("authority")), lines_changed, line + "its authority is not the one that the entry commits to")
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

# The container.
with open(source, "rb") as file:
    data = file.read()


def raw(name, data, words):
    with open(f"{directory}/{name}.zip", "wb") as file:
        file.write(data)
    told(name, "container", words)


raw("cut", data[:-2000], "archive: it cannot be read as a ZIP archive")
raw("renamed-in-one-table", data[:data.rindex(b"index.html")] + b"index.htm_" + data[data.rindex(b"index.html") + 10:], "NOT genuine")
middle = data.index(b"changes.ndjson") + 2000
# What a changed bit of compressed data comes to depends on the data: no end, another length, another checksum.
raw("damaged", data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:], "changes.ndjson: it ")


def packed(name, words, *extra):
    with zipfile.ZipFile(f"{directory}/{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in [*genuine.items(), *extra]:
            archive.writestr(path, content)
    told(name, "as it is", words)


packed("twice", "archive: index.html is in it twice", ("index.html", b"<h1>Another</h1>"))
packed("outside", "archive: a file in it has a name that no export gives", ("../outside", b"!"))
packed("absolute", "archive: a file in it has a name that no export gives", ("/etc/outside", b"!"))
packed("backslash", "archive: a file in it has a name that no export gives", ("a\\b", b"!"))
packed("folder", "archive: a file in it has a name that no export gives", ("records/", b"!"))
with zipfile.ZipFile(f"{directory}/bzip2.zip", "w", zipfile.ZIP_BZIP2) as archive:
    for path, content in genuine.items():
        archive.writestr(path, content)
told("bzip2", "as it is", "archive: checkpoint is packed in a way that no export uses")

# Nothing is wrong with what was unpacked and packed again.
write("packed-again", {"records/": b"", "records/reports/": b"", **genuine})
told("packed-again", "genuine", "genuine: all that")
