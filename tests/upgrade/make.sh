#!/bin/bash
# Makes a fixture of this folder: what an earlier release keeps, as SQL text, and what it answered. Run once for each, with the
# program built from the last commit that knew no later migration. usage: make.sh BINARY NAME
set -euo pipefail
binary=$(realpath "$1") name=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../support/checks.sh"
. "$here/../support/portal.sh"
. "$here/../support/state_keys.sh"

prepare
"$binary" init --demo > /dev/null
start_portal
drafter=$(account state:CL drafter) approver=$(account state:CL approver) peruvian=$(account state:PE drafter) contact=$(account state:PE contact)
write=$(token "$drafter") decide=$(token "$approver") second=$(token "$(account state:CL approver)") other=$(token "$peruvian")
note() { jq -nc --arg measure "OAS-CBM-$1" --arg tlp "$2" --arg text "$3" '{measure: $measure, period: "2025-2026", status: "in_progress", "label": $tlp, narrative: $text, tags: ["demonstration"]}'; }
published() {
    local id
    id=$(report "$write" "$(note "$@")" | jq -r .id)
    step "$write" submit "$id" "" > /dev/null
    step "$decide" publish "$id" "" > "$work/published.json"
    echo "$id"
}
open=$(published 4 TLP:CLEAR "Demonstration: two seminars. Señal: ñandú.")
cp "$work/published.json" "$here/$name.receipt.json"
new_key state -algorithm ed25519
register_key "$(token "$(account state:CL nominator)")" "$(token "$(account state:CL nominator)")" state > /dev/null
cp "$work/state.pub" "$here/$name.state.pub"
signed=$(report "$write" "$(note 3 TLP:GREEN "Demonstration: signed by the State.")" | jq -r .id)
step "$write" submit "$signed" "" > /dev/null
say_signed "$decide" state "/v1/reports/$signed/publish" '{}' "$(etag_of "$decide" "/v1/reports/$signed")" > "$here/$name.signed.json"
published 5 TLP:GREEN "Demonstration: for the group." > /dev/null
withdrawn=$(published 6 TLP:CLEAR "Demonstration: to be withdrawn.")
step "$decide" withdraw "$withdrawn" "" > /dev/null
erased=$(published 7 TLP:CLEAR "Demonstration: to be erased.")
step "$decide" withdraw "$erased" "" > /dev/null
proposal=/v1/proposals/$(as "$decide" POST "/v1/reports/$erased/erase" -H "If-Match: $(etag_of "$decide" "/v1/reports/$erased")" | jq -r .id)
as "$second" POST "$proposal/confirm" -H "If-Match: $(etag_of "$second" "$proposal")" > /dev/null
step "$write" revise "$open" "" > /dev/null
report "$other" "$(note 8 TLP:AMBER "Demonstration: a draft that nobody else sees.")" > /dev/null
"$binary" account status "$contact" disabled > /dev/null
"$binary" account erase "$contact" > /dev/null
log_shows_all
size=$(as "" GET /v1/log/checkpoint | sed -n 2p)
said_to "" > "$here/$name.public.jsonl"
said_to "$write" > "$here/$name.chile.jsonl"
echo "$size $(entries_below "$size")" > "$here/$name.entries"
end_portal
"$binary" verify
sqlite3 "$CBMX_DATA/cbmx.sqlite" .dump > "$here/$name.sql"
wc -c "$here/$name".*
