# Sourced by scripts that run a portal of their own, after checks.sh: a portal in $work, whose log key is made from a fixed seed, so
# that no private key has to be kept here. The key signs invented data only. Needs $binary; ends the portal and removes $work at the end.
work=$(mktemp -d)
work=$(realpath "$work")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
server= starts=0 log=
trap 'end_portal; rm -rf "$work"' EXIT
export CBMX_DATA=$work/data CBMX_LOG_KEY=$work/log-key.pem CBMX_OUTSIDE=$work/outside CBMX_ORIGIN=upgrade.example/log CBMX_PUBLIC_URL=https://localhost
export CBMX_ERASURE_DELAY_DAYS=0 CBMX_PORT=0 CBMX_MTLS_PORT=0 CBMX_METRICS_PORT=0 CBMX_ACCOUNT_LOG_INTERVAL_SECONDS=1 CBMX_PUBLIC_LOG_INTERVAL_SECONDS=1
export CBMX_TLS_CERTIFICATE=$work/certs/server.crt CBMX_TLS_KEY=$work/certs/server.key CBMX_CLIENT_CA=$work/certs/ca.crt CBMX_CLIENT_CRL=$work/certs/crl.pem

prepare() {
    mkdir -p "$CBMX_OUTSIDE"
    "$root/certs/make-dev-certs.sh" init "$work/certs" > /dev/null
    # PKCS#8 of an Ed25519 key: a fixed head and 32 bytes.
    (printf '302e020100300506032b657004220420' && printf 'upgrade fixture' | sha256sum | cut -c1-64) | tr -d '\n' | python3 -c "import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))" |
        openssl pkey -inform DER -out "$CBMX_LOG_KEY"
}

# start_portal: returns when the portal listens; $url is then its address. Each start has a log file of its own, so that no line of an
# earlier process is taken for one of this.
start_portal() {
    starts=$((starts + 1))
    log=$work/portal-$starts.log
    "$binary" serve 2> "$log" &
    server=$!
    wait_until has_started_or_ended || true
    [[ -n $(port_of port) ]] || { cat "$log"; return 1; }
    url=https://localhost:$(port_of port)
}
has_started_or_ended() { [[ -n $(port_of port) ]] || ! kill -0 "$server"; }
port_of() { sed -n 's/.*"event":"started".*"'"$1"'":\([0-9]*\).*/\1/p' "$log" | head -n 1; } # port, mtls_port or metrics_port
end_portal() {
    [[ -n $server ]] || return 0
    kill -TERM "$server" && wait "$server"
    server=
}
kill_portal() {
    [[ -n $server ]] || return 0
    kill -KILL "$server" && { wait "$server" || true; } 2> /dev/null
    server=
}

# log_shows_all: waits until everyone sees the log up to its last entry; its size moves at fixed intervals.
log_shows_all() { wait_until shows_entries "$(entries_in "$CBMX_DATA")"; }
shows_entries() { [[ $(as "" GET /v1/log/checkpoint | sed -n 2p) -ge $1 ]]; }

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
