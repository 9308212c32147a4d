#!/bin/bash
# What the two TLS listeners offer, as sslscan sees it from outside, against what is kept in baseline.txt, and to which names they
# answer; with CBMX_LONG=1 also what testssl.sh has to say. A change there is a decision: UPDATE=1 rewrites the baseline.
# usage: tests/tls/run.sh [BINARY]    build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath "${1:-$here/../../build/release/cbmx}")
. "$here/../support/checks.sh"
. "$here/../support/portal.sh"

# What depends on the day and the machine is left out.
offered() {
    echo "== $1"
    sslscan --no-colour --no-failed --show-client-cas --connect-timeout=10 --timeout=10 "localhost:$2" | sed -n '/SSL\/TLS Protocols/,$p' |
        sed '/^ *$/d; /^Not valid /d; /OpenSSL/d; /zlib/d; s/\(development CA\) [0-9a-f]*$/\1/; /Signature Algorithm:/d; s/[[:space:]]*$//; s/localhost:[0-9]*/localhost/'
}

# What a handshake meets that asks for a name, or for none: the server's certificate or an alert.
met() {
    openssl s_client -connect "localhost:$1" "${@:2}" < /dev/null 2>&1 | grep -oE 'SSL alert number [0-9]+|^Server certificate' | sed -n 1p || true
}
names() {
    local port unrecognized_name='SSL alert number 112'
    for port in "$(port_of port)" "$(port_of mtls_port)"; do
        is "$(met "$port" -noservername)" 'Server certificate' && is "$(met "$port" -servername localhost)" 'Server certificate' &&
            is "$(met "$port" -servername other.example)" "$unrecognized_name" || return 1
    done
}

prepare
"$binary" init > /dev/null
start_portal
{ offered "browsers and tokens" "$(port_of port)"; offered "client certificates" "$(port_of mtls_port)"; } > "$work/offered"
[[ -z ${UPDATE-} ]] || cp "$work/offered" "$here/baseline.txt"
check "both listeners answer to their own names alone, or to none" names
status=$failures
diff -u "$here/baseline.txt" "$work/offered" && echo "ok      both listeners offer what the baseline says [$SECONDS s]" || status=1
if [[ -n ${CBMX_LONG-} ]]; then
    for listener in port mtls_port; do
        testssl --quiet --color 0 --warnings off --protocols --server-defaults --vulnerable --severity MEDIUM --jsonfile "$work/$listener.json" "localhost:$(port_of "$listener")" > "$work/testssl" 2>&1 || true
        if jq -e 'length > 0' "$work/$listener.json" > /dev/null && ! jq -r '.[] | select(.severity == "HIGH" or .severity == "CRITICAL") | "\(.id): \(.finding)"' "$work/$listener.json" |
            grep -vE '^(cert_chain_of_trust|cert_trust|cert_crlDistributionPoints_OCSP|cert_revocation|cert_notAfter|DNS_CAArecord)' > "$work/findings"; then
            echo "ok      testssl finds nothing grave at $listener [$SECONDS s]"
        else
            cat "$work/findings" "$work/testssl"
            status=1
        fi
    done
fi
exit "$status"
