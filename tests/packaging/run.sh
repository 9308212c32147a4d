#!/bin/bash
# The Debian package: it is made, looked at, unpacked and run from where it was unpacked, with the settings that it brings, as
# its units confine it. What only a running systemd can show is not tried here: tests/README.md says what.
# usage: tests/packaging/run.sh [BINARY]    a built cbmx in its build tree, build/release/cbmx unless given
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=$(realpath "${1:-$root/build/release/cbmx}")
here=$root/tests/packaging packaging=$root/server/packaging
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/support/checks.sh"
readonly most_exposure=2.0

build=$(dirname "$binary")
make_package() { "$packaging/pack.sh" "$build" "$work/made" && cp "$work"/made/cbmx_*.deb "$work/cbmx.deb"; }

# By somebody else, elsewhere, at another time: whose files are private, whose clock and language are others.
is_made_again_the_same() {
    (umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$packaging/pack.sh" "$build" "$work/made again" && cmp "$work/cbmx.deb" "$work/made again"/cbmx_*.deb)
}

# What would differ in a build elsewhere. A whole second build: two_builds.sh.
tells_no_path_and_no_time() {
    ! grep -aoF -e "$root" -e "$build" "$unpacked" || return 1
    ! grep -aoE '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] 20[0-9]{2}' "$unpacked" || return 1
    ! grep -rnE '__(DATE|TIME|TIMESTAMP)__' "$root/server"
}

of_bill() { jq -er "$1" "$work/root/usr/share/doc/cbmx/sbom.spdx.json"; }
bill_is_of_this_program() {
    is "$(of_bill '.packages[0].checksums[0].checksumValue')" "$(sha256sum "$unpacked" | cut -d ' ' -f 1)" || return 1
    of_bill 'all(.packages[]; .versionInfo != "" and .licenseDeclared != "") and (.packages | length > 15)'
}

# Of each header that was compiled in, by what the compiler noted; the kernel's are only interfaces.
bill_names_what_was_compiled_in() {
    local sources source
    sources=$(ninja -C "$build" -t deps | awk '/^[^ ]/ { ours = !/^tests\// } ours && $1 ~ "^/usr/" { print $1 }' | sort -u | xargs realpath | sort -u |
        xargs dpkg -S | sed 's/[:,].*//' | sort -u | xargs dpkg-query -W -f '${source:Package}\n' | sort -u | grep -vx linux)
    [[ $(wc -l <<< "$sources") -gt 10 ]] || { echo "the compiler noted too little: $sources"; return 1; }
    for source in $sources; do
        of_bill "any(.packages[]; .name == \"$source\")" || { echo "$source is compiled in and not listed"; return 1; }
    done
}

depends_on_what_it_needs() {
    local depends name
    depends=$(dpkg-deb -f "$work/cbmx.deb" Depends)
    for name in gpg systemd libssl3 libsqlite3-0 libicu72 libgpgme11; do
        grep -qE "(^|, )$name( |,|$)" <<<"$depends" || { echo "no dependency on $name: $depends"; return 1; }
    done
}

holds_its_files() {
    local file
    for file in usr/bin/cbmx usr/lib/cbmx/copy-away.sh etc/cbmx/cbmx.toml lib/systemd/system/cbmx{.service,.socket,-mtls.socket,-metrics.socket} usr/lib/sysusers.d/cbmx.conf usr/lib/tmpfiles.d/cbmx.conf \
        usr/share/doc/cbmx/{alerts.yml,copyright,operator.md,sbom.spdx.json}; do
        [[ -f $work/root/$file ]] || { echo "it lacks $file"; return 1; }
    done
    [[ -z $(find "$work/root" \( -name '*.pem' -o -name '*.key' -o -perm /6000 -o -path '*/usr/local*' \)) ]] || { find "$work/root"; return 1; }
    dpkg-deb --ctrl-tarfile "$work/cbmx.deb" | tar -xO ./conffiles | grep -qx /etc/cbmx/cbmx.toml
    dpkg-deb --ctrl-tarfile "$work/cbmx.deb" | tar -xO ./postinst | sh -n
}

makes_user_and_directories() {
    mkdir -p "$work/root/etc"
    : > "$work/root/etc/passwd"
    : > "$work/root/etc/group"
    systemd-sysusers --root="$work/root" "$work/root/usr/lib/sysusers.d/cbmx.conf" && systemd-tmpfiles --root="$work/root" --create "$work/root/usr/lib/tmpfiles.d/cbmx.conf"
    grep -q '^cbmx:' "$work/root/etc/passwd" || return 1
    [[ $(stat -c %a "$work/root/var/lib/cbmx") == 700 && $(stat -c %a "$work/root/var/lib/cbmx-keys") == 700 && $(stat -c %a "$work/root/etc/cbmx/tls") == 750 ]]
}

is_confined() {
    local level
    level=$(systemd-analyze security --offline=true "$work/root/lib/systemd/system/cbmx.service" | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
    echo "exposure level: $level"
    awk -v level="$level" -v most="$most_exposure" 'BEGIN { exit !(level != "" && level < most) }'
}

# Each setting that the package brings is one of the table's, and the paths are those that the units and tmpfiles.d know.
settings_are_known() {
    local key table
    table=$("$unpacked" settings)
    while read -r key; do
        grep -q "^| \`$key\` |" <<< "$table" || { echo "there is no setting $key"; return 1; }
    done < <(sed -n 's/^\([a-z_]*\) = .*/\1/p' "$packaging/cbmx.toml")
    grep -q '^ReadWritePaths=/var/lib/cbmx$' "$packaging/cbmx.service" && grep -q '^data = "/var/lib/cbmx/data"$' "$packaging/cbmx.toml"
}

# The settings file of the package, with its directories below the place where it was unpacked.
prepare() {
    sed "s#\"/\(var\|etc\)/#\"$work/root/\1/#; s#^allowed_hosts.*#allowed_hosts = \"localhost\"#" "$work/root/etc/cbmx/cbmx.toml" > "$work/cbmx.toml"
    "$root/certs/make-dev-certs.sh" init "$work/certs" && cp "$work"/certs/{server.crt,server.key,ca.crt,crl.pem} "$work/root/etc/cbmx/tls/"
}
found() { "$unpacked" init && [[ -f $work/root/var/lib/cbmx-keys/log-key.pem && ! -e $work/root/var/lib/cbmx/data/log-key.pem ]]; }

# One contact with an OpenPGP key, which gpg made in a home of its own.
make_table() {
    local home=$work/gpg
    mkdir -m 700 "$home"
    gpg --homedir "$home" --batch --quiet --passphrase '' --quick-generate-key 'Demonstration <desk@gov.cl.example>' ed25519 sign 1y
    {
        echo 'state,category,office,institution,emails,languages,time_zone,openpgp_key,note_reference,note_date'
        printf 'CL,policy,Demonstration Desk,Ministry (demonstration),desk@gov.cl.example,es,America/Santiago,"%s",DEMO/CL/1,2026-01-07\n' "$(gpg --homedir "$home" --armor --export)"
    } > "$work/contact.csv"
    gpgconf --homedir "$home" --kill all
}
runs_confined() { CBMX_TEST_TABLE=$work/contact.csv "$here/service.py" keys "$packaging" "$unpacked" > "$work/metrics"; }
refuses_nobody() { "$here/service.py" restarts "$packaging" "$unpacked" && cat "$work/saying" >&3; }

reloads() {
    rm "$work"/certs/server.crt "$work"/certs/server.key
    "$root/certs/make-dev-certs.sh" init "$work/certs" && CBMX_TEST_CERTIFICATES=$work/certs "$here/service.py" reload "$packaging" "$unpacked"
}

unset "${!CBMX_@}"
export PYTHONDONTWRITEBYTECODE=1
exec 3>&1
check "the package is made" make_package
dpkg-deb -x "$work/cbmx.deb" "$work/root"
unpacked=$work/root/usr/bin/cbmx
export CBMX_CONFIG=$work/cbmx.toml CBMX_CLIENT_CA=$work/root/etc/cbmx/tls/ca.crt
check "it holds its files, and nothing secret" holds_its_files
check "it depends on what it needs" depends_on_what_it_needs
check "made again elsewhere it has the same bytes" is_made_again_the_same
check "the program tells no path and no time" tells_no_path_and_no_time
check "the bill of materials is that of this program" bill_is_of_this_program
check "it names all that was compiled in" bill_names_what_was_compiled_in
check "user and directories are made" makes_user_and_directories
check "the service is confined (exposure below $most_exposure)" is_confined
check "its settings are those of the table" settings_are_known
check "settings and certificates are put in place" prepare
check "init makes a portal, and the key outside of it" found
check "a contact with a key is written down" make_table
check "it starts confined, answers, and gpg reads a key" runs_confined
check "every alert asks for a metric that is there, and is explained" "$here/alerts.py" "$packaging/alerts.yml" "$root/server/docs/operator.md" "$work/metrics"
check "restarts refuse nobody" refuses_nobody
cp "$work/cbmx.toml" "$work/before.toml"
check "a reload breaks no connection" reloads
cp "$work/before.toml" "$work/cbmx.toml"
check "what was kept meanwhile verifies" "$unpacked" verify
if [[ -n ${CBMX_LONG-} ]]; then
    check "promtool reads the alerts" promtool check rules "$packaging/alerts.yml"
    check "lintian finds no error" lintian --fail-on error --suppress-tags no-changelog "$work/cbmx.deb"
fi
conclude
