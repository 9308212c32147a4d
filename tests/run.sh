#!/bin/bash
# Every test of the project: what they need is installed, release and sanitizer builds are made, all tests run.
# Before the last line stands how long each stage took; the last line is "N passed, N failed" over all runs; the exit code is 0 only
# when none failed. tests/README.md says what kinds of tests there are.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
. server/demo/packages.sh
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1  # a second checkout builds from the first one's cache

usage() {
    cat <<'TEXT'
usage: tests/run.sh                  all tests on the release build; unit, integration and contract tests under ASan and UBSan
       tests/run.sh --release-only   without sanitizers
       tests/run.sh --full           with the long form of the tests that have one, a minute of each fuzz target, clang-tidy over everything,
                                     and a comparison of two builds
       tests/run.sh --readme         puts the table of stages into tests/README.md
       tests/run.sh --tsan           also the tests of connections and store, and the whole portal under slow clients, under TSan
TEXT
}

sanitizers=true full=false tsan=false readme=false
for argument in "$@"; do
    case $argument in
        --release-only) sanitizers=false ;;
        --full) full=true ;;
        --tsan) tsan=true ;;
        --readme) readme=true ;;
        -h | --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
done

readonly tsan_seconds=600 failure_lines=60 most_minutes=55 slowest_shown=20
jobs=$(nproc)
passed=0 failed=0 skipped=0
launcher=()
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

stage_row() { printf '| %-16s | %7d |\n' "$1" "$2"; }
# stage NAME: what follows belongs to it, until the next.
stage='' stage_began=0
stage() {
    [[ -z $stage ]] || stage_row "$stage" $((SECONDS - stage_began)) >> "$logs/stages"
    stage=$1 stage_began=$SECONDS
    printf '\n== %s (%s s)\n' "$stage" "$SECONDS"
}

# build PRESET [TARGET...]: a build that fails counts as one failed test, so that it cannot go unseen.
build() {
    local preset=$1 targets=()
    shift
    [[ $# -eq 0 ]] || targets=(--target "$@")
    stage "build $preset"
    if ! cmake --preset "$preset" -DCBMX_TESTS=ON || ! cmake --build "build/$preset" -j "$jobs" "${targets[@]}"; then
        say "the build of preset $preset failed"
        failed=$((failed + 1))
        return 1
    fi
}

# run PRESET [ctest's options]
run() {
    local preset=$1 log=$logs/$1 status counted
    shift
    stage "test $preset"
    rm -rf "build/$preset/results" "$log.xml"
    "${launcher[@]}" timeout "${limit_seconds:-3600}" ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --output-junit "$log.xml" \
        -j "$jobs" "$@" 2>&1 | tee "$log"
    status=$?
    counted=$(tests/count.py "$log.xml" "build/$preset/results" "$logs/slowest") || counted="0 0 0"
    count "$status" $(head -n 1 <<< "$counted")
    note_failures "$preset" "$log" "$(tail -n +2 <<< "$counted")"
}

# note_failures PRESET LOG NAMES: kept for the end, where a reader of a long log looks first.
note_failures() {
    local preset=$1 log=$2
    [[ -z $3 ]] || sed "s/^/$preset: /" <<< "$3" >> "$logs/failures"
    # Of each, what it printed up to the next result: the lines that say what was wrong.
    awk '/\*\*\*(Failed|Timeout|Exception|Not Run)/ { show = 1 } /Test +#[0-9]+:/ && !/\*\*\*/ { show = 0 } show' "$log" |
        grep -vE '^ok ' | cut -c1-300 | head -n "$failure_lines" >> "$logs/failures"
}

# count STATUS PASSED FAILED SKIPPED: one run's outcome, added to the sums. A run that ends badly has failed, whatever was counted.
count() {
    local status=$1 good=$2 bad=$3 left_out=$4
    [[ $status -eq 0 || $bad -gt 0 ]] || bad=1
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + left_out))
}

# one NAME SCRIPT [ARGUMENTS]: a stage that is one test by itself.
one() {
    stage "$1"
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$1" >> "$logs/failures"
    fi
}

stage packages
install_packages "${build_packages[@]}" "${demo_packages[@]}" "${test_packages[@]}"
command -v node >/dev/null || install_packages nodejs npm
export GTEST_BRIEF=1 ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
tidied=()
if $full; then
    export CBMX_LONG=1 CBMX_FUZZ_SECONDS=60
    install_packages "${long_packages[@]}"
    tidied=(--all)
fi

one lint tests/lint.sh "${tidied[@]}"
build release && run release
# Sanitizers of g++ 12 abort now and then where the kernel spreads addresses over more bits than they know.
! setarch "$(uname -m)" -R true 2>/dev/null || launcher=(setarch "$(uname -m)" -R)
if $sanitizers; then
    build asan unit_tests integration_tests contract_tests fuzzers && run asan -L '^(unit|integration|contract|fuzz)$'
fi
if $tsan; then
    build tsan unit_tests integration_tests fault_tests &&
        limit_seconds=$tsan_seconds run tsan -L '^(unit|integration|fault)$'
fi
! $full || one "two builds" tests/packaging/two_builds.sh
stage "all runs"
cat "$logs/failures" 2>/dev/null
echo "the slowest:"
sort -rn "$logs/slowest" 2>/dev/null | head -n "$slowest_shown"
{
    printf '%s, %s cores, tests/run.sh %s:\n\n| stage            | seconds |\n|------------------|--------:|\n' "$(date -u +%F)" "$jobs" "$*"
    cat "$logs/stages"
    stage_row "in all" "$SECONDS"
} | sed 's/ :$/:/' | tee "$logs/table"
! $readme || sed -i -e '/<!-- stages -->/,/<!-- end -->/{//!d}' -e "/<!-- stages -->/r $logs/table" tests/README.md
[[ $SECONDS -le $((most_minutes * 60)) ]] || printf '\n*** THIS TOOK %d MINUTES: it is to stay below 60. What does not fit goes to tests/run.sh --full. ***\n\n' $((SECONDS / 60))
[[ $skipped -eq 0 ]] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
