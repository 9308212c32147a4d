#!/bin/bash
# A State signs its own words with client-examples/sign.sh: with a key in a file and with one on a PKCS#11 token, and what both the
# State and its readers can show afterwards. A portal that shows one thing and lets another be signed is found out before.
# usage: tests/examples/sign.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
untrue=
trap '[[ -z $untrue ]] || kill -TERM "$untrue" || true; end_demonstration' EXIT
start_demonstration

# The State's keys: one in a file, confirmed by a second nominator; one on a token, signed by the first.
origin=${CBMX_VERIFIER_KEY%%+*}
second_token=$CBMX_TOKEN_CL_SECOND_NOMINATOR
ask() { curl -sS --fail-with-body --cacert "$CBMX_CA" -H "Authorization: Bearer $1" "${@:3}" "$CBMX_URL$2"; }
post() { ask "$1" "$2" -H 'Content-Type: application/json' -d "$3"; }
tag_of() { curl -fsS -o /dev/null -D - --cacert "$CBMX_CA" -H "Authorization: Bearer $1" "$CBMX_URL$2" | sed -n 's/^etag: *\([^\r]*\)\r*$/\1/Ip'; }
fingerprint() { openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -d ' ' -f 1; }
# four_lines PUBLIC: what shows that the State holds a key is its signature over these.
four_lines() { printf '%s\n' "cbmx signing key v1" "$origin" state:CL "$(fingerprint "$1")" > "$work/four"; }
register() { # NAME [PREVIOUS]    with $work/NAME.key, whose registration $work/PREVIOUS.key signs as well
    local previous='null'
    openssl pkey -in "$work/$1.key" -pubout -out "$work/$1.pub"
    four_lines "$work/$1.pub"
    openssl pkeyutl -sign -rawin ${digest[$1]} -inkey "$work/$1.key" -in "$work/four" -out "$work/proof"
    if [[ $# -eq 2 ]]; then
        openssl pkeyutl -sign -rawin ${digest[$2]} -inkey "$work/$2.key" -in "$work/four" -out "$work/by-previous"
        previous=$(jq -n --arg key "$(fingerprint "$work/$2.pub")" --arg signature "$(base64 -w0 "$work/by-previous")" '{key: $key, signature: $signature}')
    fi
    jq -n --rawfile public_key "$work/$1.pub" --arg proof "$(base64 -w0 "$work/proof")" --arg called "$1" --argjson previous "$previous" \
        '{public_key: $public_key, proof: $proof, label: $called} + if $previous then {previous: $previous} else {} end' > "$work/registration"
    post "$CBMX_TOKEN_CL_NOMINATOR" /v1/signing-keys @"$work/registration" > "$work/registered"
}
confirmed() {
    local proposal
    proposal=/v1/proposals/$(jq -r .id "$work/registered")
    ask "$second_token" "$proposal/confirm" -X POST -H "If-Match: $(tag_of "$second_token" "$proposal")"
}
declare -A digest=([ministry]='' [token]='-digest sha256' [stranger]='')
openssl genpkey -algorithm ed25519 -out "$work/ministry.key"
openssl genpkey -algorithm ed25519 -out "$work/stranger.key"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/token.key"
check "a nominator brings the State's key" register ministry
check "and a second one confirms it" confirmed
check "the next key is signed by the one before" register token ministry
check "and is the State's at once" is "$(jq -r .receipt.entry.kind "$work/registered")" signing_key_registered
openssl pkey -in "$work/stranger.key" -pubout -out "$work/stranger.pub"
listed() { get /v1/states/CL/keys | jq -r '.items[].content.fingerprint' | sort; }
log_shows_all
check "everyone can get both" is "$(listed)" "$(printf '%s\n' "$(fingerprint "$work/ministry.pub")" "$(fingerprint "$work/token.pub")" | sort)"

# The second key goes onto a token; there is no file of it any more.
export SOFTHSM2_CONF=$work/softhsm.conf CBMX_PKCS11_MODULE=/usr/lib/softhsm/libsofthsm2.so
mkdir "$work/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$work/tokens" > "$SOFTHSM2_CONF"
on_token() {
    softhsm2-util --init-token --free --label ministry --so-pin 87654321 --pin 4711 &&
        softhsm2-util --import "$work/token.key" --token ministry --label statements --id 01 --pin 4711 && rm "$work/token.key"
}
check "a token takes the key" on_token
printf 4711 > "$work/pin"
printf 1234 > "$work/wrong-pin"
token_with() { echo "pkcs11:token=ministry;object=statements;pin-source=$work/$1"; }

sign() { CBMX_TOKEN=${as:-$CBMX_TOKEN_CL_APPROVER} bash "$examples/sign.sh" --yes "$@"; }
said_in() { sign "${@:2}" > "$work/$1.json"; }
verdict() { python3 "$examples/verify_receipt.py" --key "$CBMX_VERIFIER_KEY" "${@:2}" "$work/$1.json"; }
verdict_of_portal() { "$binary" verify "$work/$1.json" --key "$CBMX_VERIFIER_KEY" "${@:2}"; }
given() { echo --state-key "CL=$work/$1.pub"; }
submitted() { # a report of Chile for Peru, ready to be published: sets report
    report=$(post "$CBMX_TOKEN_CL_DRAFTER" /v1/reports '{"measure": "OAS-CBM-4", "period": "2025-2026", "status": "in_progress",
        "label": "TLP:AMBER", "recipients": ["state:CL", "state:PE"], "narrative": "Demonstration: a word – with its key."}' | jq -r .id)
    ask "$CBMX_TOKEN_CL_DRAFTER" "/v1/reports/$report/submit" -X POST -H "If-Match: $(tag_of "$CBMX_TOKEN_CL_DRAFTER" "/v1/reports/$report")" > /dev/null
}
tag() { tag_of "$CBMX_TOKEN_CL_APPROVER" "/v1/reports/$report"; }
state_of_report() { get_as "$CBMX_TOKEN_CL_APPROVER" "/v1/reports/$report" | jq -r .meta.workflow_state; }

# A publication, with the key in the file.
submitted
check "without what was read nothing is published" refuses 428 sign "$work/ministry.key" POST "/v1/reports/$report/publish"
check "by a key that is not the State's neither" refuses "[statement_key]" sign --if-match "$(tag)" "$work/stranger.key" POST "/v1/reports/$report/publish"
check "nor without anybody to ask" refuses "no terminal to ask at" env CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" setsid bash "$examples/sign.sh" --if-match "$(tag)" "$work/ministry.key" POST "/v1/reports/$report/publish"
check "and nothing was said" is "$(state_of_report)" submitted
check "the State publishes, with its key" said_in published --if-match "$(tag)" "$work/ministry.key" POST "/v1/reports/$report/publish"
check "it was shown the text that it signed" grep -qF "a word – with its key." "$work/said"
publication=$(jq .receipt.entry.seq "$work/published.json")
check "the answer shows that it is signed" verdict published $(given ministry)
check "and says so" grep -qF "signed with a key of CL" "$work/said"
check "the portal's own program says the same" verdict_of_portal published $(given ministry)
check "in the same words" grep -qF "signed with a key of CL" "$work/said"
check "with the State's other key alone" verdict published $(given token)
check "it names the key that is missing" grep -qF "signed with key $(fingerprint "$work/ministry.pub") of CL, which you did not give" "$work/said"
jq '.opening.statement.statement.version += 1' "$work/published.json" > "$work/forged.json"
check "a changed statement is found out" refuses "NOT genuine" verdict forged $(given ministry)
as_reader() { get_as "$CBMX_TOKEN_PE_DRAFTER" "/v1/receipts/$publication" > "$work/reader.json"; }
log_shows_all
check "its reader in Peru gets the receipt" as_reader
check "and can show the same" verdict reader $(given ministry)
check "in the same words" grep -qF "signed with a key of CL" "$work/said"
check "without the list of recipients, which is the author's" jq -e '.opening | has("recipients") | not' "$work/reader.json"

# Withdrawn, with the key on the token.
check "with a wrong PIN nothing is signed" refuses "PIN incorrect" sign --if-match "$(tag)" "$(token_with wrong-pin)" POST "/v1/reports/$report/withdraw"
check "and nothing is said" is "$(state_of_report)" published
check "the State withdraws, with the key on its token" said_in withdrawn --if-match "$(tag)" "$(token_with pin)" POST "/v1/reports/$report/withdraw"
check "which its readers can show" verdict withdrawn $(given token)
check "and says so" grep -qF "signed with a key of CL" "$work/said"
check "it is withdrawn" is "$(state_of_report)" withdrawn

# A nomination has no recipients of its own, and its id is made in the dry run already.
jq -n '{kind: "nomination", note: {reference: "DEMO/CL/77", date: "2026-01-07"}, fields: {category: "policy", office: "Demonstration Desk",
    institution: "Ministry (demonstration)", emails: ["desk@gov.cl.example"], languages: ["es"], time_zone: "America/Santiago"}}' > "$work/nomination"
