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
. "$here/../../support/state_keys.sh"
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
new_key state -algorithm ed25519
new_key next -algorithm EC -pkeyopt ec_paramgen_curve:P-256
cp "$work/state.pub" "$work/next.pub" "$made"
register_key "$first" "$second" state > /dev/null
jq -n --rawfile public_key "$work/next.pub" --arg proof "$(signed next next -digest sha256)" --arg by "$(signed state next)" --arg key "$(fingerprint "$work/state.pub")" \
    '{$public_key, $proof, label: "Demonstration", previous: {$key, signature: $by}}' > "$work/registration"
as "$first" POST /v1/signing-keys -H 'Content-Type: application/json' -d @"$work/registration" > /dev/null

submitted() {
    local id
    id=$(report "$write" "$(jq -nc --arg text "$1" '{measure: "OAS-CBM-4", period: "2025-2026", status: "in_progress", label: "TLP:AMBER",
        recipients: ["state:CL", "state:PE"], narrative: $text, tags: ["demonstration"]}')" | jq -r .id)
    step "$write" submit "$id" "" > /dev/null
    echo "$id"
}
report=/v1/reports/$(submitted "Demonstration: two seminars. Señal: ñandú – 漢字, \"quoted\" and \\ back.")
say_signed "$decide" state "$report/publish" '{}' "$(etag_of "$decide" "$report")" > "$made/answer.json"
say_signed "$decide" next "$report/recipients" '{"recipients": ["state:CL"]}' "$(etag_of "$decide" "$report")" > "$work/narrowed.json"
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
