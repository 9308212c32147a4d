# The Debian packages that the portal and its tests need, and installing what is missing. Sourced by
# server/quickstart.sh, tests/run.sh and .ci/run.

build_packages=(
    ccache cmake ninja-build g++ lld pkg-config libboost1.81-dev libboost-url1.81-dev libssl-dev nlohmann-json3-dev libre2-dev
    libsqlite3-dev libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev libsodium-dev libicu-dev prometheus-cpp-dev
    libgpgme-dev gpg libcmark-gfm-dev libcmark-gfm-extensions-dev libgoogle-perftools-dev libbrotli-dev zlib1g-dev
    ca-certificates
)
demo_packages=(curl jq openssl)
test_packages=(
    libgtest-dev libgmock-dev python3 python3-vobject gpg-agent strace libfaketime libclang-rt-14-dev dpkg-dev file sqlite3 systemd python3-seccomp sslscan golang-go golang-golang-x-mod-dev
    softhsm2 libengine-pkcs11-openssl
    clang-format clang-tidy
)
long_packages=(testssl.sh lintian prometheus)  # CBMX_LONG=1

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() { say "$*"; exit 1; }

# install_packages NAME...: nothing happens, and no network is needed, when all are there.
install_packages() {
    local name missing=() become=()
    for name in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    command -v apt-get >/dev/null || die "this needs Debian 12 with apt-get, to install: ${missing[*]}"
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || die "as root, install first: apt-get install ${missing[*]}"
        become=(sudo)
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"
    "${become[@]}" apt-get update -q </dev/null || die "apt-get update failed: see above"
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null ||
        die "apt-get install failed: see above"
}
