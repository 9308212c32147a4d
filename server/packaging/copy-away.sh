#!/bin/bash
# One verified copy of the portal's database, taken while it runs, to a place on another machine. Run it from a timer or in
# a loop: what the machine's loss can cost is then what was accepted since the last copy, and the checkpoint that the portal
# keeps in `outside` says how much that is. tests/fault/drill.sh is the drill. Settings as for cbmx: CBMX_DATA, CBMX_LOG_KEY ...
set -euo pipefail

usage() {
    cat >&2 <<'TEXT'
usage: copy-away.sh TARGET [KEEP]       one copy; KEEP of them stay (default 48)
       copy-away.sh --every SECONDS TARGET [KEEP]
TARGET is a directory: a mount of another machine, or host:directory by ssh and rsync.
CBMX names the program (default: cbmx).
TEXT
    exit 2
}

every=0
if [[ ${1:-} == --every ]]; then
    every=${2:?} && shift 2
fi
[[ $# -ge 1 && $# -le 2 ]] || usage
target=$1 keep=${2:-48} cbmx=${CBMX:-cbmx}

# A copy bears its name only when it is whole: rsync and mv both name a file last.
send() {
    local file=$1 name=$2
    if [[ $target == *:* ]]; then
        rsync --times --chmod=F600 "$file" "$target/$name"
        ssh "${target%%:*}" "cd '${target#*:}' && ls -1 portal-*.sqlite | head -n -$keep | xargs -r rm --"
    else
        cp "$file" "$target/.$name.partial"
        sync "$target/.$name.partial"
        mv "$target/.$name.partial" "$target/$name"
        (cd "$target" && ls -1 portal-*.sqlite | head -n "-$keep" | xargs -r rm --)
    fi
}

copy_once() {
    local work name
    work=$(mktemp -d)
    name=portal-$(date -u +%Y%m%dT%H%M%S.%3NZ).sqlite
    if "$cbmx" backup "$work/$name" && send "$work/$name" "$name"; then
        rm -r "$work"
        return 0
    fi
    rm -r "$work"
    echo "copy-away.sh: no copy was made at $(date -u +%FT%TZ)" >&2
    return 1
}

[[ $every == 0 ]] || while :; do
    copy_once || true  # said above; the next may succeed
    sleep "$every"
done
copy_once
