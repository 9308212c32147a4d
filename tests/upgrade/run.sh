#!/bin/bash
# Databases as earlier releases left them (each NUMBER.sql is what the program held whose last migration had that number; make.sh
# made it) are opened by this one: nothing that was said has changed, old receipts hold, and writing goes on.
# usage: tests/upgrade/run.sh [BINARY]    build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath "${1:-$here/../../build/release/cbmx}")
. "$here/../support/checks.sh"
restore_fixture() { rm -rf "$CBMX_DATA" && mkdir -m 700 "$CBMX_DATA" && sqlite3 "$CBMX_DATA/cbmx.sqlite" < "$here/$name.sql"; }
migrations() { sqlite3 "$CBMX_DATA/cbmx.sqlite" 'SELECT max(number) FROM schema_migration'; }
is_brought_up() { [[ $(migrations) -eq $(find "$here/../../schema/migrations" -name '[0-9]*.sql' | wc -l) ]]; }
says_the_same() { diff "$here/$name.public.jsonl" <(said_to "") && diff "$here/$name.chile.jsonl" <(said_to "$write"); }
has_the_same_entries() {
    local size expected
    read -r size expected < "$here/$name.entries"
    [[ "$(entries_below "$size")" == "$expected" ]]
}
holds_receipt() { python3 "$here/../../client-examples/verify_receipt.py" --key "$(as "" GET /v1/log/key | jq -r '.keys[0].text')" --state-key "CL=$here/$name.state.pub" "$1"; }
is_signed_still() { holds_receipt "$here/$name.signed.json" | grep -F "signed with a key of CL"; }
goes_on() {
    local id
    id=$(report "$write" '{"measure": "OAS-CBM-9", "period": "2025-2026", "status": "planned", "label": "TLP:CLEAR", "narrative": "Demonstration: after the upgrade."}' | jq -r .id) &&
        step "$write" submit "$id" "" > /dev/null && step "$decide" publish "$id" "" > "$work/later.json" && holds_receipt "$work/later.json"
}
finishes_a_revision() {
    local id
    id=$(jq -r .id "$here/$name.receipt.json")
    step "$write" submit "$id" /draft > /dev/null && step "$decide" publish "$id" /draft | jq -e '.meta.revision == 2'
}

. "$here/../support/portal.sh"
prepare
for fixture in "$here"/[0-9]*.sql; do
    name=$(basename "$fixture" .sql)
    echo "a portal of migration $name:"
    restore_fixture
    check "it starts" start_portal
    write=$(token "$(account state:CL drafter)") decide=$(token "$(account state:CL approver)")
    check "its database is brought up to this release" is_brought_up
    check "what was said is said as before" says_the_same
    check "its entries are the same" has_the_same_entries
    check "an old receipt holds" holds_receipt "$here/$name.receipt.json"
    check "and what the State has signed" is_signed_still
    check "writing goes on" goes_on
    check "what was begun is finished" finishes_a_revision
    check "it ends" end_portal
    check "all of it verifies" "$binary" verify
    rm -rf "$CBMX_OUTSIDE"/*
done
conclude
