# mirror_directory.py. Part of clients.sh.

mirror_as() { mirror=(env CBMX_TOKEN="$2" python3 "$examples/mirror_directory.py" "${@:3}" "$work/$1.vcf"); }
cards() { awk '{printf "%s\\n", $0} /^END:VCARD/ {print ""}' | sort; }
# like_fresh NAME TOKEN: the file has the cards of a full read, no more and no fewer.
like_fresh() { diff <(cards < "$work/$1.vcf") <(curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $2" -H 'Accept: text/vcard' "$CBMX_URL/v1/contacts" | cards); }

# change TOKEN METHOD PATH [IF-MATCH] [BODY]: prints the answer.
change() {
    curl -sS --fail-with-body --cacert "$CBMX_CA" -H "Authorization: Bearer $1" -X "$2" ${4:+-H "If-Match: \"$4-\""} ${5:+-H "Content-Type: application/json" -d "$5"} "$CBMX_URL$3"
}
# note JSON: a note verbale of Chile, accepted by the secretariat; prints the contact's id.
note() {
    local answer
    answer=$(change "$CBMX_TOKEN_CL_NOMINATOR" POST /v1/nominations "" "$(jq -c --arg reference "NV $RANDOM" '. + {note: {reference: $reference, date: "2026-01-15"}}' <<<"$1")")
    change "$CBMX_TOKEN_SECRETARIAT" POST "/v1/nominations/$(jq -r .id <<<"$answer")/accept" 1 > /dev/null
    jq -r .content.contact <<<"$answer"
}
contact_of_chile() { get_as "$CBMX_TOKEN_CL_NOMINATOR" "/v1/contacts?state=CL&category=$1" | jq -r '.items[0] | "\(.id) \(.meta.version)"'; }
cut_off_often() {
    for _ in 1 2; do
        killed "${mirror[@]}"
    done
}

mirror_as peru "$CBMX_TOKEN_PE_DRAFTER"
mirror_as chile "$CBMX_TOKEN_CL_NOMINATOR" --follow
"${mirror[@]}" > /dev/null 2>&1 &
following=$!
started+=("$following")
mirror_as peru "$CBMX_TOKEN_PE_DRAFTER"
cut_off_often
check "the directory is mirrored" "${mirror[@]}"
check "all of it" like_fresh peru "$CBMX_TOKEN_PE_DRAFTER"
check "for its owner alone" is "$(stat -c %a "$work/peru.vcf" "$work/peru.vcf.state" | sort -u)" 600

office='"category": "policy", "office": "Demonstration Desk", "institution": "Ministry (demonstration)", "emails": ["desk@gov.cl.example"], "languages": ["es"], "time_zone": "America/Santiago"'
new=$(note "{\"kind\": \"nomination\", \"fields\": {$office}}")
cut_off_often
note "{\"kind\": \"amendment\", \"contact\": \"$new\", \"fields\": {${office/desk@/new.desk@}}}" > /dev/null
read -r narrowed version < <(contact_of_chile foreign_affairs)
change "$CBMX_TOKEN_CL_NOMINATOR" POST "/v1/contacts/$narrowed/audience" "$version" '{"minimal_for": ["members"]}' > /dev/null
cut_off_often
read -r removed _ < <(contact_of_chile technical)
note "{\"kind\": \"removal\", \"contact\": \"$removed\"}" > /dev/null
cut_off_often
check "what has changed is read" "${mirror[@]}"
check "a new contact, amended, is there" grep -q "new.desk@gov.cl.example" "$work/peru.vcf"
check "a removed one is gone" bash -c '! grep -q "$1" "$2"' - "$removed" "$work/peru.vcf"
check "one that was narrowed is there in the reduced scope" bash -c 'sed -n "/$1/,/END:VCARD/p" "$2" | grep -q "^FN" && ! sed -n "/$1/,/END:VCARD/p" "$2" | grep -q "^EMAIL"' - "$narrowed" "$work/peru.vcf"
check "the file is like a full read" like_fresh peru "$CBMX_TOKEN_PE_DRAFTER"
number=$(jq .number "$work/peru.vcf.state")
rm "$work/peru.vcf"
check "a file that was lost is made again" "${mirror[@]}"
check "as it was" like_fresh peru "$CBMX_TOKEN_PE_DRAFTER"
follows() { wait_until like_fresh chile "$CBMX_TOKEN_CL_NOMINATOR" || like_fresh chile "$CBMX_TOKEN_CL_NOMINATOR"; }
check "who follows has it too" follows
whole_read=$(jq .read_at "$work/chile.vcf.state")
sleep 1.1 # read_at is in whole seconds: a second whole read must not fall into the same one
restart
ready
note "{\"kind\": \"amendment\", \"contact\": \"$new\", \"fields\": {${office/desk@/newest.desk@}}}" > /dev/null
check "also after the portal's fall" follows
check "and never reads the whole again" is "$(jq .read_at "$work/chile.vcf.state")" "$whole_read"
mirror_as chile "$CBMX_TOKEN_CL_NOMINATOR"
check "a second run waits its turn" ends_with 2 "another run" "${mirror[@]}"
kill -TERM "$following"
wait "$following" 2>/dev/null || true

# Nothing left out: checked against the signed log.
log_shows_all
mirror_as peru "$CBMX_TOKEN_PE_DRAFTER" --verify-complete
check "every position is accounted for" "${mirror[@]}"
check "up to the published size" grep -q "all $(get_as "$CBMX_TOKEN_PE_DRAFTER" /v1/log/checkpoint | sed -n 2p) positions are there" "$work/said"
while read -r lie sentence; do
    echo "$lie" > "$work/untrue.lie"
    check "an untrue portal is found out: $lie" refuses "$sentence" env CBMX_URL="$untrue_portal" "${mirror[@]}"
done <<'LIES'
entry is not the one in the log
hash is not the one in the log
leaf leaves out a position
root do not lead to the root
end the feed ends at 100
again the feed gives entry
LIES
check "another key is not believed" refuses "not signed by the key" env CBMX_VERIFIER_KEY="$(other_key)" "${mirror[@]}"
