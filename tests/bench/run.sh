#!/bin/bash
# Every figure of speed with its rivals in the same run: a table, and build/bench/results.json. Needs no set-up; the first run
# makes the data, which takes as long as the number of reports asks for. It is no test: it ends with 0 whatever the figures are.
# usage: tests/bench/run.sh [--reports N] [--only reads,lists,handshakes,writes,statements,log,feed,polls,fair] [--readme]    1,000,000 reports by default
#        tests/bench/run.sh directory                                           the directory's pages beside the reports', in one process
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
. server/demo/packages.sh
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
bench_packages=(wrk nginx-light openssl curl procps util-linux)

install_packages "${build_packages[@]}" "${demo_packages[@]}"
[[ -f build/release/build.ninja ]] || cmake --preset release -DCBMX_TESTS=ON
mkdir -p build/bench

if [[ ${1-} == directory ]]; then
    cmake --build build/release --target directory_bench
    build/release/tests/directory_bench build/bench/directory.json
    echo "The same in JSON: build/bench/directory.json"
    exit
fi

install_packages "${bench_packages[@]}"
command -v node > /dev/null || install_packages nodejs npm
cmake --build build/release --target cbmx bench_data statements_bench store_bench
mkdir -p build/bench/peers
cp tests/bench/peers/* build/bench/peers/
(cd build/bench/peers && npm ci --no-audit --no-fund > ../npm.log 2>&1) || die "npm could not install the rival: see build/bench/npm.log"
python3 tests/bench/bench.py "$root" "$@"
echo "The same in JSON: build/bench/results.json"
