# nightly_submission.py. Part of clients.sh.

# table NAME ROWS: $work/NAME.csv, a file of reports that no other has.
table() {
    local row
    {
        echo "client_ref,measure,period,status,language,label,narrative,tags"
        for ((row = 1; row <= $2; row++)); do
            echo "$1-$row,OAS-CBM-$((row % 11 + 1)),2025-2026,planned,en,TLP:GREEN,\"Demonstration: $1, row $row.\",demonstration"
        done
    } > "$work/$1.csv"
}

nightly_for() { nightly=(env CBMX_TOKEN="$CBMX_TOKEN_CL_DRAFTER" python3 "$examples/nightly_submission.py" --receipts "$work/receipts/$1" "${@:2}" "$work/$1.csv"); }

# narratives NAME: those of the file's rows that the portal has, sorted.
narratives() {
    local cursor="" page
    while page=$(get_as "$CBMX_TOKEN_CL_DRAFTER" "/v1/reports?state=CL&limit=100$cursor"); do
        jq -r --arg start "Demonstration: $1, " '.items[].content.narrative | select(startswith($start))' <<<"$page"
        cursor=$(jq -r 'if .next then "&cursor=" + (.next | @uri) else "" end' <<<"$page")
        [[ -n $cursor ]] || break
    done | sort
}
each_row_once() { diff <(for ((row = 1; row <= $2; row++)); do echo "Demonstration: $1, row $row."; done | sort) <(narratives "$1"); }

# whole NAME ROWS: entered once, with a genuine receipt for each row and no file that was left half written.
whole() {
    local file count=0
    each_row_once "$1" "$2" || return 1
    for file in "$work/receipts/$1"/*-*.json; do
        [[ $file != */batch-* ]] || continue
        verify "$file" || return 1
        count=$((count + 1))
    done
    is "$count $(find "$work/receipts/$1" -name 'batch-*.json' | wc -l) $(find "$work/receipts/$1" -name '*.new' | wc -l)" "$2 1 0"
}
entries() { entries_in "$CBMX_DATA"; }

cp "$examples/reports.csv" "$work/sample.csv"
nightly_for sample --check
check "the sample file would be accepted" "${nightly[@]}"
check "three reports, none known" grep -q "3 would be accepted, 0 known" "$work/said"
nightly_for sample
check "the sample file is submitted" measured "${nightly[@]}"
check "with its receipts" is "$(find "$work/receipts/sample" -name '*-*.json' ! -name 'batch-*' | wc -l)" 3
before=$(entries)
check "it may be run again" "${nightly[@]}"
check "says so" grep -q "has been sent before" "$work/said"
rm -r "$work/receipts/sample"
check "also when its receipts were lost" "${nightly[@]}"
check "which come again" is "$(find "$work/receipts/sample" -name '*-*.json' ! -name 'batch-*' | wc -l)" 3
check "and nothing is entered twice" is "$(entries)" "$before"

for round in 1 2 3; do
    table "kill-$round" 2
    nightly_for "kill-$round"
    for _ in 1 2 3 4 5; do
        killed "${nightly[@]}"
    done
    check "killed five times and run again (round $round)" "${nightly[@]}"
    check "every row is there once, every receipt genuine (round $round)" whole "kill-$round" 2
done

for round in 1 2 3; do
    table "fall-$round" 40
    nightly_for "fall-$round" --goal draft
    "${nightly[@]}" > "$work/fall" 2>&1 &
    falling=$!
    sleep "$(a_moment)"
    restart
    check "outlives the portal's fall (round $round)" wait "$falling"
    ready
    check "every row is there once (round $round)" each_row_once "fall-$round" 40
done

