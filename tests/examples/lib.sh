# Sourced by the scripts beside it: a demonstration, and how to look at what a program of client-examples/ leaves behind.
. "$(dirname "${BASH_SOURCE[0]}")/../support/demonstration.sh"
examples=$root/client-examples

refuses() { ends_with 1 "$@"; }

get() { curl -fsS --cacert "$CBMX_CA" "$CBMX_URL$1"; }
get_as() { curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $1" "$CBMX_URL$2"; }
verify() { python3 "$examples/verify_receipt.py" --key "$CBMX_VERIFIER_KEY" "$1"; }
# A key of the log's name that did not sign anything.
other_key() {
    local name=${CBMX_VERIFIER_KEY%%+*} typed id
    typed=$( (printf '\1'; openssl genpkey -algorithm ed25519 | openssl pkey -pubout -outform DER | tail -c 32) | base64 -w0)
    id=$( (printf '%s\n' "$name"; base64 -d <<<"$typed") | sha256sum | cut -c1-8)
    echo "$name+$id+$typed"
}
