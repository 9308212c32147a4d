#!/bin/bash
# The log's key changes in a portal that runs: a reader who knows only the old key can still check, what a stolen key signs after its
# end is refused, and a kill at any moment of a change leaves a portal that starts and a log that verifies.
# usage: tests/rotation/run.sh [BINARY]    build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath "${1:-$here/../../build/release/cbmx}")
. "$here/../support/checks.sh"
refuses() { ! "$@" > "$work/refusal" 2>&1; }
# says WORDS COMMAND...: refused, and for that reason.
says() { local words=$1; shift; refuses "$@" && grep -qF -- "$words" "$work/refusal" || { cat "$work/refusal"; return 1; }; }
receipt_by_python() { python3 "$root/client-examples/verify_receipt.py" "$@"; }
export_by_python() { python3 "$root/client-examples/verify_export.py" "$@"; }
by_portal() { env -i PATH="$PATH" "$binary" verify "$@"; }  # as on any other machine
receipt() { receipt_by_python "$@" && by_portal "$@"; }
archive() { export_by_python "$@" > "$work/judged" && by_portal "$@" | diff "$work/judged" -; }
publish() {  # publish FILE: a new report's receipt
    local id
    id=$(report "$write" '{"measure": "OAS-CBM-9", "period": "2025-2026", "status": "planned", "label": "TLP:CLEAR", "narrative": "Demonstration."}' | jq -r .id) &&
        step "$write" submit "$id" "" > /dev/null && step "$decide" publish "$id" "" > "$1"
}
private_keys() { [[ $(grep -c 'BEGIN PRIVATE KEY' "$CBMX_LOG_KEY") -eq $1 && $(stat -c %a "$CBMX_LOG_KEY") == 600 ]]; }
signatures() { [[ $(as "" GET /v1/log/checkpoint | grep -c "^— $CBMX_ORIGIN ") -eq $1 ]]; }
listed_keys() { [[ $(as "" GET /v1/log/key | tee "$work/keys.json" | jq '.keys | length') -eq $1 ]]; }
watch() { env CBMX_URL="$url" CBMX_CA="$CBMX_CLIENT_CA" CBMX_TOKEN="$write" python3 "$root/client-examples/witness.py" "$@" "$work/witness"; }
starts_again() { start_portal && publish "$work/again.json"; }

# What a thief does: signs the tree of a receipt with the old key.
forge() {
    jq -r .receipt.checkpoint "$1" | sed '/^$/,$d' > "$work/text"
    openssl pkeyutl -sign -rawin -inkey "$work/stolen.pem" -in "$work/text" -out "$work/signature"
    local line
    line=$({ printf "$(cut -d + -f 2 <<< "$old" | sed 's/../\\x&/g')"; cat "$work/signature"; } | base64 -w0)
    jq --rawfile text "$work/text" --arg line "— $CBMX_ORIGIN $line" '.receipt.checkpoint = $text + "\n" + $line + "\n"' "$1"
}

. "$here/../support/portal.sh"
prepare
"$binary" init --demo > /dev/null
start_portal
write=$(token "$(account state:CL drafter)") decide=$(token "$(account state:CL approver)") nominate=$(token "$(account state:CL nominator)")
old=$(as "" GET /v1/log/key | jq -r '.keys[0].text')
cp "$CBMX_LOG_KEY" "$work/stolen.pem"
watch --init witness.example/cl --state CL | sed -n "s/^curl .* -d '\(.*\)'\$/\1/p" |
    as "$nominate" POST /v1/signing-keys -H 'Content-Type: application/json' -d @- > /dev/null
publish "$work/before.json"
"$binary" backup "$work/before.sqlite" > /dev/null
log_shows_all
check "before: a witness signs" watch --key "$old"

check "a second key is made" "$binary" log rotate-key
check "the file holds both" private_keys 2
check "not twice at a time" says "an overlap is under way" "$binary" log rotate-key
publish "$work/within.json"
log_shows_all
check "the checkpoint carries both" signatures 2
check "both are shown" listed_keys 2
new=$(jq -r '.keys[0].text' "$work/keys.json")
"$binary" export "$work/within.zip" > /dev/null
for known in "$old" "$new"; do
    check "a receipt of the overlap holds" receipt --key "$known" "$work/within.json"
    check "an export of the overlap is genuine" archive --key "$known" "$work/within.zip"
