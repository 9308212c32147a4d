#!/bin/bash
# Fuzzes: every target, or those named, for so many seconds each (default 60). Built with tests/run.sh's preset asan.
# usage: tests/fuzz/run.sh [SECONDS] [TARGET...]     e.g. tests/fuzz/run.sh 600 requests json
#        tests/fuzz/run.sh --keep [TARGET...]        the smallest corpus that reaches as much replaces tests/fuzz/corpus
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
keep=false seconds=60
case ${1:-} in
    --keep) keep=true; shift ;;
    [0-9]*) seconds=$1; shift ;;
esac
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <(basename -as _fuzz.cpp tests/fuzz/*_fuzz.cpp)
cmake --preset asan -DCBMX_TESTS=ON >/dev/null
cmake --build build/asan --target "${targets[@]/%/_fuzz}"
launcher=()
! setarch "$(uname -m)" -R true 2>/dev/null || launcher=(setarch "$(uname -m)" -R)
failed=0
for target in "${targets[@]}"; do
    program=build/asan/tests/fuzz/${target}_fuzz
    if $keep; then
        work=build/asan/tests/fuzz/work/$target
        rm -rf "$work/kept" && mkdir -p "$work/kept"
        ASAN_OPTIONS=detect_leaks=0 "${launcher[@]}" "$program" -set_cover_merge=1 -max_len=2048 "$work/kept" "tests/fuzz/corpus/$target" "$work/corpus" 2>&1 | tail -n 1
        rm -rf "tests/fuzz/corpus/$target" && cp -r "$work/kept" "tests/fuzz/corpus/$target"
    else
        echo "== $target"
        CBMX_FUZZ_SECONDS=$seconds "${launcher[@]}" tests/fuzz/one.sh "$program" || failed=1
    fi
done
exit $failed
