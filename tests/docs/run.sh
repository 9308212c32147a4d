#!/bin/bash
# Runs every snippet of the documentation (server/docs) against a demonstration of its own, on free ports, as its reader
# would, and compares what comes back with what the pages say; then the tour of README.md. The portal is stopped at the end,
# whatever happens.
# usage: tests/docs/run.sh [BINARY [PAGE...]]    a built cbmx, build/release/cbmx unless given; all pages and the tour unless named
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

# The blocks of "Five minutes", in order, in one shell that stops at the first failure.
tour() {
    sed -n '/^## Five minutes/,/^## Where to read on/p' "$root/README.md" | awk '/^```$/ { inside = !inside; next } inside'
}
if [[ $# -lt 2 ]]; then
    mkdir -p "$work/reader/README"
    ln -s "$(dirname "$binary")" "$work/build/release"
    ln -s "$work/build" "$root/client-examples" "$work/reader/README/"
    tour > "$work/tour.sh"
    if (cd "$work/reader/README" && bash -euo pipefail "$work/tour.sh") > "$work/tour.out" 2>&1 &&
        grep -q '^genuine' "$work/tour.out" && grep -q '^verified' "$work/tour.out"; then
        echo "ok      README.md, five minutes"
    else
        echo "FAILED  README.md, five minutes:"
        cat "$work/tour.out"
        failures=$((failures + 1))
    fi
fi
[[ $failures -eq 0 ]] || { echo "snippets of $failures pages failed"; exit 1; }