done
check "the old key proves the new one" bash -c '[[ $(jq -r .opening.record.key) == "$1" ]]' - "$new" < <(
    as "" GET "/v1/receipts/$(jq '.keys[0].from_seq' "$work/keys.json")" | tee "$work/change.json")
check "in a receipt" receipt --key "$old" "$work/change.json"
check "a witness who knows the old key goes on" watch --key "$old"
check "the database verifies" "$binary" verify

check "the overlap ends" "$binary" log end-overlap
check "the old private key is gone from the file" private_keys 1
publish "$work/after.json"
log_shows_all
check "the checkpoint carries one" signatures 1
check "both are shown" listed_keys 2
"$binary" export "$work/after.zip" > /dev/null
check "a receipt of before holds by the new keys" receipt --keys "$work/keys.json" "$work/before.json"
check "one of the overlap" receipt --keys "$work/keys.json" "$work/within.json"
check "one of now" receipt --keys "$work/keys.json" "$work/after.json"
check "which the old key does not sign" refuses receipt_by_python --key "$old" "$work/after.json"
check "an export is genuine to a reader who knows the old key" archive --key "$old" "$work/after.zip"
check "and to one who knows the new key" archive --key "$new" "$work/after.zip"
check "and with the list of keys" archive --keys "$work/keys.json" "$work/after.zip"
check "a witness with the old key alone refuses" refuses watch --key "$old"
check "with both it goes on" watch --keys "$work/keys.json"
forge "$work/after.json" > "$work/forged.json"
check "a thief's receipt passes with the old key" receipt_by_python --key "$old" "$work/forged.json"
check "and not with the numbers of the keys" says "its checkpoint is not signed by a key that you gave" receipt_by_python --keys "$work/keys.json" "$work/forged.json"
check "nor to the portal's program" says "its checkpoint is not signed by a key that you gave" by_portal --keys "$work/keys.json" "$work/forged.json"

# Killed: the command when the key is in the file and the portal has not heard of it.
kill -STOP "$server"
"$binary" log rotate-key > /dev/null 2>&1 &
asking=$!
check "a command waits for the portal, its key in the file" wait_until private_keys 2
kill -9 "$asking" && { wait "$asking" || true; } 2> /dev/null
check "both are killed" kill_portal
check "the portal starts and writes" starts_again
check "all of it verifies" "$binary" verify
# Killed: both, at moments of their own.
for moment in 0 0.02 0.05 0.1 0.2; do
    step=rotate-key
    [[ $(as "" GET /v1/log/key | jq '[.keys[] | select(.until_seq == null)] | length') -eq 1 ]] || step=end-overlap
    "$binary" log "$step" > /dev/null 2>&1 &
    asking=$!
    sleep "$moment"
    kill -9 "$asking" 2> /dev/null || true
    kill_portal
    { wait "$asking" || true; } 2> /dev/null
    check "killed $moment s into $step, it starts and writes" starts_again
done
check "all of it verifies" "$binary" verify
"$binary" export "$work/killed.zip" > /dev/null
check "and to one who knows the first key" archive --key "$old" "$work/killed.zip"

# Stolen: the key ends at once.
check "a stolen key is replaced" "$binary" log rotate-key --without-overlap
check "and leaves the file" private_keys 1
check "the portal ends" end_portal
check "and starts" starts_again
check "it ends" end_portal
check "without a portal the key changes too" "$binary" log rotate-key
check "all of it verifies" "$binary" verify

# A backup from before all of this, with the file of today.
mv "$CBMX_DATA" "$work/data.lost"
is_told_to_be_old() { CBMX_OUTSIDE='' "$binary" verify "$work/before.sqlite" > "$work/told" && grep -qF "no key that signs now is named here" "$work/told"; }
check "an old backup verifies, and is said to be from before the change" is_told_to_be_old
check "an old backup is behind" says "the database is behind" "$binary" restore "$work/before.sqlite"
check "and opens a new epoch" "$binary" restore "$work/before.sqlite" --new-epoch
check "which verifies" "$binary" verify
check "and goes on" start_portal
check "it ends" end_portal
conclude
