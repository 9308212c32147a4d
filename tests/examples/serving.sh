# Sourced by scripts that serve the demonstration themselves, to kill it, to move its clock, and to reach it over lines that break.
# Needs lib.sh and $here. $portal: the portal's process.
started=()  # process ids to end at the end
trap 'kill -KILL "${started[@]}" ${portal-} 2>/dev/null || true; wait 2>/dev/null || true; end_demonstration >/dev/null 2>&1' EXIT

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

# line NAME LEAST MOST [TIMES]: sets NAME to an address of the portal whose connections break; the portal has to be told of it (serve).
lines=()
line() {
    in_background "$work/$1" python3 "$here/cutting_proxy.py" "${CBMX_URL##*:}" "$2" "$3" "$work/$1" "${@:4}"
    printf -v "$1" %s "https://localhost:$written"
    lines+=("localhost:$written")
}

# serve [NAME=VALUE...]: the portal as the quickstart serves it, on the same ports each time; it also answers to the names of the lines.
serve() {
    local names
    printf -v names ',%s' "${lines[@]}"
    env CBMX_PORT="${CBMX_URL##*:}" CBMX_MTLS_PORT="${CBMX_MTLS_URL##*:}" CBMX_METRICS_PORT=0 CBMX_PUBLIC_URL="$CBMX_URL" \
        CBMX_ALLOWED_HOSTS="localhost$names" CBMX_ACCOUNT_LOG_INTERVAL_SECONDS=1 CBMX_PUBLIC_LOG_INTERVAL_SECONDS=1 \
        CBMX_ACCOUNT_REQUESTS_PER_MINUTE=60000 CBMX_PEER_REQUESTS_PER_MINUTE=60000 CBMX_MAX_CONNECTIONS_PER_PEER=500 "$@" \
        "$binary" serve >> "$work/server.log" 2>&1 &
    portal=$!
}
restart() {
    kill -KILL "$portal"
    wait "$portal" 2>/dev/null || true
    serve "$@"
}
ready() { wait_until get /readyz; }

# later SHIFT: the portal again, with its clock set forward (+50h, +250d).
later() {
    local library
    library=$(echo /usr/lib/*/faketime/libfaketime.so.1)
    restart LD_PRELOAD="$library" FAKETIME="$1" FAKETIME_DONT_FAKE_MONOTONIC=1
    ready
}

# measured COMMAND...: sets milliseconds to what a whole run takes on this machine now.
measured() {
    local before=${EPOCHREALTIME/./}
    "$@"
    milliseconds=$(((${EPOCHREALTIME/./} - before) / 1000))
}
a_moment() { printf '%d.%03d' $((moment = RANDOM % (milliseconds + 100), moment / 1000)) $((moment % 1000)); }  # of such a run
killed() { { timeout -s KILL "$(a_moment)" "$@" || true; } > /dev/null 2>&1; }
