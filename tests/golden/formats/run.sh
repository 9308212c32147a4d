#!/bin/bash
# What States keep today has to be read by every later verifier: each folder beside this script has one genuine example of each format,
# as make.sh made it with the release of its time. It stays as it is; each verifier goes on calling it genuine, and a changed one not.
# usage: tests/golden/formats/run.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
binary=$(realpath "${1:-$root/build/release/cbmx}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/support/checks.sh"
export PYTHONDONTWRITEBYTECODE=1

stands_as_it_was_made() { sha256sum --quiet -c SHA256SUMS && diff <(cut -c 67- SHA256SUMS | sort) <(ls | grep -vx SHA256SUMS | sort); }
keys() { printf '%s\n' --key "$(cat key)" --state-key CL=state.pub --state-key CL=next.pub; }
by_python() { # FILE
    local given
    mapfile -t given < <(keys)
    case $1 in
        *.zip) python3 "$root/client-examples/verify_export.py" "${given[@]}" "$1" ;;
        *) python3 "$root/client-examples/verify_receipt.py" "${given[@]}" "$1" ;;
    esac
}
by_program() {
    local given
    mapfile -t given < <(keys)
    "$binary" verify "$1" "${given[@]}"
}
# genuine VERIFIER FILE WORDS: it says that it is, and the words.
genuine() { "$1" "$2" > "$work/verdict" && grep -q '^genuine: ' "$work/verdict" && grep -qF -- "$3" "$work/verdict" || { cat "$work/verdict"; return 1; }; }
# One letter of what was said is another, or one byte of the archive.
forged() {
    case $2 in
        *.zip) python3 -c 'import sys; data = bytearray(open(sys.argv[1], "rb").read()); data[len(data) // 2] ^= 1; open(sys.argv[2], "wb").write(data)' "$2" "$work/$2" ;;
        *) sed 's/Demonstration: /Demonstration. /' "$2" > "$work/$2" ;;
    esac
    ! cmp -s "$2" "$work/$2" && ends_with 1 "NOT genuine" "$1" "$work/$2"
}

# The bytes that are hashed and signed, by hand: the entry's canonical form, the leaf in the tree, statement and checkpoint.
by_hand() {
    python3 - "$root/client-examples" << 'PYTHON'
import base64, hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from verify_receipt import canonical, open_checkpoint, parse_key, root_from
key = parse_key(open("key").read().strip())
receipt, entry = json.load(open("receipt.json"))["receipt"], open("entry.json", "rb").read()
assert canonical(receipt["entry"]) == canonical(json.loads(entry)) == entry, "the entry's canonical form is another"
_, size, root = open_checkpoint(receipt["checkpoint"], [key])
leaf = hashlib.sha256(b"\x00" + entry).digest()
assert root_from(leaf, receipt["index"], size, [base64.b64decode(node) for node in receipt["proof"]]) == root, "the leaf is another"
said = json.load(open("receipt.json"))["opening"]["statement"]["statement"]
assert b"cbmx-statement/v1\n" + canonical(said) == open("statement", "rb").read(), "the statement's text is another"
assert open_checkpoint(open("checkpoint", encoding="utf-8").read(), [key])[1] > size, "the checkpoint is another"
PYTHON
    openssl pkeyutl -verify -rawin -pubin -inkey state.pub -in statement -sigfile statement.signature
}

shopt -s nullglob
examples=("$here"/*/)
check "there is an example" test "${#examples[@]}" -gt 0
for example in "${examples[@]}"; do
    cd "$example"
    name="formats of version $(basename "$example"):"
    check "$name the files are as they were made" stands_as_it_was_made
    check "$name entry, statement and checkpoint, byte for byte" by_hand
    for verifier in by_python by_program; do
        check "$name a receipt, $verifier" genuine "$verifier" receipt.json "signed with a key of CL"
        check "$name the answer to a write, $verifier" genuine "$verifier" answer.json "signed with a key of CL"
        check "$name a change with its publication, $verifier" genuine "$verifier" narrowed.json "signed with a key of CL"
        check "$name one without a signature, $verifier" genuine "$verifier" unsigned.json "not signed with a key of CL's"
        check "$name an export, $verifier" genuine "$verifier" export.zip "signed with a key of CL: "
        check "$name and none that was changed: a receipt, $verifier" forged "$verifier" receipt.json
        check "$name an export, $verifier" forged "$verifier" export.zip
    done
done
conclude
