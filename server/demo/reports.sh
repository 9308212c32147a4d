#!/bin/bash
# THE DEMONSTRATION REPORTS: invented, marked as such, made through the API by the demonstration accounts.
# Called by server/quickstart.sh; by hand: . build/demo/env && server/demo/reports.sh. It may be run again: each report
# is brought to its goal from wherever it is, and left alone when somebody has taken it further.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# call ACCOUNT METHOD PATH [KEY [BODY]]: sets status, answer and etag. A change carries the etag of the answer before.
call() {
    local -n token=CBMX_TOKEN_$1
    local arguments=(-sS --cacert "$CBMX_CA" -D "$work/head" -o "$work/body" -w '%{http_code}' -X "$2" -H @"$work/authorization")
    printf 'Authorization: Bearer %s\n' "$token" > "$work/authorization"
    [[ -z ${4-} ]] || arguments+=(-H "Idempotency-Key: $4")
    [[ $2 == GET || -z ${etag-} ]] || arguments+=(-H "If-Match: $etag")
    [[ -z ${5-} ]] || arguments+=(-H "Content-Type: application/json" -d "$5")
    status=$(curl "${arguments[@]}" "$CBMX_URL$3")
    answer=$(cat "$work/body")
    etag=$(sed -n 's/^etag: *\([^\r]*\)\r*$/\1/Ip' "$work/head")
    if [[ $status != 2?? && $status != 404 ]]; then
        echo "reports.sh: $2 $3 as $1 was refused: $status $answer" >&2
        exit 1
    fi
}

# step ACCOUNT ACTION [BODY]: a change of the report that was just read.
step() {
    local path=/v1/reports/$id/$2 method=POST
    [[ $2 != draft ]] || method=PATCH
    call "$1" "$method" "$path" "demonstration-$reference-$2-${etag//[^0-9a-f-]/}" "${3-}"
}

position() {
    jq -r '"\(.meta.workflow_state) \(.meta.revision) \(.meta.draft.workflow_state // "none")"' <<<"$answer"
}

# report REFERENCE STATE GOAL CONTENT [CHANGE]: GOAL is draft, submitted, published, revised (with CHANGE) or withdrawn.
report() {
    local state=$2 goal=$3 change=${5-} content id etag=
    reference=$1
    content=$(jq -c --arg reference "demonstration-$reference" '. + {client_ref: $reference, period: "2025-2026", tags: ["demonstration"]}' <<<"$4")
    call "${state}_DRAFTER" POST /v1/reports "demonstration-$reference-create" "$content"
    id=$(jq -r .id <<<"$answer")
    while call "${state}_APPROVER" GET "/v1/reports/$id"; [[ $status == 200 ]]; do
        case "$goal $(position)" in
            "draft "* | "submitted submitted "* | "published published "* | "revised published 2 "*) return ;;
            *" draft 1 "*) step "${state}_DRAFTER" submit ;;
            *" submitted 1 "*) step "${state}_APPROVER" publish ;;
            "revised published 1 none") step "${state}_DRAFTER" revise ;;
            "revised published 1 draft")
                call "${state}_DRAFTER" GET "/v1/reports/$id/draft"
                step "${state}_DRAFTER" draft "$change"
                step "${state}_DRAFTER" submit
                ;;
            "revised published 1 submitted")
                call "${state}_APPROVER" GET "/v1/reports/$id/draft"
                step "${state}_APPROVER" publish
                ;;
            "withdrawn published "*) step "${state}_APPROVER" withdraw ;;
            *) return ;;
        esac
    done
}

report cl-policy CL published '{"measure": "OAS-CBM-1", "status": "implemented", "language": "es", "label": "TLP:CLEAR",
    "narrative": "Demostración: texto inventado que muestra un informe abierto al público. No expresa la posición de ningún Estado.",
    "evidence": [{"title": "Demostración: documento inventado", "url": "https://documents.example/demo", "language": "es", "issued": "2026-03-02"}],
    "crosswalk": ["UN-3", "OSCE-7"]}'
report cl-capacity CL revised '{"measure": "OAS-CBM-4", "status": "planned", "language": "es", "label": "TLP:GREEN",
    "narrative": "Demostración: texto inventado de una primera versión, para todos los Estados miembros."}' \
    '{"status": "in_progress", "narrative": "Demostración: texto inventado de la segunda versión, que sustituye a la primera.",
    "challenges": "Demostración: dificultad inventada."}'
report pe-contact PE published '{"measure": "OAS-CBM-2", "status": "implemented", "language": "es", "label": "TLP:AMBER",
    "recipients": ["state:CL", "office:secretariat"],
    "narrative": "Demostración: texto inventado que solo leen el propio Estado, un Estado nombrado y la secretaría."}'
report pe-training PE draft '{"measure": "OAS-CBM-5", "status": "not_started", "language": "es", "label": "TLP:GREEN",
    "narrative": "Demostración: texto inventado de un borrador que todavía nadie ha presentado."}'
report br-cooperation BR published '{"measure": "OAS-CBM-6", "status": "in_progress", "language": "pt", "label": "TLP:CLEAR",
    "narrative": "Demonstração: texto inventado que mostra um relatório aberto ao público. Não expressa a posição de nenhum Estado.",
    "assistance_offered": "Demonstração: oferta inventada."}'
report br-severity BR submitted '{"measure": "OAS-CBM-11", "status": "planned", "language": "pt", "label": "TLP:GREEN",
    "narrative": "Demonstração: texto inventado que aguarda a aprovação nacional."}'
report ca-law CA published '{"measure": "OAS-CBM-8", "status": "implemented", "language": "fr", "label": "TLP:CLEAR",
    "narrative": "Démonstration : texte inventé qui montre un rapport ouvert au public. Il n’exprime la position d’aucun État.",
    "evidence": [{"title": "Démonstration : document inventé", "language": "fr"}]}'
report ca-dialogue CA published '{"measure": "OAS-CBM-10", "status": "nothing_new", "last_declared_year": 2024, "language": "en", "label": "TLP:GREEN",
    "narrative": "Demonstration: invented text of a report that says there is nothing new."}'
report ca-norms CA withdrawn '{"measure": "OAS-CBM-9", "status": "in_progress", "language": "en", "label": "TLP:GREEN",
    "narrative": "Demonstration: invented text of a report that was withdrawn; its former readers see a marker."}'
