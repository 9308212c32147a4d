#!/usr/bin/python3
"""What the program in the package is made of, as SPDX 2.3 in JSON: each Debian source package whose library it loads or whose headers
were compiled into it, with version and licence. package.cmake writes it into the package, beside the program whose SHA-256 it gives.

usage: sbom.py PROGRAM NAME VERSION    on the machine that built it. SOURCE_DATE_EPOCH: the date that it states
A library that the table below does not know ends it with 1: a new dependency needs a row here, and one in server/README.md."""
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys

# Debian source package: licence, as SPDX names it (/usr/share/doc/PACKAGE/copyright).
LICENCES = {
    "boost1.81": "BSL-1.0", "brotli": "MIT", "bzip2": "bzip2-1.0.6", "cli11": "BSD-3-Clause", "cmark-gfm": "BSD-2-Clause AND MIT",
    "fmtlib": "MIT", "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1", "glibc": "LGPL-2.1-or-later",
    "google-perftools": "BSD-3-Clause", "gpgme1.0": "LGPL-2.1-or-later", "icu": "Unicode-DFS-2016", "libassuan": "LGPL-2.1-or-later",
    "libgpg-error": "LGPL-2.1-or-later", "libsodium": "ISC", "libzip": "BSD-3-Clause", "nlohmann-json3": "MIT", "openssl": "Apache-2.0",
    "prometheus-cpp": "MIT", "re2": "BSD-3-Clause", "spdlog": "MIT", "sqlite3": "blessing", "tomlplusplus": "MIT", "zlib": "Zlib",
}
# Of these nothing is loaded, or more is compiled in than is loaded: their headers are code.
HEADERS = ("libboost1.81-dev", "libcli11-dev", "libfmt-dev", "libspdlog-dev", "libtomlplusplus-dev", "nlohmann-json3-dev")


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def package_of(path):
    """The package that brought a library: dpkg knows it below /lib or below /usr/lib, which are one."""
    path = os.path.realpath(path)
    for name in (path, path.removeprefix("/usr")):
        found = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(":", 1)[0]
    sys.exit(f"sbom.py: no package brought {path}")


def libraries_of(program):
    return {package_of(path) for path in re.findall(r"=> (/\S+)|^\s*(/\S+) \(", said("ldd", program), re.M) for path in path if path}


def sources_of(packages):
    """{source package: (version, binary packages)}"""
    sources = {}
    for package in sorted(packages):
        source, version = said("dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", package).split()
        sources.setdefault(source, (version, []))[1].append(package)
    return sources


def described(source, version, packages):
    if source not in LICENCES:
        sys.exit(f"sbom.py: {source} ({', '.join(packages)}) has no row in its table of licences")
    return {
        "SPDXID": f"SPDXRef-{source}", "name": source, "versionInfo": version, "supplier": "Organization: Debian",
        "downloadLocation": f"https://snapshot.debian.org/package/{source}/{version.split(':')[-1]}/", "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION", "licenseDeclared": LICENCES[source], "copyrightText": "NOASSERTION",
        "comment": "of it: " + ", ".join(packages),
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": f"pkg:deb/debian/{source}@{version.replace(':', '%3A').replace('+', '%2B')}?arch=source"}],
    }


def bill(program, name, version):
    with open(program, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    date = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    parts = [described(source, *facts) for source, facts in sorted(sources_of(libraries_of(program) | set(HEADERS)).items())]
    ours = {
        "SPDXID": f"SPDXRef-{name}", "name": name, "versionInfo": version, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION", "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
    }
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", ours["SPDXID"])] + [(ours["SPDXID"], "DEPENDS_ON", part["SPDXID"]) for part in parts]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"{name}-{version}",
        "documentNamespace": f"https://cbm.example/spdx/{name}-{version}-{digest}",
        "creationInfo": {"created": date.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: sbom.py"]},
        "packages": [ours, *parts],
        "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other} for one, kind, other in relations],
    }


if __name__ == "__main__":
    if len(sys.argv) != 4 or "SOURCE_DATE_EPOCH" not in os.environ:
        sys.exit(__doc__)
    print(json.dumps(bill(*sys.argv[1:]), indent=1))
