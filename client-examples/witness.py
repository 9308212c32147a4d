#!/usr/bin/env python3
"""A State's witness: looks whether the log has only grown since the last time, and says so below the log's checkpoint.

It remembers what it has signed before it hands that in, and never signs what does not continue it: a log that shows its
readers different histories then shows checkpoints that its witnesses do not sign. Needs portal.py and verify_receipt.py
beside it, and openssl 3, which keeps the key. Environment: CBMX_URL, CBMX_CA, CBMX_TOKEN (any account of the State; the
scope "read" is enough; --init needs none).
usage: witness.py --init NAME --state CL DIRECTORY    makes the witness's key, and says how your State registers it; once
       witness.py --key NAME+ID+KEY DIRECTORY         from then on, every few minutes; KEY: the log's, from where you trust it
                                                      (while it changes: both, or --keys LIST with their times)
Exit code: 0 signed, or nothing new; 1 refused, and why: what was shown and what was signed before are kept in DIRECTORY;
2 not possible now: run it again later.
"""
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import time

from portal import CommandLine, Refused, origin, run, sentences, write_atomically
from verify_receipt import NotGenuine, add_key_options, ed25519_verify, from_base64, known_keys, open_checkpoint


def openssl(*arguments):
    try:
        return subprocess.run(["openssl", *arguments], stdout=subprocess.PIPE, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(f"openssl 3 is needed: {error}") from None


def signature_by(key, text):
    message = key + ".message"
    write_atomically(message, text)
    signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", message)
    os.remove(message)
    return signature


class Witness:
    """The key, and the last checkpoint that was signed with it. The directory is all that there is of a witness."""

    def __init__(self, directory):
        self.key, self.memory = os.path.join(directory, "key.pem"), os.path.join(directory, "last.note")
        try:
            with open(os.path.join(directory, "name"), encoding="utf-8") as file:
                self.name = file.read().strip()
            with open(self.memory, encoding="utf-8") as file:
                self.last = file.read()  # empty: nothing yet
        except FileNotFoundError as error:
            raise Refused(f"{error.filename} is missing. A witness that has lost its memory could sign twice: make a new one with --init "
                          "in another directory, and revoke the old key") from None
        self.public = openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")[-32:]
        self.key_id = hashlib.sha256(self.name.encode() + b"\n\x04" + self.public).digest()[:4]  # c2sp.org/tlog-cosignature

    def has_signed(self, note):
        """Whether the note carries a right line of this witness."""
        body, lines = note.rsplit("\n\n", 1)
        for encoded in re.findall(rf"^\u2014 {re.escape(self.name)} (\S+)$", lines, re.MULTILINE):
            data = from_base64(encoded, None, "a signature")
            message = f"cosignature/v1\ntime {int.from_bytes(data[4:12], 'big')}\n{body}\n"
            if data[:4] == self.key_id and ed25519_verify(self.public, message.encode(), data[12:]):
                return True
        return False

    def line_below(self, note):
        now = int(time.time())
        signature = signature_by(self.key, f"cosignature/v1\ntime {now}\n" + note.rsplit("\n\n", 1)[0] + "\n")
        encoded = base64.b64encode(self.key_id + now.to_bytes(8, "big") + signature).decode()
        return f"\u2014 {self.name} {encoded}\n"


def grows(first, second, first_root, second_root, proof):
    """Whether the tree of the second size continues that of the first: RFC 9162, section 2.1.4.2."""
    if not proof:
        return False
    if first & (first - 1) == 0:
        proof = [first_root] + proof
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = proof[0]
    for node in proof[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old = hashlib.sha256(b"\x01" + node + old).digest()
            new = hashlib.sha256(b"\x01" + node + new).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = hashlib.sha256(b"\x01" + new + node).digest()
        number, last = number >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def refuse(witness, note, answer, fault):
    """Says it loudly. Two checkpoints under the log's own signature that do not fit together are evidence: both are kept."""
    evidence = json.dumps({"fault": fault, "signed_before": witness.last, "shown_now": note, "consistency": answer}, indent=1)
    path = f"{witness.memory}.refused-{hashlib.sha256(evidence.encode()).hexdigest()[:16]}.json"
    if not os.path.exists(path):
        write_atomically(path, evidence)
    raise Refused(f"REFUSED, NOTHING WAS SIGNED: {fault}.\nBoth checkpoints are kept in {path}. Do not remove them: show them to the "
                  "other States' witnesses and to the secretariat, and ask what the others were shown.")


def check_continues(portal, witness, note, shown, keys):
    """That the checkpoint shown continues what was signed last."""
    try:
        _, before, before_root = open_checkpoint(witness.last, keys)
    except NotGenuine:
        raise Refused(f"{witness.memory} is of another log than the key that you gave; a witness looks after one log") from None
    _, size, root = shown
    if size < before:
        refuse(witness, note, None, f"THE LOG HAS SHRUNK: it had {before} entries, and now it shows {size}")
    if size == before and root != before_root:
        refuse(witness, note, None, f"THE LOG HAS FORKED: it shows two different histories of {size} entries")
    if size == before:
        return
    answer = portal.get(f"/v1/log/consistency?first={before}&second={size}").body.decode(errors="replace")
    try:
        hashes = [from_base64(node, 32, "a hash of the proof") for node in json.loads(answer)["proof"]]
    except (NotGenuine, ValueError, TypeError, KeyError):
        hashes = []
    if not grows(before, size, before_root, root, hashes):
        refuse(witness, note, answer, f"THE LOG HAS FORKED: what it shows with {size} entries does not continue what it showed with {before}")


def watch(portal, arguments):
    witness = Witness(arguments.directory)
    try:
        keys = known_keys(arguments)
        note = portal.get("/v1/log/checkpoint", "text/plain").body.decode()
        shown = open_checkpoint(note, keys)
    except (NotGenuine, ValueError) as error:
        raise Refused(f"nothing was signed: {error}") from None
    if witness.last:
        check_continues(portal, witness, note, shown, keys)
    if witness.has_signed(note):
        print(f"nothing new: {shown[0]} still has {shown[1]} entries, and says that {witness.name} has seen them")
        return
    signed = note + witness.line_below(note)
    if not witness.has_signed(signed):
        raise Refused("openssl made a signature that does not verify")
    write_atomically(witness.memory, signed)  # first: what has left this machine is never forgotten
    body = json.dumps({"checkpoint": signed}).encode()
    answer = portal.ask("POST", "/v1/log/cosignatures", body, Content_Type="application/json")
    if answer.status not in (200, 201):
        raise Refused(sentences(answer))
    print(f"signed: {shown[0]} has {shown[1]} entries, and they continue all that {witness.name} has seen")


def proof_of_possession(key, log, state):
    """With which the State registers the key: nobody else can, and neither can another State with this one."""
    fingerprint = hashlib.sha256(openssl("pkey", "-in", key, "-pubout", "-outform", "DER")).hexdigest()
    return base64.b64encode(signature_by(key, f"cbmx signing key v1\n{log}\nstate:{state}\n{fingerprint}\n")).decode()


def init(portal, arguments):
    if not re.fullmatch(r"[!-*,-~]{1,255}", arguments.init):
        raise Refused("NAME: ASCII without spaces and '+', best a URL without https:// (witness.example/cl)")
    if not re.fullmatch(r"[A-Z]{2}", arguments.state):
        raise Refused("--state: its code of two letters (CL)")
    log = origin(portal)
    os.makedirs(arguments.directory, mode=0o700)  # which must not be there yet
    key = os.path.join(arguments.directory, "key.pem")
    openssl("genpkey", "-algorithm", "ed25519", "-out", key)
    for name, text in (("name", arguments.init + "\n"), ("last.note", "")):
        write_atomically(os.path.join(arguments.directory, name), text)
    public = openssl("pkey", "-in", key, "-pubout").decode()
    proof = proof_of_possession(key, log, arguments.state)
    body = json.dumps({"public_key": public, "label": "Witness", "proof": proof, "use": "witness", "name": arguments.init})
    print(public + "Your State's nominator registers it, and revokes it when this directory is lost or copied. From then on the name, the\n"
          "State and the key are public:\n"
          """curl -sS --fail-with-body --cacert "$CBMX_CA" "$CBMX_URL/v1/signing-keys" -H "Authorization: Bearer $TOKEN_OF_THE_NOMINATOR" """
          f"-H 'Content-Type: application/json' -d '{body}'")


def main():
    line = CommandLine("Look after the log, for a State.")
    line.add_argument("--init", metavar="NAME", help="make the key of a new witness")
    line.add_argument("--state", metavar="CL", help="whose witness it will be")
    add_key_options(line)
    line.add_argument("directory", help="the witness's own: its key, and what it has signed last")
    arguments = line.parse_args()
    has_keys = bool(arguments.key or arguments.keys)
    if bool(arguments.init) == has_keys:
        line.error("either --init or --key")
    if bool(arguments.init) != bool(arguments.state):
        line.error("--init and --state go together")
    if has_keys:
        return run(watch, arguments, os.path.join(arguments.directory, "lock"))
    return run(init, arguments, None, token="")


if __name__ == "__main__":
    sys.exit(main())
