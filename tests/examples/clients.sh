#!/bin/bash
# The programs of client-examples/ that run unattended, against a real portal: killed at random moments, with the portal
# killed under them, over a line that breaks, and looked at for what they leave behind. The first two programs: run.sh.
# usage: tests/examples/clients.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
. "$here/serving.sh"

# The command that the program's own head gives, in the background: it takes longer than everything else.
compile=$(sed -n 's|^//   \(g++ .*\)|\1|p' "$examples/query_with_certificate.cpp")
(cd "$root" && PATH=/usr/lib/ccache:$PATH && eval "${compile/-o query_with_certificate/-o \"$work/query_with_certificate\"}") > "$work/compiled" 2>&1 &
compiler=$!
started+=("$compiler")

start_demonstration
quickstart --stop

line poor_line 2000 60000
line short_line 500 9000 3
in_background "$work/untrue" python3 "$here/untrue_portal.py" "$work/untrue"
untrue_portal=$written

serve
ready
. "$here/clients/follow.sh"   # goes on in the background while the others make changes
. "$here/clients/nightly.sh"
. "$here/clients/mirror.sh"
. "$here/clients/certificate.sh"
end_following
conclude
