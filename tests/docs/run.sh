#!/bin/bash
# Runs every snippet of the documentation (server/docs) against a demonstration of its own, on free ports, as its reader
# would, and compares what comes back with what the pages say. The portal is stopped at the end, whatever happens.
# usage: tests/docs/run.sh [BINARY [PAGE...]]    a built cbmx, build/release/cbmx unless given; all pages unless named
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/demonstration.sh"
demonstration=$work/build/demo # where the pages say that it is

python3 "$root/tests/docs/snippets_test.py"
start_demonstration
export PATH=$(dirname "$binary"):$PATH  # the reader has cbmx installed

# The pages as the portal serves them, so that none of them is only on disk.
pages=("${@:2}")
if [[ ${#pages[@]} -eq 0 ]]; then
    mapfile -t pages < <(cd "$root/server/docs" && printf '%s\n' *.md | sed 's/\.md$//')
fi
mkdir "$work/pages"
for page in index "${pages[@]}"; do
    address=/docs/$page
    curl -fsS --cacert "$CBMX_CA" -H 'Accept: text/markdown' -o "$work/pages/$page.md" "$CBMX_URL$address"
done
for page in "${pages[@]}"; do
    mkdir -p "$work/reader/$page"
    ln -s "$work/build" "$work/reader/$page/build"
    (cd "$work/reader/$page" && python3 "$root/tests/docs/snippets.py" --setup "$work/pages/index.md" "$work/pages/$page.md") || failures=$((failures + 1))
done
[[ $failures -eq 0 ]] || { echo "snippets of $failures pages failed"; exit 1; }
