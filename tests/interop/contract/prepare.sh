# Sourced by run.sh, after the demonstration's env file: what operations need that only the operator and a note verbale
# bring about. Jamaica's first nominator by certificate, who speaks for the State, and an account there that the State has
# not confirmed yet; and two certificates that nobody has registered. Needs $binary and $root.
certificates=$(dirname "$CBMX_CLIENT_CA")

new_certificate() { bash "$root/certs/make-dev-certs.sh" client "$certificates" "$1" > /dev/null && echo "$certificates/$1.crt"; }

propose_first_credential() {
    jq -n --rawfile certificate "$1" '{kind: "first_credential", state: "JM", name: "Demonstration: Permanent Mission",
            certificate: $certificate, note: {reference: "DEMO 1", date: "2026-01-10"}}' |
        curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $CBMX_TOKEN_SECRETARIAT" -H "Content-Type: application/json" -d @- \
            "$CBMX_URL/v1/proposals" | jq -r .id
}

CBMX_CERT_JM_NOMINATOR=$(new_certificate jm-nominator)
fingerprint=$(openssl x509 -in "$CBMX_CERT_JM_NOMINATOR" -outform DER | sha256sum | cut -d' ' -f1)
"$binary" credential confirm "$(propose_first_credential "$CBMX_CERT_JM_NOMINATOR")" --fingerprint "$fingerprint" > /dev/null
"$binary" account create --home state:JM --name "Demonstration: made by the operator" --role drafter > /dev/null
export CBMX_CERT_JM_NOMINATOR CBMX_KEY_JM_NOMINATOR=${CBMX_CERT_JM_NOMINATOR%.crt}.key
CBMX_INTEROP_CERTIFICATE=$(new_certificate interop-one)
CBMX_INTEROP_OTHER_CERTIFICATE=$(new_certificate interop-two)
export CBMX_INTEROP_CERTIFICATE CBMX_INTEROP_OTHER_CERTIFICATE
