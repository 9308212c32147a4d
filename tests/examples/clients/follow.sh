# follow_changes.mjs, cut off again and again over a poor line while the other programs make changes. Part of clients.sh.

follow=(env CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" node "$examples/follow_changes.mjs" "$work/changes")
(
    for _ in {1..15}; do
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
    for _ in {1..150}; do
        [[ $(tail -n 1 "$work/changes") != "$(tail -n 1 "$work/plain")" ]] || return 0
        sleep 0.2
    done
    tail "$work/following"
    return 1
}

end_following() {
    wait "$cutting"
    "${follow[@]}" >> "$work/following" 2>&1 &
    follower=$!
    started+=("$follower")
    caught_up
    table live 1
    nightly_for live
    expect "a change is made while it is followed" "${nightly[@]}"
    expect "the feed is followed to its end" caught_up
    kill -TERM "$follower"
    expect "SIGTERM ends it" wait "$follower"
    expect "over hundreds of changes" test "$(wc -l < "$work/plain")" -gt 250
    expect "every change is there once and in order" diff "$work/plain" "$work/changes"
    expect "the line was cut often" test "$(grep -c 'connecting again' "$work/following")" -ge 5
    expect "what it waits for next is kept" test "$(jq .number "$work/changes.position")" -ge "$(tail -n 1 "$work/plain" | cut -d' ' -f1)"
    with_a_command
}

# A command for each change; one that fails is not passed over.
with_a_command() {
    printf '#!/bin/bash\nseq=$(jq .seq)\n[[ $seq != 7 || -e "$1" ]] || { touch "$1"; exit 3; }\necho "$seq" >> "$2"\n' > "$work/command"
    chmod +x "$work/command"
    head -n 20 "$work/plain" | cut -d' ' -f1 > "$work/expected"
    commanded=(env CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" node "$examples/follow_changes.mjs" "$work/commanded" "$work/command" "$work/failed" "$work/seen")
    expect "a command that fails ends it" refuses "change 7: $work/command ended with 3" "${commanded[@]}"
    "${commanded[@]}" >> "$work/following" 2>&1 &
    started+=($!)
    for _ in {1..150}; do
        [[ $(wc -l < "$work/seen") -lt 20 ]] || break
        sleep 0.2
    done
    kill -TERM $!
    expect "the command has had every change once" diff "$work/expected" <(head -n 20 "$work/seen")
    expect "it does not write beside another run" refuses "running twice" env CBMX_TOKEN="$CBMX_TOKEN_CL_APPROVER" node "$examples/follow_changes.mjs" "$work/two" bash -c 'echo "line of another" >> "$1"' - "$work/two"
    expect "a wrong token is refused" refuses 401 env CBMX_TOKEN=cbmx_wrong node "$examples/follow_changes.mjs" "$work/none"
}
