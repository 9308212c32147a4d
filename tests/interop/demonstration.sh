# To be sourced by the scripts of this folder: a demonstration of their own on free ports, which ends with them.
# Sets $root, $binary and $work (a scratch folder); start_demonstration reads its env file: CBMX_URL, CBMX_CA, tokens.
# The caller's first argument is a built cbmx; build/release/cbmx unless given.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=$(realpath "${1:-$root/build/release/cbmx}")
work=$(realpath "$(mktemp -d)")

quickstart() {
    env -u CBMX_URL CBMX_BINARY="$binary" CBMX_DEMO_DIR="$work/demonstration" CBMX_PORT=0 CBMX_MTLS_PORT=0 CBMX_METRICS_PORT=0 \
        CBMX_FAILED_CREDENTIALS_PER_MINUTE=1000000 bash "$root/server/quickstart.sh" "$@"
}

end_demonstration() {
    [[ ! -e $work/demonstration ]] || quickstart --stop || true
    rm -rf "$work"
}
trap end_demonstration EXIT

start_demonstration() {
    quickstart --detach > "$work/quickstart.log" 2>&1 || { cat "$work/quickstart.log"; exit 1; }
    . "$work/demonstration/env"
}
