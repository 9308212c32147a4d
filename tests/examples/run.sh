#!/bin/bash
# The quickstart, and the first two of client-examples/, run as a reader would and looked at for what they leave behind.
# The other programs: clients.sh.
# usage: tests/examples/run.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tampered() { jq "$1" "$receipt" > "$work/tampered.json" && refuses "$2" verify "$work/tampered.json"; }
one_owner() { is "$(stat -c %a "$1")" 600; }
has_status() { is "$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$CBMX_CA" "$CBMX_URL$1")" "$2"; }

cd / # it may be started from anywhere
start_demonstration

# The quickstart.
check "the env file is its owner's alone" one_owner "$demonstration/env"
before=$(cat "$demonstration/credentials" "$demonstration/pid")
check "quickstart may be run again" quickstart --detach
check "and says that it runs already" grep -q "already running" "$work/said"
check "and makes nothing again" is "$(cat "$demonstration/credentials" "$demonstration/pid")" "$before"
pasted=$(quickstart --detach 2>/dev/null | sed -n 's/^  \(curl .*\)/\1/p')
check "the line that it ends with works as pasted" bash -c "$pasted | jq -e '.items | length >= 3'"
pasted=$(quickstart --detach 2>/dev/null | sed -n 's/^  \(\. .* && curl .*\)/\1/p')
check "the line with a token works as pasted" env -i PATH="$PATH" bash -c "$pasted | jq -e '.items | length >= 6'"
for account in {CL,PE,BR,CA}_{NOMINATOR,DRAFTER,APPROVER,CONTACT} WG_REVIEWER WG_CHAIR WG_VICE_CHAIR SECRETARIAT AUDITOR; do
    token=CBMX_TOKEN_$account certificate=CBMX_CERT_$account key=CBMX_KEY_$account
    by_token=$(get_as "${!token}" /v1/me | jq -r .account)
    by_certificate=$(curl -fsS --cacert "$CBMX_CA" --cert "${!certificate}" --key "${!key}" "$CBMX_MTLS_URL/v1/me" | jq -r .account)
    check "$account signs in with token and certificate" is "$by_certificate" "$by_token"
done
check "what the command line needs is in the env file" "$binary" verify
every=$(for state in CL PE BR CA; do token=CBMX_TOKEN_${state}_APPROVER; get_as "${!token}" "/v1/reports?state=$state" | jq -c '.items[]'; done)
check "every demonstration report says that it is one" jq -es 'length == 9 and all(.[]; .content.tags == ["demonstration"] and (.content.narrative | test("^(Demonstration: |Demostración: |Démonstration : |Demonstração: )")))' <<<"$every"
check "drafts, submitted, revised and withdrawn ones are among them" jq -es 'map("\(.meta.workflow_state) \(.meta.revision)") | sort | unique == ["draft 1", "published 1", "published 2", "submitted 1", "withdrawn 1"]' <<<"$every"
directory=$(for category in foreign_affairs policy technical; do get_as "$CBMX_TOKEN_CL_NOMINATOR" "/v1/contacts?limit=100&category=$category"; done | jq -cs 'map(.items) | add')
check "the demonstration directory has an office, a policy office and a team of every State" jq -e 'length == 105 and ([.[].content | "\(.state) \(.category)"] | unique | length == 105)' <<<"$directory"
check "every contact in it says that it is a demonstration" jq -e 'all(.[].content; (.institution | test("\\((demonstration|demostración|démonstration|demonstração|demonstratie)\\)$")) and .person == null)' <<<"$directory"
check "one of them its State has confirmed" jq -e 'map(select(.meta.state_position == "confirmed")) | map("\(.content.state) \(.content.category)") == ["CL foreign_affairs"]' <<<"$directory"
before=$(entries_in "$CBMX_DATA")
check "the demonstration reports may be made again" bash "$root/server/demo/reports.sh"
check "so may the demonstration directory" bash "$root/server/demo/contacts.sh" "$binary"
check "and then nothing is entered twice" is "$(entries_in "$CBMX_DATA")" "$before"

