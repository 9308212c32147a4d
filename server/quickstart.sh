#!/bin/bash
# From a fresh Debian 12 to a running demonstration of the portal: packages, build, certificates, database, accounts,
# directory, reports, server on loopback. Next: server/demo/ (who and what is in it), client-examples/ (what to do with it).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/server/demo/packages.sh"
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1  # a second checkout builds from the first one's cache

usage() {
    cat <<'TEXT'
usage: server/quickstart.sh             build, start, stay in the foreground; Ctrl-C stops the portal
       server/quickstart.sh --detach    leave it running and return as soon as it takes requests
       server/quickstart.sh --stop      stop it
Environment:
  CBMX_PORT, CBMX_MTLS_PORT, CBMX_METRICS_PORT   8443, 8444 and 9443 unless set; 0: any free port
  CBMX_DEMO_DIR                                  where everything is kept; build/demo unless set; remove it to start again
  CBMX_BINARY                                    a cbmx built already: packages and build are skipped
TEXT
}

detach=false stop=false
case ${1-} in
    "") ;;
    --detach) detach=true ;;
    --stop) stop=true ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
esac
[[ $# -le 1 ]] || { usage >&2; exit 2; }

readonly start_seconds=60 stop_seconds=30
demo=$(realpath -m "${CBMX_DEMO_DIR:-$root/build/demo}")
binary=$(realpath -m "${CBMX_BINARY:-$root/build/release/cbmx}")
built_already=${CBMX_BINARY:+yes}
port=${CBMX_PORT:-8443} mtls_port=${CBMX_MTLS_PORT:-8444} metrics_port=${CBMX_METRICS_PORT:-9443}
mkdir -p "$demo"
chmod 700 "$demo"

# Nothing for a process that has ended, also while its parent has not yet taken note (state Z).
started_at() { sed -n 's/.*) \([^Z] .*\)/\1/p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Sets pid. A number in the pid file counts only while it is still that same process.
is_running() {
    local since
    [[ -s $demo/pid ]] && read -r pid since < "$demo/pid" && [[ -n $since && $(started_at "$pid") == "$since" ]]
}

stop_portal() {
    if ! is_running; then
        rm -f "$demo/pid"
        say "the demonstration in $demo is not running"
        return
    fi
    kill -TERM "$pid"
    for ((tenths = 0; tenths < stop_seconds * 10; tenths++)); do
        is_running || { rm -f "$demo/pid"; say "stopped"; return; }
        sleep 0.1
    done
    die "process $pid has not ended after $stop_seconds seconds; its log: $demo/server.log"
}

build() {
    install_packages "${build_packages[@]}" "${demo_packages[@]}"
    # A tree that the tests have configured is left as it is, so that neither makes the other build again.
    [[ -f $root/build/release/build.ninja ]] || (cd "$root" && cmake --preset release -DCBMX_TESTS=OFF)
    say "building build/release/cbmx; the first time takes several minutes"
    NINJA_STATUS="[%f of %t, %es] " cmake --build "$root/build/release" --target cbmx
}

# Nothing that the caller's shell has in its environment may point the demonstration at another portal.
export_settings() {
    export CBMX_DATA=$demo/data CBMX_LOG_KEY=$demo/log-key.pem CBMX_OUTSIDE=$demo/outside
    export CBMX_TLS_CERTIFICATE=$demo/certs/server.crt CBMX_TLS_KEY=$demo/certs/server.key
    export CBMX_CLIENT_CA=$demo/certs/ca.crt CBMX_CLIENT_CRL=$demo/certs/crl.pem
    unset CBMX_CONFIG CBMX_ORIGIN CBMX_ADDRESS CBMX_ALLOWED_HOSTS CBMX_STATE_CAS CBMX_LOG_FILE
}

# The directory gets its name only when the portal in it is complete.
found_portal() {
    [[ ! -e $CBMX_DATA ]] || return 0
    say "making the database"
    rm -rf "$CBMX_DATA.new" "$CBMX_OUTSIDE" "$demo/credentials" "$demo/contacts-made" "$demo/reports-made"
    mkdir "$CBMX_DATA.new"
    CBMX_DATA=$CBMX_DATA.new "$binary" init --demo > "$demo/first-account.json"
    mv "$demo/first-account.json" "$CBMX_DATA.new/first-account.json"
    mv "$CBMX_DATA.new" "$CBMX_DATA"
}

started_line() { jq -R -c 'fromjson? | select(.event == "started")' "$demo/server.log" 2>/dev/null | tail -n 1; }

give_up() {
    tail -n 5 "$demo/server.log" >&2
    die "the portal did not start: see above (a port in use? CBMX_PORT, CBMX_MTLS_PORT and CBMX_METRICS_PORT choose others)"
}

start_portal() {
    say "starting the portal"
    [[ ! -f $demo/server.log ]] || mv "$demo/server.log" "$demo/server.log.before"
    local public_url=https://localhost:$port
    [[ $port != 0 ]] || public_url=https://localhost
    CBMX_PORT=$port CBMX_MTLS_PORT=$mtls_port CBMX_METRICS_PORT=$metrics_port CBMX_PUBLIC_URL=$public_url \
        CBMX_ACCOUNT_LOG_INTERVAL_SECONDS=1 CBMX_PUBLIC_LOG_INTERVAL_SECONDS=1 CBMX_ERASURE_DELAY_DAYS=0 \
        CBMX_ACCOUNT_REQUESTS_PER_MINUTE=60000 CBMX_PEER_REQUESTS_PER_MINUTE=60000 CBMX_MAX_CONNECTIONS_PER_PEER=500 \
        setsid "$binary" serve > "$demo/server.log" 2>&1 < /dev/null 9>&- &
    pid=$!
    echo "$pid $(started_at "$pid")" > "$demo/pid"
    trap 'if is_running; then stop_portal; fi' EXIT
    for ((tenths = 0; tenths < start_seconds * 10; tenths++)); do
        is_running || give_up
        if [[ -n $(started_line) ]]; then
            read_ports
            ! curl -fsS -o /dev/null --cacert "$CBMX_CLIENT_CA" "$url/readyz" 2>/dev/null || return 0
        fi
        sleep 0.1
    done
    give_up
}

read_ports() {
    local line
    line=$(started_line)
    url=https://localhost:$(jq -r .port <<<"$line")
    mtls_url=https://localhost:$(jq -r .mtls_port <<<"$line")
    metrics_url=http://127.0.0.1:$(jq -r .metrics_port <<<"$line")/metrics
}

# Ports stay out of it: a shell that has read it can run quickstart.sh again.
write_env() {
    local name key
    key=$(curl -fsS --cacert "$CBMX_CLIENT_CA" "$url/v1/log/key" | jq -r '.keys[0].text')
    {
        echo "# Written by server/quickstart.sh. Holds secrets of the demonstration's accounts."
        printf 'export CBMX_URL=%q CBMX_MTLS_URL=%q CBMX_METRICS_URL=%q\n' "$url" "$mtls_url" "$metrics_url"
        printf 'export CBMX_CA=%q CBMX_VERIFIER_KEY=%q\n' "$CBMX_CLIENT_CA" "$key"
        for name in DATA LOG_KEY OUTSIDE TLS_CERTIFICATE TLS_KEY CLIENT_CA CLIENT_CRL; do
            local -n value=CBMX_$name
            printf 'export CBMX_%s=%q\n' "$name" "$value"
        done
        cat "$demo/credentials"
    } > "$demo/env.new"
    mv "$demo/env.new" "$demo/env"
}

make_contacts() {
    [[ ! -e $demo/contacts-made ]] || return 0
    say "making the demonstration directory"
    (. "$demo/env" && bash "$root/server/demo/contacts.sh" "$binary") || die "the demonstration directory could not be made: see above"
    touch "$demo/contacts-made"
}

make_reports() {
    [[ ! -e $demo/reports-made ]] || return 0
    say "making the demonstration reports"
    (. "$demo/env" && bash "$root/server/demo/reports.sh") || die "the demonstration reports could not be made: see above"
    touch "$demo/reports-made"
}

print_end() {
    local elsewhere=
    [[ $demo == "$root/build/demo" ]] || elsewhere="CBMX_DEMO_DIR=$(printf %q "$demo") "
    cat <<TEXT

The portal is running (process $pid).
  for everyone, and with a token   $url
  with a client certificate        $mtls_url
  metrics                          $metrics_url
  tokens and certificates          . $(printf %q "$demo/env")
  database, certificates, log      $demo
  stop it                          $elsewhere$(printf %q "$root/server/quickstart.sh") --stop

What everyone may read, and what a drafter of Chile may read:
  curl --cacert $(printf %q "$CBMX_CLIENT_CA") $url/v1/reports
  . $(printf %q "$demo/env") && curl --cacert "\$CBMX_CA" -H "Authorization: Bearer \$CBMX_TOKEN_CL_DRAFTER" "\$CBMX_URL/v1/reports"

TEXT
}

# Until Ctrl-C, --stop or the portal's own end.
stay() {
    say "Ctrl-C stops the portal"
    trap 'exit 0' INT TERM
    while is_running; do
        wait "$pid" || true
    done
    trap - EXIT
    rm -f "$demo/pid"
    say "the portal has ended; its log: $demo/server.log"
}

if $stop; then
    stop_portal
    exit
fi
exec 9> "$demo/setup.lock"
flock -n 9 || die "another quickstart.sh is at work in $demo"
export_settings
was_running=false
if is_running; then
    was_running=true
    say "already running"
    umask 077
    read_ports
else
    if [[ -z $built_already ]]; then
        build
    fi
    umask 077  # not before the build, whose files are for everyone
    [[ -x $binary ]] || die "there is no program at $binary"
    bash "$root/certs/make-dev-certs.sh" init "$demo/certs" || die "the certificates could not be made: see above"
    found_portal || die "the database could not be made: see above"
    start_portal
fi
bash "$root/server/demo/accounts.sh" "$demo" "$binary" || die "the demonstration accounts could not be made: see above"
write_env
make_contacts
make_reports
exec 9>&-
print_end
if $was_running || $detach; then
    trap - EXIT
else
    stay
fi
