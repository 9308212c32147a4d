#!/bin/bash
# Makes one genuine example of each format that States keep: entry, receipt, statement, checkpoint, export. Run once for each version of the
# formats, and never again: what States hold cannot be made anew either. A format that changes is a new version in a folder beside the
# old one, which every verifier goes on reading (run.sh). The log's key is made from a fixed seed and signs invented data only; the
# States' keys end with this script. usage: make.sh BINARY VERSION    makes the folder VERSION beside this script
set -euo pipefail
binary=$(realpath "$1") version=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../support/checks.sh"
. "$here/../../support/portal.sh"
[[ ! -e $here/$version ]] || { echo "$here/$version is there, and stays as it is" >&2; exit 1; }
made=$work/$version
mkdir "$made"
export CBMX_ORIGIN=formats.example/log

prepare
"$binary" init --demo > /dev/null
start_portal
first=$(token "$(account state:CL nominator)") second=$(token "$(account state:CL nominator)")
write=$(token "$(account state:CL drafter)") decide=$(token "$(account state:CL approver)")
as "" GET /v1/log/key | jq -r '.keys[0].text' > "$made/key"

# Two keys of Chile: of each kind one, confirmed by another nominator, and signed by the one before.
fingerprint() { openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -d ' ' -f 1; }
new_key() { # NAME [OPTIONS OF genpkey]
    openssl genpkey "${@:2}" -out "$work/$1.key" 2> /dev/null
    openssl pkey -in "$work/$1.key" -pubout -out "$made/$1.pub"
    printf '%s\n' "cbmx signing key v1" "$CBMX_ORIGIN" state:CL "$(fingerprint "$made/$1.pub")" > "$work/$1.text"
}
signed() { openssl pkeyutl -sign -rawin "${@:3}" -inkey "$work/$1.key" -in "$work/$2.text" -out "$work/signature" && base64 -w0 "$work/signature"; }
new_key state -algorithm ed25519
new_key next -algorithm EC -pkeyopt ec_paramgen_curve:P-256
jq -n --rawfile public_key "$made/state.pub" --arg proof "$(signed state state)" '{$public_key, $proof, label: "Demonstration"}' > "$work/registration"
proposal=/v1/proposals/$(as "$first" POST /v1/signing-keys -H 'Content-Type: application/json' -d @"$work/registration" | jq -r .id)
as "$second" POST "$proposal/confirm" -H "If-Match: $(etag_of "$second" "$proposal")" > /dev/null
jq -n --rawfile public_key "$made/next.pub" --arg proof "$(signed next next -digest sha256)" --arg by "$(signed state next)" --arg key "$(fingerprint "$made/state.pub")" \
    '{$public_key, $proof, label: "Demonstration", previous: {$key, signature: $by}}' > "$work/registration"
as "$first" POST /v1/signing-keys -H 'Content-Type: application/json' -d @"$work/registration" > /dev/null

# sign KEY PATH BODY TAG: a word of Chile with its own signature; the answer.
sign() {
    printf '%s' "$3" > "$work/body"
    CBMX_URL=$url CBMX_CA=$CBMX_CLIENT_CA CBMX_TOKEN=$decide CBMX_VERIFIER_KEY=$(cat "$made/key") \
        bash "$root/client-examples/sign.sh" --yes --if-match "$4" "$work/$1.key" POST "$2" "$work/body" 2> "$work/signing" || { cat "$work/signing" >&2; return 1; }
}
submitted() {
    local id
    id=$(report "$write" "$(jq -nc --arg text "$1" '{measure: "OAS-CBM-4", period: "2025-2026", status: "in_progress", label: "TLP:AMBER",
        recipients: ["state:CL", "state:PE"], narrative: $text, tags: ["demonstration"]}')" | jq -r .id)
    step "$write" submit "$id" "" > /dev/null
    echo "$id"
}
report=/v1/reports/$(submitted "Demonstration: two seminars. Señal: ñandú – 漢字, \"quoted\" and \\ back.")
sign state "$report/publish" '{}' "$(etag_of "$decide" "$report")" > "$made/answer.json"
sign next "$report/recipients" '{"recipients": ["state:CL"]}' "$(etag_of "$decide" "$report")" > "$work/narrowed.json"
as "$decide" GET "/v1/receipts/$(jq .receipt.entry.seq "$work/narrowed.json")" > "$made/narrowed.json"
step "$decide" publish "$(submitted "Demonstration: without a signature.")" "" > "$made/unsigned.json"
as "$decide" GET "/v1/receipts/$(jq .receipt.entry.seq "$made/answer.json")" > "$made/receipt.json"
jq -cSj .receipt.entry "$made/receipt.json" > "$made/entry.json"
{ echo cbmx-statement/v1; jq -cSj .opening.statement.statement "$made/receipt.json"; } > "$made/statement"
jq -r .opening.statement.signature "$made/receipt.json" | base64 -d > "$made/statement.signature"
log_shows_all
as "" GET /v1/log/checkpoint > "$made/checkpoint"
as "$decide" GET /v1/export > "$made/export.zip"
end_portal
"$binary" verify
(cd "$made" && sha256sum -- * > SHA256SUMS)
cp -r "$made" "$here/$version"
"$here/run.sh" "$binary"
wc -c "$here/$version"/*
