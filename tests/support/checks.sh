# Sourced by test scripts: one line for each thing that is checked, what was printed of those that fail, and their number in
# $failures. $work: the script's own directory.
failures=0

# check WHAT COMMAND...: the command must end with 0.
check() {
    local what=$1
    shift
    if "$@" > "$work/said" 2>&1; then
        echo "ok      $what"
    else
        echo "FAILED  $what"
        sed 's/^/        /' "$work/said"
        failures=$((failures + 1))
    fi
}
