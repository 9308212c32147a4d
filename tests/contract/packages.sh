# To be sourced by scripts that run Node: installs the packages of package-lock.json when they are not there or older than it.
# Tests run side by side, so one installs while the others wait. Sets $contract and changes into it. Scripts of other folders
# set $contract before.
contract=$(cd "${contract:-$(dirname "$0")/..}" && pwd)
cd "$contract"
exec 9< package.json
flock 9
[ -d node_modules ] && [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-progress
flock -u 9
exec 9<&-
