#!/bin/bash
# Every test of the project: what they need is installed, release and sanitizer builds are made, all tests run.
# The last line is "N passed, N failed" over all runs; the exit code is 0 only when none failed.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
. server/demo/packages.sh
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1  # a second checkout builds from the first one's cache

usage() {
    cat <<'TEXT'
usage: tests/run.sh                  all tests on the release build; unit, integration and contract tests under ASan and UBSan
       tests/run.sh --release-only   without sanitizers
       tests/run.sh --full           with the tests labelled slow as well, the long form of those that have one, a minute of each fuzz target
       tests/run.sh --tsan           also the tests of connections and store, and the whole portal under slow clients, under TSan
TEXT
}

sanitizers=true full=false tsan=false
for argument in "$@"; do
    case $argument in
        --release-only) sanitizers=false ;;
        --full) full=true ;;
        --tsan) tsan=true ;;
        -h | --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
done

readonly tsan_seconds=600 failure_lines=60
jobs=$(nproc)
passed=0 failed=0 skipped=0
launcher=()
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

heading() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }

# build PRESET [TARGET...]: a build that fails counts as one failed test, so that it cannot go unseen.
build() {
    local preset=$1 targets=()
    shift
    [[ $# -eq 0 ]] || targets=(--target "$@")
    heading "build $preset"
    if ! cmake --preset "$preset" -DCBMX_TESTS=ON || ! cmake --build "build/$preset" -j "$jobs" "${targets[@]}"; then
        say "the build of preset $preset failed"
        failed=$((failed + 1))
        return 1
    fi
}

# run PRESET [ctest's options]
run() {
    local preset=$1 log=$logs/$1 status line
    shift
    heading "test $preset"
    "${launcher[@]}" timeout "${limit_seconds:-3600}" ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j "$jobs" "$@" 2>&1 | tee "$log"
    status=$?
    line=$(sed -n 's/.*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*/\1 \2/p' "$log" | tail -n 1)
    count "$status" "${line:-0 0}" "$(grep -c '\*\*\*Skipped' "$log")"
    note_failures "$preset" "$log"
}

# note_failures PRESET LOG: kept for the end, where a reader of a long log looks first.
note_failures() {
    local preset=$1 log=$2
    sed -n '/^The following tests FAILED:/,/^Errors while/p' "$log" | grep -E '^\s*[0-9]+ - ' | sed "s/^ */$preset: /" >> "$logs/failures"
    # Of each, what it printed up to the next result: the lines that say what was wrong.
    awk '/\*\*\*(Failed|Timeout|Exception|Not Run)/ { show = 1 } /Test +#[0-9]+:/ && !/\*\*\*/ { show = 0 } show' "$log" |
        grep -vE '^ok ' | cut -c1-300 | head -n "$failure_lines" >> "$logs/failures"
}

# count STATUS "FAILED TOTAL" SKIPPED: one run's outcome, added to the sums.
count() {
    local status=$1 bad=${2% *} total=${2#* } left_out=$3
    [[ $status -eq 0 || $bad -gt 0 ]] || bad=1 total=$((total + 1))
    failed=$((failed + bad))
    skipped=$((skipped + left_out))
    passed=$((passed + total - bad - left_out))
}

# The suites whose sources lie in the given folders, as an expression for ctest -R.
suites_in() {
    grep -rhoE '^TEST(_F|_P)?\(\w+' "$@" | sed 's/.*(//' | sort -u | paste -sd '|' | sed 's/.*/^(&)\\./'
}

install_packages "${build_packages[@]}" "${demo_packages[@]}" "${test_packages[@]}"
command -v node >/dev/null || install_packages nodejs npm
export GTEST_BRIEF=1 ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
without_slow=(-LE '^slow$')
! $full || without_slow=()
if $full; then
    export CBMX_LONG=1 CBMX_FUZZ_SECONDS=60
    install_packages "${long_packages[@]}"
fi

build release && run release "${without_slow[@]}"
# Sanitizers of g++ 12 abort now and then where the kernel spreads addresses over more bits than they know.
! setarch "$(uname -m)" -R true 2>/dev/null || launcher=(setarch "$(uname -m)" -R)
if $sanitizers; then
    build asan unit_tests integration_tests contract_tests fuzzers && run asan -L '^(unit|integration|contract|fuzz)$' "${without_slow[@]}"
fi
if $tsan; then
    build tsan unit_tests integration_tests fault_tests &&
        limit_seconds=$tsan_seconds run tsan -R "$(suites_in tests/unit/http tests/unit/store tests/unit/verify/ranges_test.cpp tests/integration/http tests/fault/slow_test.cpp)"
fi
heading "all runs"
cat "$logs/failures" 2>/dev/null
[[ $skipped -eq 0 ]] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
