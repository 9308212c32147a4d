# query_with_certificate.cpp. Part of clients.sh.

check "query_with_certificate.cpp is compiled as it says" wait "$compiler"
export CBMX_CERT=$CBMX_CERT_CL_DRAFTER CBMX_KEY=$CBMX_KEY_CL_DRAFTER
query=$work/query_with_certificate
curl_with_certificate() { curl -fsS --cacert "$CBMX_CA" --cert "$CBMX_CERT" --key "$CBMX_KEY" "$CBMX_MTLS_URL$1"; }
check "it is who its certificate says" is "$("$query" /v1/me)" "$(curl_with_certificate /v1/me)"
check "it prints what curl gets" is "$("$query" /v1/reports state=CL status=planned limit=50 | sed -n 1p)" "$(curl_with_certificate '/v1/reports?state=CL&status=planned&limit=50')"
check "its parameters are encoded" is "$("$query" /v1/contacts 'text=Respuesta & más')" "$(curl_with_certificate '/v1/contacts?text=Respuesta%20%26%20m%C3%A1s')"
check "it says what the portal refuses" refuses "404 " "$query" /v1/reports/00000000-0000-4000-8000-000000000000
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=localhost" -keyout "$work/other.key" -out "$work/other.crt" 2>/dev/null
check "without a certificate it fails" refuses "CBMX_CERT is not set" env -u CBMX_CERT "$query" /v1/me
check "with one that the portal does not know too" ends_with 2 "unknown ca" env CBMX_CERT="$work/other.crt" CBMX_KEY="$work/other.key" "$query" /v1/me
check "it believes no other authority" ends_with 2 "certificate verify failed" env CBMX_CA="$work/other.crt" "$query" /v1/me
check "nor another name" ends_with 2 "unrecognized name" env CBMX_MTLS_URL="https://127.1:${CBMX_MTLS_URL##*:}" "$query" /v1/me
check "a portal that is not there is no refusal" ends_with 2 "Connection refused" env CBMX_MTLS_URL=https://localhost:1 "$query" /v1/me

# A portal whose pages look at three reports each: most of them are short or empty, and the list is the same.
listed() { "$query" /v1/reports status=planned | jq -r '.items[].id'; }
pages() { "$query" /v1/reports status=planned | wc -l; }
whole=$(listed)
restart CBMX_LIST_STEPS=3
ready
check "it goes on behind short and empty pages" is "$(listed)" "$whole"
check "of which there were several" test "$(pages)" -ge 1
