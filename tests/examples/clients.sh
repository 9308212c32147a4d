#!/bin/bash
# The programs of client-examples/ that run unattended, against a real portal: killed at random moments, with the portal
# killed under them, over a line that breaks, and looked at for what they leave behind. The first two programs: run.sh.
# usage: tests/examples/clients.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
started=()  # process ids to end at the end; the portal's is $portal
trap 'kill -KILL "${started[@]}" ${portal-} 2>/dev/null || true; wait 2>/dev/null || true; end_demonstration >/dev/null 2>&1' EXIT

# The command that the program's own head gives, in the background: it takes longer than everything else.
compile=$(sed -n 's|^//   \(g++ .*\)|\1|p' "$examples/query_with_certificate.cpp")
(cd "$root" && PATH=/usr/lib/ccache:$PATH && eval "${compile/-o query_with_certificate/-o \"$work/query_with_certificate\"}") > "$work/compiled" 2>&1 &
compiler=$!
started+=("$compiler")

start_demonstration
quickstart --stop

# in_background FILE COMMAND...: until the command has written FILE, whose text is then in $written.
in_background() {
    local file=$1
    shift
    rm -f "$file"
    "$@" &
    started+=($!)
    wait_until test -s "$file"
    written=$(cat "$file")
}
in_background "$work/poor_line" python3 "$here/cutting_proxy.py" "${CBMX_URL##*:}" 2000 60000 "$work/poor_line"
poor_line=https://localhost:$written
in_background "$work/short_line" python3 "$here/cutting_proxy.py" "${CBMX_URL##*:}" 500 9000 "$work/short_line" 3
short_line=https://localhost:$written
in_background "$work/untrue" python3 "$here/untrue_portal.py" "$work/untrue"
untrue_portal=$written

# The portal as the quickstart serves it, on the same ports each time; it also answers to the names of the poor lines.
serve() {
    CBMX_PORT=${CBMX_URL##*:} CBMX_MTLS_PORT=${CBMX_MTLS_URL##*:} CBMX_METRICS_PORT=0 CBMX_PUBLIC_URL=$CBMX_URL \
        CBMX_ALLOWED_HOSTS="localhost,${poor_line#https://},${short_line#https://}" CBMX_ACCOUNT_LOG_INTERVAL_SECONDS=1 CBMX_PUBLIC_LOG_INTERVAL_SECONDS=1 \
        CBMX_ACCOUNT_REQUESTS_PER_MINUTE=60000 CBMX_PEER_REQUESTS_PER_MINUTE=60000 CBMX_MAX_CONNECTIONS_PER_PEER=500 \
        "$binary" serve >> "$work/server.log" 2>&1 &
    portal=$!
}
restart() {
    kill -KILL "$portal"
    wait "$portal" 2>/dev/null || true
    serve
}
ready() { wait_until get /readyz; }

# measured COMMAND...: sets milliseconds to what a whole run takes on this machine now.
measured() {
    local before=${EPOCHREALTIME/./}
    "$@"
    milliseconds=$(((${EPOCHREALTIME/./} - before) / 1000))
}
a_moment() { printf '%d.%03d' $((moment = RANDOM % (milliseconds + 100), moment / 1000)) $((moment % 1000)); }  # of such a run
killed() { { timeout -s KILL "$(a_moment)" "$@" || true; } > /dev/null 2>&1; }

serve
ready
. "$here/clients/follow.sh"   # goes on in the background while the others make changes
. "$here/clients/nightly.sh"
. "$here/clients/mirror.sh"
. "$here/clients/certificate.sh"
end_following
conclude
