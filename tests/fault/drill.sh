#!/bin/bash
# The restore drill: a portal is written to while server/packaging/copy-away.sh copies it to another place; then its machine
# is lost, data directory and all, and the latest copy is restored on a new one. usage: drill.sh CBMX
set -euo pipefail
exec < /dev/null
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath "${1:?usage: drill.sh CBMX}")
table=${CBMX_FAULT_TABLE:-}
for name in $(compgen -e CBMX_ || true); do unset "$name"; done
. "$here/../support/checks.sh"
. "$here/../support/portal.sh"
loop=
finish() {
    [[ -z $loop ]] || kill "$loop" 2>/dev/null || true
    kill_portal
    rm -rf "$work"
}
trap finish EXIT
other=$work/other # the other place: copies, and the checkpoint kept outside
export CBMX_OUTSIDE=$other/outside

fail() { echo "drill.sh: $*" >&2; [[ ! -s $log ]] || tail -n 5 "$log" >&2; exit 1; }
account() { "$binary" account create --home state:CL --name "$1" --role drafter >"$work/answer.json" 2>&1; }
restored() { sed -n 's/^restored \([0-9]*\) entries.*/\1/p' "$work/restore.txt"; }
size_kept_outside() { sed -n 2p "$CBMX_OUTSIDE/checkpoint"; }
outside_knows() { [[ $(size_kept_outside) -eq $1 ]]; }
copies() { find "$other/copies" -name 'portal-*.sqlite' | sort; }
has_copies() { [[ $(copies | wc -l) -eq $1 ]]; }
copy_away() { CBMX=$binary "$root/server/packaging/copy-away.sh" "$@" >>"$work/copies.log" 2>&1; }
start() { start_portal || fail "the portal did not start"; }

lose_the_machine() {
    kill_portal
    rm -rf "$CBMX_DATA"
}

mkdir -p "$other/copies"
prepare

# Every second a copy goes away, while accounts are made.
"$binary" init --demo >"$work/answer.json"
start
CBMX=$binary "$root/server/packaging/copy-away.sh" --every 1 "$other/copies" 3 >"$work/copies.log" 2>&1 &
loop=$!
for number in $(seq 20); do
    account "before $number" || fail "an account was refused: $(cat "$work/answer.json")"
    sleep 0.1
done
wait_until has_copies 3 || fail "no three copies: $(cat "$work/copies.log")"
kill "$loop" && wait "$loop" 2>/dev/null || true
loop=
CBMX=cbmx-that-is-not-there "$root/server/packaging/copy-away.sh" "$other/copies" 3 2>/dev/null && fail "a copy was made by a program that is not there"
copy_away "$other/copies" 3 || fail "no copy: $(cat "$work/copies.log")"
has_copies 3 || fail "3 copies were to be kept: $(ls -a "$other/copies")"
latest=$(copies | tail -n 1)
acknowledged=$(entries_in "$CBMX_DATA")
wait_until outside_knows "$acknowledged" || fail "the checkpoint outside says $(size_kept_outside), not $acknowledged"

# 1. The machine is lost with nothing accepted since the last copy: everything is there, and the log goes on.
lose_the_machine
"$binary" restore "$latest" >"$work/restore.txt" || fail "not restored: $(cat "$work/restore.txt")"
[[ $(restored) -eq $acknowledged ]] || fail "$acknowledged entries were acknowledged, $(cat "$work/restore.txt")"
"$binary" verify >"$work/verify.txt" || fail "$(cat "$work/verify.txt")"
start
account "after the first loss" || fail "the restored portal takes no account"

# 2. It is lost again, with a few accepted after the last copy: that is noticed, counted, and goes on as a new epoch.
for number in 1 2 3; do account "too late for the copy $number"; done
wait_until outside_knows $((acknowledged + 4)) || true
lose_the_machine
! "$binary" restore "$latest" >"$work/restore.txt" 2>&1 || fail "an old copy was restored as if nothing had happened"
grep -q "the database is behind" "$work/restore.txt" || fail "$(cat "$work/restore.txt")"
missing=$(($(size_kept_outside) - acknowledged))
[[ $missing -eq 4 ]] || fail "4 entries were accepted since the copy, the checkpoint outside says $missing"
"$binary" restore "$latest" --new-epoch >"$work/restore.txt" || fail "$(cat "$work/restore.txt")"
"$binary" verify >"$work/verify.txt" || fail "$(cat "$work/verify.txt")"
start
account "after the second loss" || fail "the new epoch takes no account"

[[ -z $table ]] || echo "| the machine lost with its disk; restored from the latest copy made by \`copy-away.sh\` (drill) | twice | $acknowledged | 0 | nothing since the copy: the log goes on; $missing entries since: noticed and counted, a new epoch |" >>"$table"
echo "drill.sh: $acknowledged entries restored; the $missing accepted after the last copy were noticed"
