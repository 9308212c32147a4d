#!/bin/bash
# One fuzz target for CBMX_FUZZ_SECONDS (12), from the kept corpus and fresh seeds. What it finds stays in its work directory,
# which the next run goes on from. usage: one.sh PROGRAM   (as ctest calls it; tests/fuzz/run.sh for all)
set -euo pipefail
program=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$(basename "$program" _fuzz)
work=$(dirname "$program")/work/$target
mkdir -p "$work/found" "$work/corpus" "$work/seeds"
"$here/seeds.py" "$work/seeds"
CBMX_SEEDS=$work/seeds/$target
export CBMX_SEEDS  # ledger_fuzz and receipts_fuzz write their own: they need keys
mkdir -p "$CBMX_SEEDS" "$here/corpus/$target"
options=()
case $target in
    portal)
        words=$work/words options=(-entropic=0)  # with so many blocks, weighing them would take longer than the portal does
        cat "$here"/{http,json}.dict "$work/seeds/portal.dict" > "$words"
        ;;
    requests | targets) words=$here/http.dict ;;
    *) words=$here/json.dict ;;
esac
# The leak check after each input costs more than the input; the tests on this build look for leaks.
export ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-} UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
# Databases in memory: none outlives the run.
TMPDIR=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo /tmp)" cbmx-fuzz-XXXXXX)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
cd "$work"
"$program" -max_total_time="${CBMX_FUZZ_SECONDS:-12}" -timeout=20 -rss_limit_mb=3000 -max_len=8192 -dict="$words" -artifact_prefix=found/ \
    -print_final_stats=1 "${options[@]}" corpus "$here/corpus/$target" "$CBMX_SEEDS" 2>&1 | tee log | grep -E '^(BROKEN|==|SUMMARY|stat::number_of|Done)|runtime error' || true
if ! grep -q '^Done' log; then
    tail -n 60 log
    exit 1
fi
