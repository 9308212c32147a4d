# Sourced by test scripts: one line for each thing that is checked, what was printed of those that fail, and waiting for what
# must come true. $work: the script's own directory.
failures=0
readonly patience_seconds=60 # more than a machine under load needs: only what never comes true takes as long

# check WHAT COMMAND...: the command must end with 0. What it printed is then in $work/said, for the next check to look at.
check() {
    local what=$1
    shift
    if "$@" > "$work/saying" 2>&1; then
        echo "ok      $what [$SECONDS s]"
    else
        echo "FAILED  $what"
        sed 's/^/        /' "$work/saying" | head -n 60
        failures=$((failures + 1))
    fi
    mv "$work/saying" "$work/said"
}

# ends_with CODE SENTENCE COMMAND...: the command must end with the code and say the sentence.
ends_with() {
    local expected=$1 sentence=$2 code=0
    shift 2
    "$@" > "$work/refusal" 2>&1 || code=$?
    [[ $code -eq $expected ]] && grep -qF -e "$sentence" "$work/refusal" || { echo "ended with $code and said:"; cat "$work/refusal"; return 1; }
}

is() { [[ $1 == "$2" ]] || { echo "expected \"$2\", found \"$1\""; return 1; }; }

# wait_until COMMAND...: asks ten times a second until the command ends with 0.
wait_until() {
    local deadline=$((SECONDS + patience_seconds))
    until "$@" > /dev/null 2>&1; do
        [[ $SECONDS -lt $deadline ]] || { echo "not so after $patience_seconds s: $*" >&2; return 1; }
        sleep 0.1
    done
}

# entries_in DATA: how many the ledger of a data directory has at this moment, also those that the log does not show yet.
entries_in() { sqlite3 -readonly "$1/cbmx.sqlite" 'SELECT count(*) FROM ledger_entry'; }

conclude() { [[ $failures -eq 0 ]] || { echo "$failures of the checks above failed"; exit 1; }; }
