#!/bin/sh
# Reads a file of cards or a calendar with a program that is not ours, and compares what it finds with what was expected.
# Usage: tests/contract/cards/read.sh READER FILE --expect EXPECTED.json
# READER: vobject (vCards), vcard4 (vCards), jscontact (JSContact), ical (calendar). Files: absolute paths.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
reader=$1
shift
case $reader in
    vobject) exec /usr/bin/python3 "$here/read_vcards.py" "$@" ;;  # Debian's own Python is the one that has Debian's modules
    vcard4) script=read_vcards.mjs ;;
    jscontact) script=check_jscontact.mjs ;;
    ical) script=read_calendar.mjs ;;
    *) echo "no such reader: $reader" >&2; exit 2 ;;
esac
. "$here/../packages.sh"
exec node "$here/$script" "$@"
