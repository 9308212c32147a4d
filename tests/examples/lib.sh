# For the scripts beside it, which say: . lib.sh [BINARY]. A demonstration in a directory of its own, and how to look at
# what a program leaves behind. The portal is stopped at the end, whatever happens.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
examples=$root/client-examples
binary=$(realpath "${1:-$root/build/release/cbmx}")
work=$(mktemp -d)
work=$(realpath "$work")
failures=0
export PYTHONDONTWRITEBYTECODE=1

# ports: free ones, until a script sets others.
ports=(CBMX_PORT=0 CBMX_MTLS_PORT=0 CBMX_METRICS_PORT=0)
quickstart() { env -u CBMX_URL CBMX_BINARY="$binary" CBMX_DEMO_DIR="$work/a demonstration" "${ports[@]}" bash "$root/server/quickstart.sh" "$@"; }
trap 'quickstart --stop || true; rm -rf "$work"' EXIT

# expect WHAT COMMAND...: the command must end with 0.
expect() {
    local what=$1
    shift
    if "$@" > "$work/saying" 2>&1; then
        echo "ok      $what [$SECONDS]"
    else
        echo "FAILED  $what"
        sed 's/^/        /' "$work/saying"
        failures=$((failures + 1))
    fi
    mv "$work/saying" "$work/said"  # for the next check, which may look at what this one said
}

# ends_with CODE SENTENCE COMMAND...: the command must end with the code and say the sentence.
ends_with() {
    local expected=$1 sentence=$2 code=0
    shift 2
    "$@" > "$work/refusal" 2>&1 || code=$?
    [[ $code -eq $expected ]] && grep -qF -e "$sentence" "$work/refusal" || { echo "ended with $code and said:"; cat "$work/refusal"; return 1; }
}
refuses() { ends_with 1 "$@"; }

get() { curl -fsS --cacert "$CBMX_CA" "$CBMX_URL$1"; }
get_as() { curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $1" "$CBMX_URL$2"; }
verify() { python3 "$examples/verify_receipt.py" --key "$CBMX_VERIFIER_KEY" "$1"; }
is() { [[ $1 == "$2" ]] || { echo "expected \"$2\", found \"$1\""; return 1; }; }
# A key of the log's name that did not sign anything.
other_key() {
    local name=${CBMX_VERIFIER_KEY%%+*} typed id
    typed=$( (printf '\1'; openssl genpkey -algorithm ed25519 | openssl pkey -pubout -outform DER | tail -c 32) | base64 -w0)
    id=$( (printf '%s\n' "$name"; base64 -d <<<"$typed") | sha256sum | cut -c1-8)
    echo "$name+$id+$typed"
}
conclude() { [[ $failures -eq 0 ]] || { echo "$failures of the checks above failed"; exit 1; }; }
