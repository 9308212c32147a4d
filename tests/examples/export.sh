#!/bin/bash
# Exports of a demonstration as a ministry would take and keep them: GET /v1/export and `cbmx export`, checked offline by
# client-examples/verify_export.py and `cbmx verify`, then tampered with in every way; both must say the same of each.
# usage: tests/examples/export.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/demonstration.sh"

api() { curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $1" "${@:2}"; }
json=(-H 'Content-Type: application/json')
status_of() { curl -sS -o /dev/null -w '%{http_code}' --cacert "$CBMX_CA" "$@" "$CBMX_URL/v1/export"; }
by_python() { python3 "$root/client-examples/verify_export.py" "$@"; }
by_portal() { env -i PATH="$PATH" "$binary" verify "$@"; }  # no data directory, no log key: as on any other machine

# both ARGUMENT...: the two verifiers end alike and say the same, which is then in verdict.
both() {
    local python=0 portal=0
    by_python "$@" > "$work/verdict" 2>&1 || python=$?
    by_portal "$@" > "$work/verdict-of-portal" 2>&1 || portal=$?
    diff "$work/verdict" "$work/verdict-of-portal" && is "$portal" "$python" && return "$python"
    return 9
}

# genuine FILE WORDS: by both, with the key of the log; and they say the words.
genuine() { both --key "$CBMX_VERIFIER_KEY" "$1" && grep -qF -- "$2" "$work/verdict" || { cat "$work/verdict"; return 1; }; }

start_demonstration

# What the demonstration has not: a note with its file, an enrolment, and a report that was narrowed.
file=$(printf '%%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n' | base64 -w0)
jq -n --arg file "$file" '{kind: "nomination", note: {reference: "NV 9/2026", date: "2026-01-15", file: {name: "note.pdf", content: $file}},
    fields: {category: "policy", office: "Demonstration Desk", institution: "Ministry (demonstration)", emails: ["desk@gov.cl.example"], languages: ["es"], time_zone: "America/Santiago"}}' > "$work/nomination.json"
check "a note verbale with its file is nominated with" api "$CBMX_TOKEN_CL_NOMINATOR" "${json[@]}" -d @"$work/nomination.json" "$CBMX_URL/v1/nominations"
drafter=$(api "$CBMX_TOKEN_CL_DRAFTER" "$CBMX_URL/v1/me" | jq -r .account)
CBMX_TOKEN=$CBMX_TOKEN_CL_NOMINATOR python3 "$root/client-examples/enrol.py" invite token --label demonstration --scope read "$drafter" > "$work/invitation" 2> /dev/null
check "somebody comes in with an invitation" python3 "$root/client-examples/enrol.py" token "$work/token" < "$work/invitation"
shared=$(api "$CBMX_TOKEN_PE_APPROVER" "$CBMX_URL/v1/reports?state=PE&workflow_state=published" | jq -r '.items[0].id')
check "a report of Peru is narrowed" api "$CBMX_TOKEN_PE_APPROVER" "${json[@]}" -H 'If-Match: "1-"' -d '{"recipients":["state:PE"]}' "$CBMX_URL/v1/reports/$shared/recipients"
log_shows_all

