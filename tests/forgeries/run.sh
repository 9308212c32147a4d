#!/bin/bash
# The corpus of forgeries: every single change of genuine receipts, answers and exports of a running demonstration, judged by every
# verifier. None may call one genuine or refuse what is genuine, and no two may disagree. What is changed: make.py, make_exports.py; what
# a verdict must say: judge.py.
# usage: tests/forgeries/run.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/demonstration.sh"
here=$root/tests/forgeries
genuine=$work/corpus/genuine
json=(-H 'Content-Type: application/json')

api() { curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $1" "${@:2}"; }
tag_of() { curl -fsS --cacert "$CBMX_CA" -o /dev/null -D - -H "Authorization: Bearer $1" "$CBMX_URL$2" | sed -n 's/^etag: *\([^\r]*\)\r*$/\1/Ip'; }
fingerprint() { openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -d ' ' -f 1; }
# signed TOKEN TAG METHOD PATH [BODY]: a step of the State, with the word of its key.
signed() { CBMX_TOKEN=$1 bash "$root/client-examples/sign.sh" --yes --if-match "$2" "$work/state.pem" "${@:3}"; }
by_python() { python3 "$root/client-examples/verify_receipt.py" --key "$CBMX_VERIFIER_KEY" "$@"; }
by_portal() { env -i PATH="$PATH" "$binary" verify --key "$CBMX_VERIFIER_KEY" "$@"; }
# both WORDS ARGUMENT...: both verifiers call it genuine, say the same, and say the words.
both() {
    local words=$1
    by_python "${@:2}" > "$work/by-python" && by_portal "${@:2}" > "$work/by-portal" || { cat "$work/by-python" "$work/by-portal"; return 1; }
    diff "$work/by-python" "$work/by-portal" && { grep -qF -e "$words" "$work/by-python" || { cat "$work/by-python"; return 1; }; }
}

# neither ARGUMENT...: both end with 2, before they judge anything.
neither() {
    local ends=0
    by_python "$@" > "$work/by-python" 2>&1 || ends=$?
    is "$ends" 2 || return 1
    ends=0
    by_portal "$@" > "$work/by-portal" 2>&1 || ends=$?
    is "$ends" 2 && ! grep genuine "$work/by-python" "$work/by-portal"
}

# A key with which Chile signs: one nominator brings it, the other confirms it.
register_state_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/state.pem"
    openssl pkey -in "$work/state.pem" -pubout -out "$work/state.pub"
    printf '%s\n' "cbmx signing key v1" "${CBMX_VERIFIER_KEY%%+*}" state:CL "$(fingerprint "$work/state.pub")" > "$work/possession"
    openssl pkeyutl -sign -rawin -digest sha256 -inkey "$work/state.pem" -in "$work/possession" -out "$work/possession.signature"
    local proposal
    proposal=$(jq -n --rawfile public_key "$work/state.pub" --arg proof "$(base64 -w0 "$work/possession.signature")" '{$public_key, $proof, label: "Demonstration"}' |
        api "$CBMX_TOKEN_CL_NOMINATOR" "${json[@]}" -d @- "$CBMX_URL/v1/signing-keys" | jq -r .id)
    api "$CBMX_TOKEN_CL_SECOND_NOMINATOR" -X POST -H "If-Match: $(tag_of "$CBMX_TOKEN_CL_SECOND_NOMINATOR" "/v1/proposals/$proposal")" \
        "$CBMX_URL/v1/proposals/$proposal/confirm" > "$genuine/key.json"
}

# publish FILE MEASURE NARRATIVE [signed]: a report of Chile, drafted, submitted and published; FILE gets the last answer.
publish() {
    local id
    id=$(jq -n --arg measure "$2" --arg narrative "$3" '{$measure, period: "2025-2026", status: "planned", label: "TLP:GREEN", recipients: ["members"], $narrative}' |
        api "$CBMX_TOKEN_CL_DRAFTER" "${json[@]}" -d @- "$CBMX_URL/v1/reports" | jq -r .id)
    api "$CBMX_TOKEN_CL_DRAFTER" -X POST -H 'If-Match: "d1-"' "$CBMX_URL/v1/reports/$id/submit" > /dev/null
    local tag
    tag=$(tag_of "$CBMX_TOKEN_CL_APPROVER" "/v1/reports/$id/draft")
    if [[ ${4-} == signed ]]; then
        signed "$CBMX_TOKEN_CL_APPROVER" "$tag" POST "/v1/reports/$id/publish" > "$1"
    else
        api "$CBMX_TOKEN_CL_APPROVER" -X POST -H "If-Match: $tag" "$CBMX_URL/v1/reports/$id/publish" > "$1"
    fi
}