table long 150
nightly_for long --goal draft
check "a file that is too long for one moment goes in row after row" "${nightly[@]}"
check "and all of it is accepted" grep -q "150 accepted, 0 known" "$work/said"
check "every row is there once (a long file)" each_row_once long 150
table longfall 400
nightly_for longfall --goal draft
"${nightly[@]}" > "$work/fall" 2>&1 &
falling=$!
sleep "$(a_moment)"
restart
check "a long file goes on after the portal's fall" wait "$falling"
ready
check "every row is there once (a long file, a fall)" each_row_once longfall 400
cp "$work/long.csv" "$work/longwrong.csv"
sed -i -e 's/^long-/longwrong-/' -e '2s/planned/plannd/' "$work/longwrong.csv"
nightly_for longwrong --goal draft
check "nothing of a long file is entered while a row is wrong" refuses "longwrong.csv:2:status: " "${nightly[@]}"
check "and none is there" is "$(narratives longwrong)" ""

table cut 5
nightly_for cut
check "outlives a line that breaks" env CBMX_URL="$short_line" "${nightly[@]}"
check "every row is there once, every receipt genuine (the line)" whole cut 5

# What is refused.
cp "$work/cut.csv" "$work/wrong.csv"
sed -i -e 's/^cut-/wrong-/' -e '2s/planned/plannd/' -e '4s/OAS-CBM-[0-9]*/OAS-CBM-999/' -e '5s/TLP:GREEN/TLP:PINK/' "$work/wrong.csv"
nightly_for wrong
before=$(entries)
check "wrong rows are refused" refuses "wrong.csv:2:status: " "${nightly[@]}"
cp "$work/refusal" "$work/wrong"
check "each by line and column" bash -c 'grep -q "wrong.csv:4:measure: " "$1" && grep -q "wrong.csv:5:label: " "$1"' - "$work/wrong"
check "three errors, no more" is "$(wc -l < "$work/wrong")" 3
check "in the language asked for" refuses "wrong.csv:2:status: Este valor" "${nightly[@]}" --language es
check "and nothing is entered" is "$(entries) $(narratives wrong)" "$before "
check "nor kept" is "$(find "$work/receipts/wrong" -name '*.json' | wc -l)" 0
sed -i -e '2s/plannd/planned/' -e '4s/OAS-CBM-999/OAS-CBM-9/' -e '5s/TLP:PINK/TLP:GREEN/' "$work/wrong.csv"
head -n 4 "$work/wrong.csv" > "$work/wrong.head"
cp "$work/wrong.csv" "$work/wrong.all"
cp "$work/wrong.head" "$work/wrong.csv"
check "the first rows, put right, are taken" "${nightly[@]}"
cp "$work/wrong.all" "$work/wrong.csv"
check "then all of them" "${nightly[@]}"
check "of which three are known, and come with their receipts too" grep -q "2 accepted, 3 known already; 5 receipts" "$work/said"
sed -i '3s/row 2/row two/' "$work/wrong.csv"
check "a reference with another text is refused" refuses "wrong.csv:3:client_ref: " "${nightly[@]}"
table same 2
sed -i 's/^same-2/same-1/' "$work/same.csv"
nightly_for same
check "one reference for two rows is refused" refuses "client_ref" "${nightly[@]}"
cut -d, -f2- "$work/cut.csv" > "$work/bare.csv"
nightly_for bare
check "a file without references is refused" refuses "client_ref" "${nightly[@]}"

# What is tried again, and what is not.
echo busy > "$work/untrue.lie"
nightly_for cut --check
check "a portal that is busy is asked again" env CBMX_URL="$untrue_portal" "${nightly[@]}"
check "when it says, each time" is "$(grep -c 'answers [45][02][39]; trying again in [23]\.' "$work/said")" 2
nightly_for cut --check --patience 1
check "a portal that is not there is no refusal" ends_with 2 "could not be reached" env CBMX_URL=https://localhost:1 "${nightly[@]}"
check "nor is one that cannot prove its name" ends_with 2 "certificate is not trusted" env -u CBMX_CA "${nightly[@]}"
nightly=("${nightly[@]/CBMX_TOKEN=*/CBMX_TOKEN=cbmx_wrong}")
check "a wrong token is refused at once" refuses 401 "${nightly[@]}"
