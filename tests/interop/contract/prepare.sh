# Sourced by run.sh, after the demonstration's env file: what operations need that only the operator and a note verbale
# bring about. Jamaica's first nominator by certificate, whom a note verbale names, and an account there that no nominator has
# confirmed yet; and two certificates that nobody has registered. Needs $binary and $root.
certificates=$(dirname "$CBMX_CLIENT_CA")

new_certificate() { bash "$root/certs/make-dev-certs.sh" client "$certificates" "$1" > /dev/null && echo "$certificates/$1.crt"; }

note=$certificates/demo-1.pdf
printf '%%PDF-1.7\nDemonstration: a note verbale of Jamaica.' > "$note"
propose_founding() {
    jq -n --rawfile certificate "$1" --arg content "$(base64 -w0 "$note")" --arg sha256 "$(sha256sum "$note" | cut -d' ' -f1)" '
        {kind: "founding", state: "JM",
         decision: {kind: "note_verbale", number: "DEMO 1", date: "2026-01-10", file: {name: "demo-1.pdf", content: $content, sha256: $sha256}},
         officials: [{name: "Demonstration: Permanent Mission", function: "Counsellor", telephone: "+18765550100",
                      email: "mission@jm.example", roles: ["nominator"], certificate: $certificate}]}' |
        curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $CBMX_TOKEN_SECRETARIAT" -H "Content-Type: application/json" -d @- \
            "$CBMX_URL/v1/proposals" | jq -r .id
}

CBMX_CERT_JM_NOMINATOR=$(new_certificate jm-nominator)
fingerprint=$(openssl x509 -in "$CBMX_CERT_JM_NOMINATOR" -outform DER | sha256sum | cut -d' ' -f1)
"$binary" founding confirm "$(propose_founding "$CBMX_CERT_JM_NOMINATOR")" --document "$note" --fingerprint "1=$fingerprint" > /dev/null
"$binary" account create --home state:JM --name "Demonstration: made by the operator" --role drafter > /dev/null
export CBMX_CERT_JM_NOMINATOR CBMX_KEY_JM_NOMINATOR=${CBMX_CERT_JM_NOMINATOR%.crt}.key
CBMX_INTEROP_CERTIFICATE=$(new_certificate interop-one)
CBMX_INTEROP_OTHER_CERTIFICATE=$(new_certificate interop-two)
export CBMX_INTEROP_CERTIFICATE CBMX_INTEROP_OTHER_CERTIFICATE