as=$CBMX_TOKEN_CL_NOMINATOR check "a nomination is signed as well" said_in nominated "$work/ministry.key" POST /v1/nominations "$work/nomination"
check "about the record that the dry run named" is "$(jq -r .id "$work/nominated.json")" "$(jq -r .opening.statement.statement.subject.id "$work/nominated.json")"
check "and it says so" verdict nominated $(given ministry)

# What is no word of a State, and a portal that does not tell the truth.
submitted
check "a step that is no word of a State is refused" refuses 422 sign --if-match "$(tag)" "$work/ministry.key" POST "/v1/reports/$report/return" <(echo '{"reason": "Demonstration."}')
python3 "$here/untrue_portal.py" "$work/untrue" &
untrue=$!
wait_until test -s "$work/untrue"
for lie in content recipients member log; do
    echo "$lie" > "$work/untrue.lie"
    check "a portal that shows another $lie than it lets sign is found out" refuses "NOT signed" \
        env CBMX_URL="$(cat "$work/untrue")" CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" bash "$examples/sign.sh" --yes --if-match "$(tag)" "$work/ministry.key" POST "/v1/reports/$report/publish"
    check "and nothing was said" is "$(state_of_report)" submitted
done
check "a portal that is not there is no refusal" ends_with 2 "Run this again later" env PATIENCE=1 CBMX_URL=https://localhost:1 CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" \
    bash "$examples/sign.sh" --yes "$work/ministry.key" POST "/v1/reports/$report/publish"

check "quickstart stops it" quickstart --stop
check "what it left verifies" "$binary" verify
conclude