# GET /v1/export
cl=$work/cl.zip
check "an account gets its export" api "$CBMX_TOKEN_CL_DRAFTER" -H 'Accept-Language: es' -D "$work/head" -o "$cl" "$CBMX_URL/v1/export"
check "which is a ZIP archive" grep -qi '^content-type: application/zip' "$work/head"
check "to be saved under a name" grep -qi "^content-disposition: attachment; filename\*=UTF-8''cbmx-export-state-CL-" "$work/head"
check "HEAD works too" is "$(status_of -I -H "Authorization: Bearer $CBMX_TOKEN_CL_DRAFTER")" 200
check "nobody else gets one" is "$(status_of)" 401
check "it is genuine" genuine "$cl" "genuine: all that state:CL drafter could see at"
check "and every position is accounted for" grep -q "none missing" "$work/verdict"
check "the key inside proves less" both "$cl"
check "and that is said" grep -q "only that it agrees with itself" "$work/verdict"
mkdir "$work/unpacked"
check "any program unpacks it" python3 -m zipfile -e "$cl" "$work/unpacked"
check "sha256sum checks its files" bash -c 'cd "$1" && sha256sum --quiet -c SHA256SUMS' - "$work/unpacked"
check "its page needs no network and has no script" bash -c '! grep -qiE "<script|<link|src=|https?://" "$1/index.html"' - "$work/unpacked"
check "its page is in the caller's language" grep -q '<html lang="es">' "$work/unpacked/index.html"
check "every link of the page is in the archive" bash -c 'cd "$1" && grep -o "href=\"[^\"]*\"" index.html | cut -d\" -f2 | while read -r path; do test -f "$path" || exit 1; done' - "$work/unpacked"
check "each receipt in it is a receipt" bash -c 'jq -c "select(.receipt) | {receipt, opening}" "$1/changes.ndjson" | tail -1 > "$1/one.json" && python3 "$2" --key "$CBMX_VERIFIER_KEY" "$1/one.json"' - "$work/unpacked" "$root/client-examples/verify_receipt.py"
size=$(sed -n 3p "$work/unpacked/manifest")
check "a later one goes on from it" api "$CBMX_TOKEN_CL_DRAFTER" -o "$work/next.zip" "$CBMX_URL/v1/export?after=$size"
check "it is genuine alone" genuine "$work/next.zip" "note: it goes on from an earlier export of $size positions"
check "and beside the earlier one" both --key "$CBMX_VERIFIER_KEY" --after "$cl" "$work/next.zip"
check "where the log has only grown" grep -q "the log has only grown" "$work/verdict"
for who in PE_CONTACT WG_REVIEWER WG_CHAIR SECRETARIAT AUDITOR; do
    token=CBMX_TOKEN_$who
    api "${!token}" -o "$work/$who.zip" "$CBMX_URL/v1/export"
    check "the export of $who is genuine" genuine "$work/$who.zip" "none missing"
done

# cbmx export, while the portal runs
check "the operator exports everything" "$binary" export "$work/all.zip"
check "which is genuine" genuine "$work/all.zip" ", 0 not shown to this reader"
check "and for a State what it may see" "$binary" export "$work/pe.zip" --as state:PE --language fr
check "which is genuine" genuine "$work/pe.zip" "genuine: all that state:PE approver contact drafter nominator could see"
check "and what is new since another" "$binary" export "$work/since.zip" --after "$size"
check "which is genuine" genuine "$work/since.zip" "note: it goes on from an earlier export of $size positions"
check "nothing is overwritten" bash -c '! "$1" export "$2"' - "$binary" "$work/pe.zip"
check "a State that is none is refused" bash -c '! "$1" export "$2" --as state:XX' - "$binary" "$work/none.zip"
check "and leaves no file" test ! -e "$work/none.zip"
quickstart --stop > /dev/null 2>&1
check "it needs no running portal" "$binary" export "$work/offline.zip"
check "and is genuine then too" genuine "$work/offline.zip" "none missing"

# Tampering
openssl genpkey -algorithm ed25519 -out "$work/stranger.pem"
mkdir "$work/tampered"
check "the export is tampered with" bash -c 'python3 "$1" "$2" "$3" "$4" > "$3/list"' - "$root/tests/examples/tampered_exports.py" "$cl" "$work/tampered" "$work/stranger.pem"
if ! python3 "$root/tests/examples/judged_exports.py" "$binary" "$CBMX_VERIFIER_KEY" "$work/tampered/list"; then
    failures=$((failures + 1))
fi
check "there were many ways" test "$(wc -l < "$work/tampered/list")" -gt 100
conclude
