# Sourced by scripts that need the demonstration, with a built cbmx as argument (build/release/cbmx unless given): one of their own on
# free ports, which ends with them. Sets $root, $binary and $work (the script's own directory), and has what checks.sh has.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=$(realpath "${1:-$root/build/release/cbmx}")
work=$(realpath "$(mktemp -d)")
demonstration="$work/a demonstration"
export PYTHONDONTWRITEBYTECODE=1
. "$root/tests/support/checks.sh"

quickstart() {
    env -u CBMX_URL CBMX_BINARY="$binary" CBMX_DEMO_DIR="$demonstration" CBMX_PORT=0 CBMX_MTLS_PORT=0 CBMX_METRICS_PORT=0 \
        bash "$root/server/quickstart.sh" "$@"
}

end_demonstration() {
    [[ ! -e $demonstration ]] || quickstart --stop || true
    rm -rf "$work"
}
trap end_demonstration EXIT

# start_demonstration: CBMX_URL, CBMX_CA, tokens and the rest of its env file are then set.
start_demonstration() {
    quickstart --detach > "$work/quickstart.log" 2>&1 || { cat "$work/quickstart.log"; exit 1; }
    . "$demonstration/env"
}

# log_shows_all [DATA]: waits until everyone sees the log of CBMX_URL up to its last entry; its size moves at fixed intervals.
log_shows_all() { wait_until shows_entries "$(entries_in "${1:-$CBMX_DATA}")"; }
shows_entries() { [[ $(curl -fsS --cacert "$CBMX_CA" "$CBMX_URL/v1/log/checkpoint" | sed -n 2p) -ge $1 ]]; }
