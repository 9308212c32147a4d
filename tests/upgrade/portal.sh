# For run.sh and make.sh: a portal in $work, whose log key is made from a fixed seed, so that no private key has to be kept here.
# The key signs invented data only.
work=$(mktemp -d)
work=$(realpath "$work")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
server=
trap 'end_portal; rm -rf "$work"' EXIT
export CBMX_DATA=$work/data CBMX_LOG_KEY=$work/log-key.pem CBMX_OUTSIDE=$work/outside CBMX_ORIGIN=upgrade.example/log CBMX_PUBLIC_URL=https://localhost
export CBMX_PORT=0 CBMX_MTLS_PORT=0 CBMX_METRICS_PORT=0 CBMX_ACCOUNT_LOG_INTERVAL_SECONDS=1 CBMX_PUBLIC_LOG_INTERVAL_SECONDS=1
export CBMX_TLS_CERTIFICATE=$work/certs/server.crt CBMX_TLS_KEY=$work/certs/server.key CBMX_CLIENT_CA=$work/certs/ca.crt CBMX_CLIENT_CRL=$work/certs/crl.pem

prepare() {
    mkdir -p "$CBMX_OUTSIDE"
    "$root/certs/make-dev-certs.sh" init "$work/certs" > /dev/null
    # PKCS#8 of an Ed25519 key: a fixed head and 32 bytes.
    (printf '302e020100300506032b657004220420' && printf 'upgrade fixture' | sha256sum | cut -c1-64) | tr -d '\n' | python3 -c "import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))" |
        openssl pkey -inform DER -out "$CBMX_LOG_KEY"
}

start_portal() {
    "$binary" serve 2> "$work/log" &
    server=$!
    local port=
    for ((tenths = 0; tenths < 600; tenths++)); do
        port=$(sed -n 's/.*"event":"started".*"port":\([0-9]*\).*/\1/p' "$work/log" | head -n 1)
        [[ -z $port ]] || break
        kill -0 "$server" 2>/dev/null || { cat "$work/log"; return 1; }
        sleep 0.1
    done
    url=https://localhost:$port
}
end_portal() {
    [[ -n $server ]] || return 0
    kill -TERM "$server" && wait "$server"
    server=
}

# as TOKEN METHOD PATH [curl's options]: the answer; fails when it was refused. No token: anonymous.
as() {
    local token=$1 method=$2 path=$3
    shift 3
    [[ -z $token ]] || set -- -H "Authorization: Bearer $token" "$@"
    curl -sS --fail-with-body --cacert "$CBMX_CLIENT_CA" -X "$method" "$@" "$url$path"
}
account() { "$binary" account create --home "$1" --name "$2" --role "$2" | jq -r .id; }
token() { "$binary" credential token --account "$1" --scope read draft publish accounts registry | jq -r .token; }
etag_of() { curl -sS --cacert "$CBMX_CLIENT_CA" -o /dev/null -D - -H "Authorization: Bearer $1" "$url$2" | sed -n 's/^etag: *\([^\r]*\)\r*$/\1/Ip'; }

# report TOKEN JSON, submit TOKEN ID, publish TOKEN ID: prints the answer.
report() { as "$1" POST /v1/reports -H 'Content-Type: application/json' -d "$2"; }
step() { as "$1" POST "/v1/reports/$3/$2" -H "If-Match: $(etag_of "$1" "/v1/reports/$3$4")"; }

# What a reader gets that no upgrade may change: what was said of each record, and every entry of the log with what opens it.
said_to() {
    local path
    for path in "/v1/reports?limit=100" "/v1/states?limit=100" "/v1/measures?limit=100"; do
        as "$1" GET "$path" | jq -cS '.items[] | {id, content, salt}'
    done
}
entries_below() { as "" GET "/v1/changes?after=-1&limit=1000" | jq -cS --argjson below "$1" '.items[] | select(.entry.seq < $below) | .entry' | sha256sum; }
