# Sourced by run.sh, after the demonstration's env file: what operations need that only the operator and a note verbale
# bring about. Jamaica's first nominator by certificate, whom a note verbale names, an account there that no nominator has
# confirmed yet, and one that a note suspends; and two certificates that nobody has registered. Needs $binary and $root.
certificates=$(dirname "$CBMX_CLIENT_CA")

new_certificate() { bash "$root/certs/make-dev-certs.sh" client "$certificates" "$1" > /dev/null && echo "$certificates/$1.crt"; }

note=$certificates/demo-1.pdf
printf '%%PDF-1.7\nDemonstration: a note verbale of Jamaica.' > "$note"
# entered KIND [jq's options] EXPRESSION: what the note says of Jamaica, as the secretariat enters it; prints the proposal's id.
entered() {
    jq -n --arg kind "$1" --arg content "$(base64 -w0 "$note")" --arg sha256 "$(sha256sum "$note" | cut -d' ' -f1)" "${@:2:$#-2}" '
        {kind: $kind, state: "JM",
         decision: {kind: "note_verbale", number: "DEMO 1", date: "2026-01-10", file: {name: "demo-1.pdf", content: $content, sha256: $sha256}}}
        + '"${*: -1}" |
        curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $CBMX_TOKEN_SECRETARIAT" -H "Content-Type: application/json" -d @- \
            "$CBMX_URL/v1/proposals" | jq -r .id
}

CBMX_CERT_JM_NOMINATOR=$(new_certificate jm-nominator)
fingerprint=$(openssl x509 -in "$CBMX_CERT_JM_NOMINATOR" -outform DER | sha256sum | cut -d' ' -f1)
founding=$(entered founding --rawfile certificate "$CBMX_CERT_JM_NOMINATOR" '
    {officials: [{name: "Demonstration: Permanent Mission", function: "Counsellor", telephone: "+18765550100",
                  email: "mission@jm.example", roles: ["nominator"], certificate: $certificate}]}')
"$binary" founding confirm "$founding" --document "$note" --fingerprint "1=$fingerprint" > /dev/null
"$binary" account create --home state:JM --name "Demonstration: made by the operator" --role drafter > /dev/null
export CBMX_CERT_JM_NOMINATOR CBMX_KEY_JM_NOMINATOR=${CBMX_CERT_JM_NOMINATOR%.crt}.key

former=$("$binary" account create --home state:JM --name "Demonstration: who no longer acts" --role contact | jq -r .id)
CBMX_INTEROP_SUSPENDED_TOKEN=$("$binary" credential token --account "$former" --label demonstration --days 30 | jq -r .token)
suspension=$(entered suspension '{name: "Demonstration: who no longer acts", function: "Counsellor"}')
"$binary" suspension confirm "$suspension" --document "$note" --account "$former" > /dev/null
export CBMX_INTEROP_SUSPENDED_TOKEN
CBMX_INTEROP_CERTIFICATE=$(new_certificate interop-one)
CBMX_INTEROP_OTHER_CERTIFICATE=$(new_certificate interop-two)
export CBMX_INTEROP_CERTIFICATE CBMX_INTEROP_OTHER_CERTIFICATE
