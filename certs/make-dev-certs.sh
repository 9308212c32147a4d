#!/bin/bash
# Certificates for development and tests: a CA, the server's certificate, client certificates, the CA's CRL.
# Not for production: the CA's key lies unencrypted beside everything else. See README.md.
set -euo pipefail
umask 077

usage() {
    cat >&2 <<'TEXT'
usage: make-dev-certs.sh init DIR           CA, server certificate and empty CRL; keeps what is there and still valid
       make-dev-certs.sh client DIR NAME    client certificate NAME.crt with NAME.key
       make-dev-certs.sh revoke DIR NAME    puts NAME.crt on the CRL
       make-dev-certs.sh crl DIR            writes the CRL anew
TEXT
    exit 2
}

readonly ca_days=3650 leaf_days=397 crl_days=90 renew_before_seconds=$((7 * 24 * 3600))

write_config() {
    cat > "$dir/ca.cnf" <<TEXT
[ca]
default_ca = dev
[dev]
database = $dir/ca.index
crlnumber = $dir/ca.crlnumber
certificate = $dir/ca.crt
private_key = $dir/ca.key
default_md = sha256
default_crl_days = $crl_days
crl_extensions = crl
unique_subject = no
[crl]
authorityKeyIdentifier = keyid:always
[req]
distinguished_name = subject
prompt = no
[subject]
CN = unused
[ca_certificate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
TEXT
}

new_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

still_good() {
    [[ -s $1 && -s $2 ]] && openssl x509 -in "$1" -noout -checkend "$renew_before_seconds" >/dev/null
}

make_ca() {
    new_key "$dir/ca.key"
    openssl req -config "$dir/ca.cnf" -new -x509 -sha256 -key "$dir/ca.key" -days "$ca_days" \
        -subj "/CN=CBM Exchange development CA $(openssl rand -hex 4)" -extensions ca_certificate -out "$dir/ca.crt"
    : > "$dir/ca.index"
    echo 1000 > "$dir/ca.crlnumber"
    rm -f "$dir/server.crt" "$dir/crl.pem"
}

# issue NAME KIND: NAME.key and NAME.crt with the extensions of section KIND.
issue() {
    local name=$1 kind=$2
    new_key "$dir/$name.key"
    openssl req -config "$dir/ca.cnf" -new -sha256 -key "$dir/$name.key" -subj "/CN=$name" -out "$dir/$name.csr"
    openssl x509 -req -sha256 -in "$dir/$name.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" \
        -set_serial "0x$(openssl rand -hex 16 | sed 's/^./4/')" -days "$leaf_days" \
        -extfile "$dir/ca.cnf" -extensions "$kind" -out "$dir/$name.crt" 2>/dev/null
    rm "$dir/$name.csr"
}

make_crl() {
    openssl ca -config "$dir/ca.cnf" -gencrl -out "$dir/crl.pem.new" 2>/dev/null
    mv "$dir/crl.pem.new" "$dir/crl.pem"
}

revoke() {
    if ! openssl ca -config "$dir/ca.cnf" -revoke "$dir/$1.crt" 2>"$dir/revoke.log"; then
        grep -q "Already revoked" "$dir/revoke.log" || { cat "$dir/revoke.log" >&2; exit 1; }
    fi
    rm "$dir/revoke.log"
    make_crl
}

init() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    write_config
    still_good "$dir/ca.crt" "$dir/ca.key" || make_ca
    still_good "$dir/server.crt" "$dir/server.key" || issue server server
    make_crl
}

[[ $# -ge 2 ]] || usage
command=$1 dir=$2 name=${3-}
case $command in
    init | crl) [[ $# -eq 2 ]] || usage ;;
    client | revoke) [[ $# -eq 3 && $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]] || usage ;;
    *) usage ;;
esac
if [[ $command == init ]]; then
    init
    exit
fi
[[ -s $dir/ca.key ]] || { echo "$dir holds no CA; run: make-dev-certs.sh init $dir" >&2; exit 1; }
dir=$(cd "$dir" && pwd)
case $command in
    client)
        [[ $name != ca && $name != server ]] || { echo "$name is the name of a file of the CA or server" >&2; exit 1; }
        still_good "$dir/$name.crt" "$dir/$name.key" || issue "$name" client
        ;;
    revoke) revoke "$name" ;;
    crl) make_crl ;;
esac