batch() {
    printf '{"report": {"client_ref": "forgeries-%s", "measure": "OAS-CBM-4", "period": "2025-2026", "status": "planned", "label": "TLP:GREEN"}}\n' 1 2 |
        api "$CBMX_TOKEN_CL_DRAFTER" -H 'Content-Type: application/x-ndjson' --data-binary @- "$CBMX_URL/v1/batches?goal=submit" > "$genuine/batch.json"
}

nominate() {
    jq -n '{kind: "nomination", note: {reference: "NV 9/2026", date: "2026-01-15"},
        fields: {category: "policy", office: "Demonstration Desk", institution: "Ministry (demonstration)", emails: ["desk@gov.cl.example"], languages: ["es"], time_zone: "America/Santiago"}}' |
        api "$CBMX_TOKEN_CL_NOMINATOR" "${json[@]}" -d @- "$CBMX_URL/v1/nominations" > "$genuine/nomination.json"
}

# A change of recipients; then the receipt of it, which brings that of the publication along.
narrow() {
    local id
    id=$(jq -r .id "$genuine/published.json")
    echo '{"recipients": ["state:CL"]}' > "$work/recipients.json"
    signed "$CBMX_TOKEN_CL_APPROVER" "$(tag_of "$CBMX_TOKEN_CL_APPROVER" "/v1/reports/$id")" POST "/v1/reports/$id/recipients" "$work/recipients.json" > "$genuine/recipients.json"
    api "$CBMX_TOKEN_CL_APPROVER" "$CBMX_URL/v1/receipts/$(jq .receipt.index "$genuine/recipients.json")" > "$genuine/audience.json"
    jq -e .publication "$genuine/audience.json" > /dev/null
}

# The proposal to erase a report brings all that opens what was said of it.
propose_erasure() {
    local id
    id=$(jq -r .id "$work/to-be-erased.json")
    api "$CBMX_TOKEN_CL_APPROVER" -X POST -H "If-Match: $(tag_of "$CBMX_TOKEN_CL_APPROVER" "/v1/reports/$id")" "$CBMX_URL/v1/reports/$id/withdraw" > "$genuine/withdrawn.json"
    api "$CBMX_TOKEN_CL_APPROVER" -X POST -H "If-Match: $(tag_of "$CBMX_TOKEN_CL_APPROVER" "/v1/reports/$id")" "$CBMX_URL/v1/reports/$id/erase" > "$genuine/proposal.json"
    jq -e '.openings | length > 0' "$genuine/proposal.json" > /dev/null
}

# Receipts as they are kept: bare, in an array, as lines of an export; and what holds none.
keep_otherwise() {
    jq .receipt "$genuine/published.json" > "$genuine/bare.json"
    jq -s '[.[0], {receipt: .[1].receipt}]' "$genuine/published.json" "$genuine/nomination.json" > "$genuine/array.json"
    api "$CBMX_TOKEN_CL_APPROVER" "$CBMX_URL/v1/receipts/0" > "$genuine/genesis.json"
    api "$CBMX_TOKEN_CL_APPROVER" "$CBMX_URL/v1/changes?after=$(($(jq .receipt.index "$genuine/published.json") - 1))&limit=3" > "$genuine/feed.json"
    api "$CBMX_TOKEN_CL_DRAFTER" -o "$work/corpus/genuine/export.zip" "$CBMX_URL/v1/export?after=$size"
    python3 -m zipfile -e "$genuine/export.zip" "$work/unpacked"
    jq -s 'map(select(.receipt)) | {items: .[-3:], complete_up_to: 9999, next: null}' "$work/unpacked/changes.ndjson" > "$genuine/lines.json"
}