# first-report.sh
receipt=$work/receipt.json
check "first-report.sh runs" bash "$examples/first-report.sh" "$receipt"
id=$(sed -n 's/^drafted: *//p' "$work/said")
check "its report is public" is "$(get "/v1/reports/$id" | jq -r .meta.workflow_state)" published
log_shows_all
check "its receipt is the portal's" is "$(get "/v1/receipts/$(jq .receipt.index "$receipt")" | jq -cS .receipt)" "$(jq -cS .receipt "$receipt")"
check "without a right token it is refused" refuses 401 env CBMX_TOKEN_CL_DRAFTER=cbmx_wrong bash "$examples/first-report.sh" "$work/none.json"
check "and no receipt is written" test ! -e "$work/none.json"

# verify_receipt.py
check "the receipt is genuine" verify "$receipt"
check "with what it commits to, and what stood behind the account" grep -q "what is shown is what it commits to; by account .*; the account acted " "$work/said"
jq .receipt "$receipt" > "$work/bare.json"
check "so is the bare receipt" verify "$work/bare.json"
check "a stranger's answer for this entry too" bash -c 'curl -fsS --cacert "$CBMX_CA" "$CBMX_URL/v1/receipts/$1" | python3 "$2" --key "$CBMX_VERIFIER_KEY" -' - "$(jq .receipt.index "$receipt")" "$examples/verify_receipt.py"
check "the first entry of all is genuine" bash -c 'curl -fsS --cacert "$CBMX_CA" "$CBMX_URL/v1/receipts/0" | python3 "$1" --key "$CBMX_VERIFIER_KEY" -' - "$examples/verify_receipt.py"
check "the portal's own verify agrees" "$binary" verify --receipt "$receipt" --key "$CBMX_VERIFIER_KEY"
check "changed content is found out" tampered '.opening.content.narrative += " "' "not what the entry commits to"
check "changed salt is found out" tampered '.opening.salt = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="' "not what the entry commits to"
check "a changed authority is found out" tampered '.opening.authority.by = "note_verbale" | .opening.authority.number = "99/2026"' "its authority is not the one that the entry commits to"
check "an authority without its salt is found out" tampered 'del(.opening.authority_salt)' "its opening has not the form of one"
check "a changed entry is found out" tampered '.receipt.entry.at = "2020-01-01T00:00:00.000Z"' "does not stand in the tree"
check "a changed number is found out" tampered '.receipt.index -= 1' "not its position"
check "a shortened proof is found out" tampered '.receipt.proof |= .[1:]' "does not stand in the tree"
check "a changed root is found out" tampered '.receipt.checkpoint |= sub("(?<size>\n[0-9]+\n)[^\n]+"; "\(.size)AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")' "its checkpoint is not signed by a key that you gave"
check "a fraction is found out" tampered '.receipt.entry.version = 1.5' "it is not JSON as the portal writes it"
check "a missing member is found out" tampered 'del(.receipt.proof)' "it has not the form of a receipt"
cp "$receipt" "$work/tampered.json"
check "another key does not accept it" refuses "its checkpoint is not signed by a key that you gave" python3 "$examples/verify_receipt.py" --key "$(other_key)" "$receipt"
check "what is written beside it must be what it says" tampered '.content.narrative += " "' "what stands beside the opening is not what it says: content"
check "and nothing else may stand there" tampered '.note = "The operator certifies it."' "it is no receipt, and no answer that holds one"
check "the verifier agrees with the vectors of RFC 8032" python3 "$root/tests/examples/ed25519_vectors.py"
check "and of RFC 6979" python3 "$root/tests/examples/ecdsa_vectors.py"

check "quickstart stops it" quickstart --stop
check "and it is gone" bash -c '! curl -fsS --cacert "$CBMX_CA" "$CBMX_URL/healthz"'
check "what it left verifies" "$binary" verify

# In the foreground, until it is stopped.
env -u CBMX_URL CBMX_BINARY="$binary" CBMX_DEMO_DIR="$demonstration" CBMX_PORT=0 CBMX_MTLS_PORT=0 CBMX_METRICS_PORT=0 \
    bash "$root/server/quickstart.sh" > "$work/foreground" 2>&1 &
foreground=$!
wait_until grep -q "Ctrl-C stops" "$work/foreground"
url=$(sed -n 's/.*with a token *//p' "$work/foreground")
check "in the foreground it serves" curl -fsS --cacert "$CBMX_CA" "$url/readyz"
kill -TERM "$foreground"
check "until it is stopped" wait "$foreground"
check "and takes the portal with it" bash -c '! curl -fsS --cacert "$CBMX_CA" "$1/healthz"' - "$url"
conclude
