#!/bin/bash
# All of tests/fault on the build that is there, and the fault table that the run itself made (build/fault/table.md).
# usage: tests/fault/run.sh [--long] [--readme]     --readme: puts the table into tests/README.md
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
exec < /dev/null

readme=false
for argument in "$@"; do
    case $argument in
        --long) export CBMX_LONG=1 ;;
        --readme) readme=true ;;
        *) sed -n 's/^# \(usage.*\)/\1/p' "$0" >&2; exit 2 ;;
    esac
done
build=${CBMX_BUILD:-build/release}
if [[ ! -x $build/tests/fault_tests || ! -x $build/cbmx ]]; then
    echo "run.sh: no tests in $build: make them with tests/run.sh, or cmake --preset release -DCBMX_TESTS=ON && cmake --build $build --target fault_tests" >&2
    exit 2
fi
mkdir -p build/fault
table=build/fault/table.md
export CBMX_FAULT_TABLE=$PWD/build/fault/rows.md
: >"$CBMX_FAULT_TABLE"

status=0
"$build/tests/fault_tests" --gtest_brief=1 || status=1
tests/fault/drill.sh "$build/cbmx" || status=1
{
    printf '%s, %s cores, %s%s, %s s:\n\n' "$(date -u +%F)" "$(nproc)" "$build" "${CBMX_LONG:+, --long}" "$SECONDS"
    printf '| what was done | how often | acknowledged | lost | seen |\n|---|---|---|---|---|\n'
    cat "$CBMX_FAULT_TABLE"
} >"$table"
if $readme; then
    sed -i -e '/<!-- fault table -->/,/<!-- end -->/{//!d}' -e "/<!-- fault table -->/r $table" tests/README.md
fi
cat "$table"
[[ $status -eq 0 ]] || echo "run.sh: something failed: see above" >&2
exit $status
