#!/bin/bash
# A State's first report: drafted and submitted by one account, approved and published by another, read back by anyone.
# Needs CBMX_URL, CBMX_CA, CBMX_TOKEN_CL_DRAFTER, CBMX_TOKEN_CL_APPROVER (. build/demo/env) and curl, jq, openssl.
# usage: first-report.sh [FILE]    FILE gets the receipt of the publication; first-report.receipt.json unless named
set -euo pipefail
receipt=${1:-first-report.receipt.json}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The token goes to curl in a file, so that no list of processes shows it.
printf 'Authorization: Bearer %s\n' "$CBMX_TOKEN_CL_DRAFTER" > "$work/drafter"
printf 'Authorization: Bearer %s\n' "$CBMX_TOKEN_CL_APPROVER" > "$work/approver"

# ask WHO METHOD PATH [curl's options]: the answer is in $work/answer; ends with the portal's own sentence when refused.
ask() {
    local who=$1 method=$2 path=$3 status
    shift 3
    status=$(curl -sS --cacert "$CBMX_CA" -H @"$work/$who" -X "$method" -D "$work/head" -o "$work/answer" -w '%{http_code}' "$@" "$CBMX_URL$path")
    [[ $status == 2?? ]] || { echo "$method $path: $status $(jq -r '.detail // .' "$work/answer")" >&2; exit 1; }
}

# The version that the next change starts from: a change names the version that it was made from.
etag() { sed -n 's/^etag: *\([^\r]*\)\r*$/\1/Ip' "$work/head"; }

new_key() { openssl rand -hex 16; }

# 1. A draft. The Idempotency-Key makes it safe to send again when the answer was lost: one report, not two.
ask drafter POST /v1/reports -H "Content-Type: application/json" -H "Idempotency-Key: $(new_key)" -d '{
    "measure": "OAS-CBM-1", "period": "2025-2026", "status": "in_progress", "language": "en", "label": "TLP:CLEAR",
    "narrative": "Demonstration: an invented first report.", "tags": ["demonstration"]}'
id=$(jq -r .id "$work/answer")
echo "drafted:   $id"

# 2. Submitted for national approval: the content is frozen.
ask drafter POST "/v1/reports/$id/submit" -H "If-Match: $(etag)" -H "Idempotency-Key: $(new_key)"
echo "submitted: entry $(jq .receipt.index "$work/answer") of the log"

# 3. Approved and published, by another person. Keep the answer: it holds the receipt and what it commits to.
ask approver POST "/v1/reports/$id/publish" -H "If-Match: $(etag)" -H "Idempotency-Key: $(new_key)"
cp "$work/answer" "$receipt"
echo "published: entry $(jq .receipt.index "$receipt") of the log; receipt in $receipt"

# 4. Read back without any credential: the label is TLP:CLEAR and the recipients are the public.
curl -sS --fail-with-body --cacert "$CBMX_CA" "$CBMX_URL/v1/reports/$id" | jq -r '"anyone reads: \(.content.narrative)"'
