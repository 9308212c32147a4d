# follow_changes.mjs, cut off again and again over a poor line while the other programs make changes. Part of clients.sh.

follow=(env CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" node "$examples/follow_changes.mjs" "$work/changes")
times_cut() { grep -c 'connecting again' "$work/following" || true; }
: > "$work/following"
(
    for ((round = 0; round < 15 || (round < 60 && $(times_cut) < 5); round++)); do
        CBMX_URL=$poor_line timeout -s KILL "$((RANDOM % 5 + 1)).$((RANDOM % 10))" "${follow[@]}" || true
    done
) >> "$work/following" 2>&1 &
cutting=$!
started+=("$cutting")

# The same lines from a plain reading of the feed.
plain_lines() {
    local after="" page
    while page=$(get_as "$CBMX_TOKEN_CL_APPROVER" "/v1/changes?limit=1000$after") && [[ $(jq '.items | length' <<<"$page") != 0 ]]; do
        jq -r '.items[] | (.entry.subject // .subject) as $subject | "\(.seq) \(.entry.kind // "no_longer_shown") \($subject.kind):\($subject.id) \(.entry.state // "-")"' <<<"$page"
        after="&after=$(jq '[.next, .complete_up_to] | max' <<<"$page")"
    done
}
caught_up() {
    plain_lines > "$work/plain"
    wait_until has_last_line || { tail "$work/following"; return 1; }
}
has_last_line() { [[ $(tail -n 1 "$work/changes") == "$(tail -n 1 "$work/plain")" ]]; }

end_following() {
    wait "$cutting"
    "${follow[@]}" >> "$work/following" 2>&1 &
    follower=$!
    started+=("$follower")
    caught_up
    table live 1
    nightly_for live
    check "a change is made while it is followed" "${nightly[@]}"
    check "the feed is followed to its end" caught_up
    kill -TERM "$follower"
    check "SIGTERM ends it" wait "$follower"
    check "over hundreds of changes" test "$(wc -l < "$work/plain")" -gt 250
    check "every change is there once and in order" diff "$work/plain" "$work/changes"
    check "the line was cut often" test "$(times_cut)" -ge 5
    check "what it waits for next is kept" test "$(jq .number "$work/changes.position")" -ge "$(tail -n 1 "$work/plain" | cut -d' ' -f1)"
    with_a_command
}

has_seen() { [[ $(wc -l < "$work/seen") -ge $1 ]]; }
# A command for each change; one that fails is not passed over.
with_a_command() {
    printf '#!/bin/bash\nseq=$(jq .seq)\n[[ $seq != 7 || -e "$1" ]] || { touch "$1"; exit 3; }\necho "$seq" >> "$2"\n' > "$work/command"
    chmod +x "$work/command"
    head -n 20 "$work/plain" | cut -d' ' -f1 > "$work/expected"
    commanded=(env CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" node "$examples/follow_changes.mjs" "$work/commanded" "$work/command" "$work/failed" "$work/seen")
    check "a command that fails ends it" refuses "change 7: $work/command ended with 3" "${commanded[@]}"
    "${commanded[@]}" >> "$work/following" 2>&1 &
    started+=($!)
    wait_until has_seen 20
    kill -TERM $!
    check "the command has had every change once" diff "$work/expected" <(head -n 20 "$work/seen")
    check "it does not write beside another run" refuses "running twice" env CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" node "$examples/follow_changes.mjs" "$work/two" bash -c 'echo "line of another" >> "$1"' - "$work/two"
    check "a wrong token is refused" refuses 401 env CBMX_TOKEN=cbmx_wrong node "$examples/follow_changes.mjs" "$work/none"
}
