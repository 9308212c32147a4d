#!/bin/bash
# Every script test five times beside stress-ng --cpu 4: none may depend on how fast the machine is. Some forty minutes on two cores.
# usage: tests/stress.sh [PRESET]    the build that is there; release unless given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. server/demo/packages.sh
readonly rounds=5 stressors=4 most_seconds=7200
build=build/${1:-release}
[[ -f $build/CTestTestfile.cmake ]] || die "there is no build in $build: make it with tests/run.sh"
install_packages stress-ng
stress-ng --cpu "$stressors" --timeout "$most_seconds" > /dev/null 2>&1 &
stress=$!
trap 'kill "$stress" 2> /dev/null || true' EXIT
ctest --test-dir "$build" -L scripts --repeat "until-fail:$rounds" --output-on-failure -j "$(nproc)"
