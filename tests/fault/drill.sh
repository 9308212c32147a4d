#!/bin/bash
# The restore drill: a portal is written to while server/packaging/copy-away.sh copies it to another place; then its machine
# is lost, data directory and all, and the latest copy is restored on a new one. usage: drill.sh CBMX
set -euo pipefail
exec < /dev/null
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cbmx=$(realpath "${1:?usage: drill.sh CBMX}")
work=$(mktemp -d)
server= loop=
finish() {
    [[ -z $loop ]] || kill "$loop" 2>/dev/null || true
    [[ -z $server ]] || { kill -9 "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

fail() { echo "drill.sh: $*" >&2; [[ ! -s $work/serve.log ]] || tail -n 5 "$work/serve.log" >&2; exit 1; }
account() { "$cbmx" account create --home state:CL --name "$1" --role drafter >"$work/answer.json" 2>&1; }
entries() { sed -n 's/^restored \([0-9]*\) entries.*/\1/p' "$1"; }
size_kept_outside() { sed -n 2p "$work/other/outside/checkpoint"; }
# Portals listen where there is room; the log says that they do.
start() {
    : >"$work/serve.log"
    "$cbmx" serve 2>"$work/serve.log" &
    server=$!
    for _ in $(seq 300); do
        ! grep -q '"event":"started"' "$work/serve.log" || return 0
        sleep 0.1
    done
    fail "the portal did not start"
}

lose_the_machine() {
    { kill -9 "$server" && wait "$server"; } 2>/dev/null || true
    server=
    rm -rf "$work/data"
}

mkdir -p "$work/other/outside" "$work/other/copies"
"$root/certs/make-dev-certs.sh" init "$work/certs" >/dev/null 2>&1
table=${CBMX_FAULT_TABLE:-}
for name in $(compgen -e CBMX_ || true); do unset "$name"; done
export CBMX_DATA=$work/data CBMX_OUTSIDE=$work/other/outside CBMX_LOG_KEY=$work/log-key.pem CBMX_ORIGIN=drill.example/log CBMX_PORT=0 CBMX_MTLS_PORT=0 \
    CBMX_METRICS_PORT=0 CBMX_TLS_CERTIFICATE=$work/certs/server.crt CBMX_TLS_KEY=$work/certs/server.key CBMX_CLIENT_CA=$work/certs/ca.crt CBMX_CLIENT_CRL=$work/certs/crl.pem

# Every second a copy goes away, while accounts are made.
"$cbmx" init >"$work/answer.json"
start
CBMX=$cbmx "$root/server/packaging/copy-away.sh" --every 1 "$work/other/copies" 3 >"$work/copies.log" 2>&1 &
loop=$!
for number in $(seq 20); do
    account "before $number" || fail "an account was refused: $(cat "$work/answer.json")"
    sleep 0.1
done
sleep 2
kill "$loop" && wait "$loop" 2>/dev/null || true
loop=
"$root/server/packaging/copy-away.sh" "$work/other/copies" 3 2>/dev/null && fail "a copy was made by a program that is not there"
CBMX=$cbmx "$root/server/packaging/copy-away.sh" "$work/other/copies" 3 >>"$work/copies.log" || fail "no copy: $(cat "$work/copies.log")"
[[ $(find "$work/other/copies" -name 'portal-*.sqlite' | wc -l) -eq 3 ]] || fail "copies were not kept as told: $(ls -a "$work/other/copies")"
latest=$(find "$work/other/copies" -name 'portal-*.sqlite' | sort | tail -n 1)
acknowledged=$(size_kept_outside)

# 1. The machine is lost with nothing accepted since the last copy: everything is there, and the log goes on.
lose_the_machine
"$cbmx" restore "$latest" >"$work/restore.txt" || fail "not restored: $(cat "$work/restore.txt")"
[[ $(entries "$work/restore.txt") -eq $acknowledged ]] || fail "$acknowledged entries were acknowledged, $(cat "$work/restore.txt")"
"$cbmx" verify >"$work/verify.txt" || fail "$(cat "$work/verify.txt")"
start
account "after the first loss" || fail "the restored portal takes no account"

# 2. It is lost again, with a few accepted after the last copy: that is noticed, counted, and goes on as a new epoch.
for number in 1 2 3; do account "too late for the copy $number"; done
sleep 1  # the checkpoint reaches the place outside within a second
lose_the_machine
! "$cbmx" restore "$latest" >"$work/restore.txt" 2>&1 || fail "an old copy was restored as if nothing had happened"
grep -q "the database is behind" "$work/restore.txt" || fail "$(cat "$work/restore.txt")"
missing=$(($(size_kept_outside) - acknowledged))
[[ $missing -eq 4 ]] || fail "4 entries were accepted since the copy, the checkpoint outside says $missing"
"$cbmx" restore "$latest" --new-epoch >"$work/restore.txt" || fail "$(cat "$work/restore.txt")"
"$cbmx" verify >"$work/verify.txt" || fail "$(cat "$work/verify.txt")"
start
account "after the second loss" || fail "the new epoch takes no account"

[[ -z $table ]] || echo "| the machine lost with its disk; restored from the latest copy made by \`copy-away.sh\` (drill) | twice | $acknowledged | 0 | nothing since the copy: the log goes on; $missing entries since: noticed and counted, a new epoch |" >>"$table"
echo "drill.sh: $acknowledged entries restored; the $missing accepted after the last copy were noticed"