# META of verify_receipt.py against the schemas of answers that come with a receipt.
meta_is_that_of_the_schemas() {
    (cd "$root/schema/json" && jq -n --slurpfile shared common.schema.json '[inputs | .properties // {} | select(.receipt and .meta) | .meta
        | if ."$ref" then $shared[0]."$defs"[."$ref" | split("/") | last] else . end | .properties | keys[]] | unique[]' -r -- *.schema.json) > "$work/in-schemas"
    (cd "$root/client-examples" && python3 -c 'import verify_receipt; print(*sorted(verify_receipt.META), sep="\n")') > "$work/in-python"
    diff "$work/in-schemas" "$work/in-python"
}

start_demonstration
mkdir -p "$genuine"
size=$(curl -fsS --cacert "$CBMX_CA" "$CBMX_URL/v1/log/checkpoint" | sed -n 2p)
check "the verifiers know the members of meta" meta_is_that_of_the_schemas
check "Chile has a key for its statements" register_state_key
check "a report is published and signed" publish "$genuine/published.json" OAS-CBM-4 "Demostración: qué se firma." signed
check "another too" publish "$genuine/published-other.json" OAS-CBM-5 "Demonstration: another." signed
check "a third is not signed" publish "$genuine/unsigned.json" OAS-CBM-6 "Demonstration: a third."
check "nor one that is to be erased" publish "$work/to-be-erased.json" OAS-CBM-7 "Demonstration: to be erased."
check "the first is narrowed" narrow
check "the last is withdrawn, and its erasure proposed" propose_erasure
check "a batch is submitted" batch
check "a contact is nominated" nominate
log_shows_all
check "receipts are kept in every way" keep_otherwise

# What is genuine, and what the verdict says of whose word it is.
key=(--state-key "CL=$work/state.pub")
openssl genpkey -algorithm ed25519 -out "$work/stranger.pem"
openssl pkey -in "$work/stranger.pem" -pubout -out "$work/stranger.pub"
hex=$(fingerprint "$work/state.pub")
check "a signed one is the State's, by its key" both "; signed with a key of CL;" "${key[@]}" "$genuine/published.json"
check "which has to be given" both "; signed with key $hex of CL, which you did not give;" "$genuine/published.json"
check "as that State's" both "; signed with key $hex of CL, which you did not give;" --state-key "PE=$work/state.pub" "$genuine/published.json"
check "another key is not it" both "; signed with key $hex of CL, which you did not give;" --state-key "CL=$work/stranger.pub" "$genuine/published.json"
check "one that was not signed is an account's" both "; accepted from an account of CL; not signed with a key of CL's;" "${key[@]}" "$genuine/unsigned.json"
check "a bare one says no more than that there is a statement" both "; what it commits to is not shown; a statement of CL stands behind it, which is not shown;" "${key[@]}" "$genuine/bare.json"
check "it says to whom, and that it may be superseded" both ", TLP:GREEN, for members, state:CL, in the log" "$genuine/published.json"

# What is no file or no key is not judged.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2> /dev/null | openssl pkey -pubout -out "$work/rsa.pub"
cat "$work/state.pub" "$work/stranger.pub" > "$work/two.pub"
for wrong in "$work/state.pub" "cl=$work/state.pub" "CL=$work/nothing" "CL=$work/state.pem" "CL=$work/rsa.pub" "CL=$work/two.pub"; do
    check "no key of a State: ${wrong/$work/}" neither --state-key "$wrong" "$genuine/published.json"
done
check "a file that is not there" neither "$work/nothing.json"
{ cat "$genuine/published.json"; head -c $((16 * 1024 * 1024)) /dev/zero | tr '\0' ' '; } > "$work/large.json"
check "one that is larger than any that a verifier reads" neither "$work/large.json"

# Forgeries
check "receipts are forged" python3 "$here/make.py" "$work/corpus"
check "there are many" test "$(wc -l < "$work/corpus/forgeries.ndjson")" -gt 3000
check "exports are forged" python3 "$here/make_exports.py" "$genuine/export.zip" "$work/corpus" "$work/stranger.pem"
check "there are many of them too" test "$(wc -l < "$work/corpus/archives.ndjson")" -gt 300
if ! python3 "$here/judge.py" "$binary" "$CBMX_VERIFIER_KEY" "CL=$work/state.pub" "$work/corpus"; then
    failures=$((failures + 1))
fi
conclude
