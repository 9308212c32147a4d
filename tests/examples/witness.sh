#!/bin/bash
# The story of client-examples/witness.py as a ministry's engineer lives it: a key, its registration, runs by cron, a lost
# answer; then an operator who restores yesterday's copy and goes on, so that the log has two histories.
# usage: tests/examples/witness.sh [BINARY]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
fork=
trap '[[ -z $fork ]] || kill -TERM "$fork" || true; end_demonstration' EXIT

start_demonstration
export CBMX_TOKEN=$CBMX_TOKEN_CL_CONTACT
state="$work/a witness" name=witness.example/cl

shown_data=$CBMX_DATA # of the portal at CBMX_URL
checkpoint() { get /v1/log/checkpoint; }
size() { checkpoint | sed -n 2p; }
entry() { curl -fsS -o /dev/null --cacert "$CBMX_CA" -H "Authorization: Bearer $CBMX_TOKEN_CL_NOMINATOR" -H 'Content-Type: application/json' -d '{"name":"Demonstration: desk","roles":["drafter"]}' "$CBMX_URL/v1/accounts" && log_shows_all "$shown_data"; }
witness() { python3 "$examples/witness.py" --patience 5 --key "${key:-$CBMX_VERIFIER_KEY}" "${1:-$state}"; }
lines() { checkpoint | grep -c "^— $name " || true; }
verifier() { get /v1/log/witnesses | jq -r '.items[] | select(.status == "active") | .verifier_key'; }
# The line that is remembered, taken apart by head and tail and checked by openssl.
openssl_agrees() {
    local note seconds
    note=$(cat "$state/last.note")
    sed -n "s|^— $name ||p" <<<"$note" | base64 -d > "$work/line"
    seconds=$((16#$(head -c 12 "$work/line" | tail -c 8 | od -An -tx1 | tr -d ' \n')))
    printf 'cosignature/v1\ntime %d\n%s\n' "$seconds" "${note%%$'\n\n'*}" > "$work/message"
    tail -c 64 "$work/line" > "$work/signature"
    openssl pkeyutl -verify -rawin -inkey "$state/key.pem" -in "$work/message" -sigfile "$work/signature"
}
evidence() { find "$state" -name '*.refused-*.json' | wc -l; }

# Made and registered.
init=(env -u CBMX_TOKEN python3 "$examples/witness.py" --patience 5 --init "$name")
check "no witness is made for nobody" refuses "go together" "${init[@]}" "$state"
check "nor for another log than the one whose key is known" refuses "the key that you know is of other.example/log" env CBMX_VERIFIER_KEY="other.example/log+${CBMX_VERIFIER_KEY#*+}" "${init[@]}" --state CL "$state"
check "and nothing is left" test ! -e "$state"
check "a witness is made" "${init[@]}" --state CL "$state"
register=$(sed -n '/^curl/,$p' "$work/said")
check "its key is its owner's alone" is "$(stat -c %a "$state/key.pem") $(stat -c %a "$state")" "600 700"
check "it is not made twice" refuses "File exists" "${init[@]}" --state CL "$state"
check "before it is registered its line is refused" refuses "not available to you" witness
check "and what it has signed is remembered all the same" grep -q "^— $name " "$state/last.note"
check "the call that it prints does not make it another State's" ends_with 22 no_possession env TOKEN_OF_THE_NOMINATOR="$CBMX_TOKEN_PE_NOMINATOR" bash -c "$register"
check "and registers it" env TOKEN_OF_THE_NOMINATOR="$CBMX_TOKEN_CL_NOMINATOR" bash -c "$register"
check "with a receipt" jq -e '.receipt.entry.kind == "signing_key_registered"' "$work/said"
public=$(openssl pkey -in "$state/key.pem" -pubout -outform DER | tail -c 32 | base64 -w0)
key_id=$( (printf '%s\n\4' "$name"; base64 -d <<<"$public") | sha256sum | cut -c1-8)
check "the public list names the key that the witness has" is "$(verifier)" "$name+$key_id+$( (printf '\4'; base64 -d <<<"$public") | base64 -w0)"
log_shows_all "$shown_data"

# Day by day.
check "it signs what the log shows" witness
check "and the checkpoint carries its line for everyone" is "$(lines)" 1
check "which stands in what it remembers" is "$(checkpoint)" "$(cat "$state/last.note")"
check "openssl finds the line right" openssl_agrees
check "a second run has nothing to do" witness
check "and says so" grep -q "^nothing new" "$work/said"
for ((i = 0; i < 4; i++)); do
    entry
    check "after an entry it signs again ($(size))" witness
    check "and the checkpoint carries it" is "$(lines)" 1
done
check "other readers of the checkpoint are not disturbed" bash -c 'curl -fsS --cacert "$CBMX_CA" "$CBMX_URL/v1/receipts/0" | python3 "$1" --key "$CBMX_VERIFIER_KEY" -' - "$examples/verify_receipt.py"

# An answer that never came: it was remembered, not submitted; the next run submits it.
entry
check "of another State's account the line is refused" refuses "not available to you" env CBMX_TOKEN="$CBMX_TOKEN_PE_CONTACT" python3 "$examples/witness.py" --patience 5 --key "$CBMX_VERIFIER_KEY" "$state"
check "so that the checkpoint does not carry it" is "$(lines)" 0
check "the next run hands it in" witness
check "and the checkpoint carries it" is "$(lines)" 1

# What cannot be done.
check "a portal that is not there is tried again later" ends_with 2 "Run this again later" env CBMX_URL=https://localhost:1 python3 "$examples/witness.py" --patience 0 --key "$CBMX_VERIFIER_KEY" "$state"
openssl genpkey -algorithm ed25519 -out "$work/other.pem"
typed=$( (printf '\1'; openssl pkey -in "$work/other.pem" -pubout -outform DER | tail -c 32) | base64 -w0)
origin=${CBMX_VERIFIER_KEY%%+*}
other=$origin+$( (printf '%s\n' "$origin"; base64 -d <<<"$typed") | sha256sum | cut -c1-8)+$typed
key=$other check "under another key of the log nothing is signed" refuses "not signed by the key that you gave" witness
cp -r "$state" "$work/lost"
rm "$work/lost/last.note"
check "without its memory it does not sign" refuses "has lost its memory" witness "$work/lost"
check "a command line that says neither is refused" refuses "either --init or --key" python3 "$examples/witness.py" "$state"
check "nothing of this is evidence against the log" is "$(evidence)" 0

# The operator restores yesterday's copy beside it and goes on: two histories under one name and key.
"$binary" backup "$work/yesterday.sqlite" > /dev/null
entry
check "the witness goes on with the first history" witness
signed=$(cat "$state/last.note")
mkdir -m 700 "$work/fork"
cp "$work/yesterday.sqlite" "$work/fork/cbmx.sqlite"
CBMX_DATA=$work/fork CBMX_OUTSIDE='' CBMX_PORT=0 CBMX_MTLS_PORT=0 CBMX_METRICS_PORT=0 CBMX_PUBLIC_URL=https://localhost CBMX_ACCOUNT_LOG_INTERVAL_SECONDS=1 CBMX_PUBLIC_LOG_INTERVAL_SECONDS=1 \
    "$binary" serve > "$work/fork.log" 2>&1 &
fork=$!
fork_port() { jq -R 'fromjson? | select(.event == "started") | .port' "$work/fork.log"; }
fork_listens() { [[ -n $(fork_port) ]]; }
wait_until fork_listens
first_url=$CBMX_URL
export CBMX_URL=https://localhost:$(fork_port)
shown_data=$work/fork
check "the second history serves" get /readyz
log_shows_all "$shown_data"
check "a shorter one is refused, loudly" refuses "THE LOG HAS SHRUNK" witness
entry
check "one of the same length is refused" refuses "THE LOG HAS FORKED: it shows two different histories" witness
entry
entry
check "a longer one that does not continue the first is refused" refuses "does not continue what it showed" witness
check "and again" refuses "does not continue what it showed" witness
check "of each refusal both checkpoints are kept, once" is "$(evidence)" 3
check "nothing was signed" is "$(cat "$state/last.note")" "$signed"
check "so that the second history has no witness" is "$(lines)" 0
check "the evidence holds both checkpoints under the log's own signature" python3 -c '
import glob, json, sys
sys.path.insert(0, sys.argv[1])
from verify_receipt import open_checkpoint, parse_key
for path in glob.glob(glob.escape(sys.argv[2]) + "/*.refused-*.json"):
    evidence = json.load(open(path))
    trees = {open_checkpoint(evidence[name], [parse_key(sys.argv[3])]) for name in ("signed_before", "shown_now")}
    assert len(trees) == 2, path' "$examples" "$state" "$CBMX_VERIFIER_KEY"
export CBMX_URL=$first_url
shown_data=$CBMX_DATA
check "with the first history it goes on as before" witness
entry
check "and signs it" witness
check "the nominator revokes the key" bash -c '
    id=$(curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $CBMX_TOKEN_CL_NOMINATOR" "$CBMX_URL/v1/signing-keys" | jq -r ".items[] | select(.content.use == \"witness\") | .id")
    curl -fsS -X POST --cacert "$CBMX_CA" -H "Authorization: Bearer $CBMX_TOKEN_CL_NOMINATOR" "$CBMX_URL/v1/signing-keys/$id/revoke" | jq -e ".content.revoked_at != null"'
log_shows_all "$shown_data"
check "and the witness learns why" refuses "is not in use at present" witness
check "the consistency check agrees with trees that it has built itself" python3 "$root/tests/examples/consistency_vectors.py" "$examples"

check "quickstart stops it" quickstart --stop
check "what it left verifies, with every line" "$binary" verify
check "and says how many there are" grep -q ", [0-9]* cosignatures of witnesses" "$work/said"
conclude
