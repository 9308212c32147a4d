#!/usr/bin/env python3
# What fuzzing begins with besides the kept corpus: requests for every operation of schema/openapi.json with its examples,
# the examples of every schema, tables of the demonstration. usage: seeds.py DIRECTORY (a folder for each target is made there,
# and portal.dict, the words of the API)
import base64
import hashlib
import itertools
import json
import pathlib
import re
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import archives

RECORDS = {"reports": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"], "contacts": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"], "nominations": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"],
           "accounts": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"], "states": ["CL"], "state-access": ["CL"], "state-settings": ["CL"], "quotas": ["CL"], "measures": ["OAS-CBM-1"], "periods": ["2025-2026"], "office-terms": ["chair"], "receipts": ["3"],
           "schemas": ["report"], "problems": ["not-found"], "docs": ["reports"], "log": ["0/000"]}
OUT = pathlib.Path(sys.argv[1])
CODE = "what-the-nominator-gave-the-holder"  # of every enrolment (support/portal.cpp)
NOTE = b"%PDF-1.4\n%%EOF\n"
MEMBERSHIP = {"kind": "membership_change", "state": "PE", "participation": {"participates": False, "from": "2026-01-31"},
              "decision": {"kind": "note_verbale", "number": "NV 6", "date": "2026-01-12",
                           "file": {"name": "n.pdf", "content": base64.b64encode(NOTE).decode(), "sha256": hashlib.sha256(NOTE).hexdigest()}}}


def write(target, text, choice=0):
    content = bytes([choice]) + (text if isinstance(text, bytes) else text.encode())
    folder = OUT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


def example_of(schemas, media):
    schema = media.get("schema", {})
    if "$ref" in schema:
        schema = schemas.get(schema["$ref"].rsplit("/", 1)[1], {})
    return media.get("example") or next(iter(schema.get("examples", [])), None)


def request(method, path, account, body=None, kind="application/json", extra=""):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if account:
        head += f"Authorization: Bearer {account}\r\n"
    if method in ("POST", "PATCH", "DELETE", "PUT"):
        head += "If-Match: *\r\n" if method != "POST" or "/{" not in path and path.count("/") > 2 else ""
    head += extra
    if body is None:
        return head + "\r\n"
    return head + f"Content-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"


def seeds_of_api():
    api = json.loads((ROOT / "schema/openapi.json").read_text())
    schemas = api["components"].get("schemas", {})
    for path, operations in api["paths"].items():
        group = path.removeprefix("/v1/").strip("/").split("/")[0]
        for name in RECORDS.get(group, ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"]) if "{" in path else [""]:
            filled = path
            while "{" in filled:
                start, end = filled.index("{"), filled.index("}")
                filled = filled[:start] + ("1" if filled[start:end] == "{revision" else name) + filled[end + 1:]
            write("targets", filled + "?limit=2&cursor=eA", 0)
            for method, operation in operations.items():
                if method not in ("get", "post", "patch", "delete", "put"):
                    continue
                content = operation.get("requestBody", {}).get("content", {})
                if not content:
                    write("requests", request(method.upper(), filled, "token"), 4)
                for kind, media in content.items():
                    example = example_of(schemas, media)
                    write("requests", request(method.upper(), filled, "token", example if isinstance(example, str) else json.dumps(example or {}), kind), 255)
    for text in (request("GET", "/healthz", ""), request("POST", "/v1/reports", "token", "{}"), "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                 "token\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 request("HEAD", "/v1/reports", "") + request("GET", "/v1/me", "token") + request("OPTIONS", "/v1/reports", "")):
        write("requests", text, 4)


def seeds_of_schemas():
    files = sorted((ROOT / "schema/json").glob("*.schema.json"), key=lambda file: file.name)
    names = sorted(file.name.removesuffix(".schema.json") for file in files)
    for file in files:
        schema = json.loads(file.read_text())
        for example in schema.get("examples", []):
            write("json", json.dumps(example, ensure_ascii=False), names.index(file.name.removesuffix(".schema.json")))
            folder = OUT / "patch"
            folder.mkdir(parents=True, exist_ok=True)
            if isinstance(example, dict):
                patch = {name: None if at % 2 else {"new": at} for at, name in enumerate(example)}
                (folder / file.name).write_text(json.dumps(example) + "\n" + json.dumps(patch))
    for text in ('[1,-1,9007199254740991,"\\u00e9",null,true]', '{"a":{"b":[{}]}}', '"\\ud83d\\ude00"'):
        write("json", text)


def seeds_of_tables():
    report = {"report": json.loads((ROOT / "schema/json/report-create.schema.json").read_text())["examples"][0]}
    write("tables", json.dumps([report, report]), 1)
    write("tables", json.dumps(report) + "\n" + json.dumps(report) + "\r\n", 2)
    for choice in (0, 3):
        write("tables", (ROOT / "client-examples/reports.csv").read_bytes(), choice)
    contacts = (ROOT / "server/demo/contacts.csv").read_bytes().splitlines(keepends=True)
    for choice in (0, 4):
        write("tables", b"".join(contacts[:3]), choice)
    for target in ("=1+1", "'=1", "\"a\"\"b\",c\r\n\"d\ne\",\r\n"):
        write("tables", target, 0)


def seeds_of_archives():
    """As an export has them, and as others pack."""
    folder, files = OUT / "archive", {}
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in (("SHA256SUMS", b"0" * 64 + b"  leaves\n"), ("files/a.pdf", NOTE), ("leaves", b"A" * 300), ("none", b"")):
        files[path] = text
        (folder / f"own-{len(files)}").write_bytes(archives.in_form(files))
    with zipfile.ZipFile(folder / "others", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text)


# Letters of portal/records.cpp: who may do it, what there is, and which record is in a condition for a step.
CALLERS = "ABCDEFGHIJKLMNOPQRST"
ACCOUNT_OF_ROLE = {"drafter": "A", "approver": "B", "nominator": "C", "contact": "D", "reviewer": "K", "chair": "L", "secretariat": "M", "auditor": "N"}
STRANGER = "J"
KNOWN = {"reports": "abcdefghijz58", "contacts": "lm6", "nominations": "no", "accounts": "pq", "credentials": "r", "enrolments": "!?", "delegations": "s", "signing-keys": "tu", "proposals": "kx", "documents": "v",
         "batches": "w"}
FIT = {"submit": "ai", "return": "b", "publish": "b", "revise": "c8", "label": "cd58", "recipients": "cd58", "withdraw": "cd", "erase": "g", "DELETE": "af", "PATCH": "aij"}  # of reports
# Examples name records that are not there.
PRESENT = [(r'"account": "[^"]*"', '"account": "~p"'), (r'"credential": "[^"]*"', '"credential": "~r"'), (r'"delegate": "[^"]*"', '"delegate": "~p"'), (r'"contact": "[^"]*"', '"contact": "~l"'),
           (r'"checkpoint": "[^"]*"', '"checkpoint": "~y"'), (r'"certificate": "[^"]*"', '"certificate": "~7"'), (r'"token_sha256": "[^"]*"', '"token_sha256": "~9"'), (r'"until": "2026-0[^"]*"', '"until": "2027-03-01T00:00:00.000Z"'),
           (r"account:[0-9a-f-]{36}", "account:~p")]
MEDIA = {"/v1/contacts": ["text/vcard", "text/csv", "application/jscontact+json"], "/v1/contacts/{id}": ["text/vcard", "text/csv", "application/jscontact+json", "text/plain"],
         "/v1/changes": ["text/event-stream"], "/v1/receipts/{seq}": ["text/plain"], "/docs": ["text/markdown"], "/problems/{code}": ["text/html"]}


def asked(method, path, caller, body=None, kind="application/json", extra="", tag="*"):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if caller:
        head += f"Authorization: Bearer ~{caller}\r\n"
    if method in ("POST", "PATCH", "DELETE"):
        head += f"If-Match: {tag}\r\n"
    head += extra
    return head + ("\r\n" if body is None else f"Content-Type: {kind}\r\nContent-Length: ~#\r\n\r\n{body}~.")


def bodies_of(operation, kind):
    name = operation["requestBody"]["content"][kind].get("schema", {}).get("$ref", "/batch-create").rsplit("/", 1)[1]
    examples = json.loads((ROOT / f"schema/json/{name}.schema.json").read_text()).get("examples", [{}])
    for example in examples:
        text = json.dumps(example, ensure_ascii=False)
        if kind == "application/x-ndjson":
            text = "\n".join(json.dumps(item, ensure_ascii=False) for item in example)
        if kind == "text/csv":
            text = (ROOT / "client-examples/reports.csv").read_text()
        for wrong, right in PRESENT:
            text = re.sub(wrong, right, text)
        yield text


def targets_of(method, path):
    group, step = path.removeprefix("/v1/").strip("/").split("/")[0], path.rsplit("/", 1)[1]
    if "{" not in path:
        yield path
        return
    fit = FIT.get(step if method == "POST" else method, "") if group == "reports" else ""
    values = ["~" + letter for letter in fit or KNOWN.get(group, "")] or RECORDS.get(group, ["CL"])
    for value in values:
        yield re.sub(r"\{\w+\}", value, path.replace("{revision}", "1").replace("{rest}", "0/000.p/9"))


def with_parameters(operation, target):
    """The target alone, and with one parameter after the other."""
    yield target
    for parameter in operation.get("parameters", []):
        if parameter.get("in") == "query":
            kind = parameter["schema"]
            for value in kind.get("enum", ["~3"] if parameter["name"] == "cursor" else ["2"] if kind["type"] == "integer" else ["true"] if kind["type"] == "boolean" else ["TLP:GREEN", "CL", "es"])[:3]:
                yield f"{target}?{parameter['name']}={value}"


CHAINS = [
    [("POST", "/v1/reports", "A", "report-create"), ("POST", "/v1/reports/~0/submit", "A"), ("POST", "/v1/reports/~0/publish", "B"), ("GET", "/v1/reports/~0", "J"), ("POST", "/v1/reports/~0/withdraw", "B"),
     ("POST", "/v1/reports/~0/erase", "B"), ("GET", "/v1/changes?after=60", "J")],
    [("POST", "/v1/reports/~d/label", "B", '{"label": "TLP:CLEAR"}'), ("POST", "/v1/proposals/~k/confirm", "F"), ("GET", "/v1/reports/~d", "")],
    [("POST", "/v1/reports/~c/revise", "A"), ("PATCH", "/v1/reports/~c/draft", "A", '{"narrative": "x", "recipients": ["state:PE"], "label": "TLP:AMBER"}'), ("POST", "/v1/reports/~c/submit", "A"),
     ("POST", "/v1/reports/~c/publish", "B"), ("GET", "/v1/reports/~c/difference?from=1&to=3", "G"), ("GET", "/v1/reports/~c/revisions?limit=1", "K"), ("GET", "/v1/reports/~c/revisions?limit=1&cursor=~3", "K")],
    [("POST", "/v1/nominations", "C", "nomination-create"), ("POST", "/v1/nominations/~0/accept", "M"), ("GET", "/v1/contacts?limit=1", "Q"), ("GET", "/v1/contacts?limit=1&cursor=~3", "Q"), ("GET", "/v1/contacts.ics", "J")],
    [("POST", "/v1/nominations/~n/accept", "M"), ("POST", "/v1/contacts/~l/confirm", "D", "{}"), ("POST", "/v1/nominations", "C", '{"kind": "removal", "contact": "~l", "note": {"reference": "NV 3", "date": "2027-01-10"}}'),
     ("POST", "/v1/nominations/~0/accept", "O"), ("POST", "/v1/contacts/~l/erase", "C"), ("GET", "/v1/contacts/~l", "J")],
    [("POST", "/v1/nominations/~o/object", "C", '{"reason": "Not ours."}'), ("POST", "/v1/nominations/~n/return", "M", '{"reason": "The date is missing."}'), ("POST", "/v1/nominations/~n/erase", "C")],
    [("POST", "/v1/accounts", "C", '{"name": "Desk", "roles": ["drafter"]}'), ("POST", "/v1/accounts/~0/credentials", "C", json.dumps({"kind": "token", "code_sha256": hashlib.sha256(CODE.encode()).hexdigest(), "label": "x", "scopes": ["read", "draft"], "expires_in_days": 9})),
     ("POST", "/v1/enrolments/~0/use", "", json.dumps({"code": CODE[::-1], "token_sha256": "~9"})), ("POST", "/v1/enrolments/~0/use", "", json.dumps({"code": CODE, "token_sha256": "~9"})),
     ("GET", "/v1/me", "4"), ("POST", "/v1/credentials/renew", "4", json.dumps({"token_sha256": "0" * 64})), ("POST", "/v1/credentials/~0/revoke", "C"), ("GET", "/v1/reports/~a", "4")],
    [("POST", "/v1/enrolments/~?/attest", "B", "enrolment-attest"), ("POST", "/v1/accounts/~p/reset", "C", json.dumps({"kind": "token", "code_sha256": hashlib.sha256(CODE.encode()).hexdigest(), "label": "x", "scopes": ["read"]})),
     ("GET", "/v1/me", "T"), ("POST", "/v1/enrolments/~0/use", "", json.dumps({"code": CODE, "token_sha256": "~9"})), ("GET", "/v1/me", "4"), ("GET", "/v1/accounts/~p/credentials", "C")],
    [("PATCH", "/v1/accounts/~p", "C", '{"status": "disabled"}'), ("POST", "/v1/accounts/~p/erase", "C"), ("GET", "/v1/audit?limit=2", "C"), ("GET", "/v1/audit", "N")],
    [("POST", "/v1/proposals", "M", "proposal-create"), ("POST", "/v1/proposals/~0/confirm", "C"), ("POST", "/v1/proposals/~x/decline", "S"), ("GET", "/v1/proposals", "B")],
    [("PATCH", "/v1/states/CL/settings", "C", '{"four_eyes": false}'), ("POST", "/v1/proposals/~0/confirm", "S"), ("PATCH", "/v1/states/CL/settings", "C", '{"require_signature": true, "one_holder": true}'), ("POST", "/v1/reports/~b/publish", "B")],
    [("POST", "/v1/reports/~b/publish?dry_run=true", "B", json.dumps({"statement": {"key": "0" * 64, "time": "2027-01-10T12:00:00Z", "content_salt": base64.b64encode(b"c" * 32).decode(), "recipients_salt": base64.b64encode(b"r" * 32).decode()}})),
     ("POST", "/v1/reports/~b/publish", "B", json.dumps({"statement": {"text": "cbmx-statement/v1\n{}", "signature": "AAAA", "content_salt": base64.b64encode(b"c" * 32).decode(), "recipients_salt": base64.b64encode(b"r" * 32).decode()}}))],
    [("POST", "/v1/log/cosignatures", "D", '{"checkpoint": "~y"}'), ("GET", "/v1/log/checkpoint", ""), ("GET", "/v1/log/witnesses", ""), ("POST", "/v1/signing-keys/~u/revoke", "C"), ("GET", "/v1/log/consistency?first=1&second=9", "")],
    [("POST", "/v1/batches?mode=atomic&goal=publish", "E", "batch-create"), ("GET", "/v1/batches/~0", "E"), ("POST", "/v1/batches?dry_run=true&items=nominations", "C", '[{"nomination": {"kind": "removal", "contact": "~l"}}]')],
    [("POST", "/v1/proposals", "M", json.dumps(MEMBERSHIP)), ("POST", "/v1/proposals/~0/confirm", "O", json.dumps({"sha256": MEMBERSHIP["decision"]["file"]["sha256"]})), ("GET", "/v1/contacts", "J"), ("GET", "/v1/reports?sort=state&limit=1", "J"), ("GET", "/v1/reports?sort=state&limit=1&cursor=~3", "J")],
    [("POST", "/v1/nominations", "C", '{"kind": "amendment", "contact": "~l", "fields": {"keys": [{"kind": "smime", "key": "~7"}]}, "note": {"reference": "NV 5", "date": "2027-01-10", "file": {"name": "a.pdf", "content": "'
      + base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode() + '"}}}'), ("GET", "/v1/nominations/~0/note", "M"), ("POST", "/v1/nominations/~0/accept", "M"), ("GET", "/v1/contacts/~l", "G"), ("GET", "/v1/contacts?key_expiring=true", "I")],
    [("GET", "/v1/reports/~c/difference?from=1&to=2", ""), ("GET", "/v1/log/inclusion?index=4&size=20", ""), ("POST", "/v1/nominations", "C", '{"kind": "removal", "contact": "~m", "note": {"reference": "NV 4", "date": "2027-01-10"}}'), ("POST", "/v1/nominations/~0/withdraw", "C"),
     ("POST", "/v1/nominations/~o/confirm", "C"), ("GET", "/v1/contacts/~m", "G")],
    [("POST", "/v1/proposals", "M", '{"kind": "account_create", "home": "state:PE", "name": "Desk", "roles": ["drafter"]}'), ("POST", "/v1/proposals/~0/confirm", "I"), ("GET", "/v1/accounts?limit=2", "I"),
     ("GET", "/v1/accounts?limit=2&cursor=~3", "I"), ("POST", "/v1/accounts/~0/confirm", "J")],
    [("POST", "/v1/periods", "M", '{"code": "2030-2031", "label": {"en": "x", "es": "x", "fr": "x", "pt": "x"}, "from": "2030-11-01", "until": "2031-10-31", "due": "2031-12-01"}'),
     ("POST", "/v1/reports", "G", '{"measure": "OAS-CBM-1", "period": "2030-2031", "status": "planned", "label": "TLP:GREEN", "language": "es", "narrative": "x"}'), ("GET", "/v1/reports/~0", "H")],
    [("POST", "/v1/delegations", "E", '{"delegate": "~p", "roles": ["drafter", "contact"], "until": "2027-03-01T00:00:00.000Z"}'), ("POST", "/v1/reports", "T", "report-create"), ("POST", "/v1/delegations/~s/end", "A"), ("GET", "/v1/reports/~a", "T")],
]

# Steps that take one tag, by the version that the record has in the chain.
TAGS = {"publish": '"d2-"', "/v1/reports/~c/publish": '"d8-"', "withdraw": '"1-"', "erase": '"2-"', "/v1/contacts/~l/erase": '"5-"',
        "label": '"1-"', "accept": '"1-"', "confirm": '"1-"', "/v1/contacts/~l/confirm": "*"}


def seeds_of_portal():
    api = json.loads((ROOT / "schema/openapi.json").read_text())
    number = {letter: at + 1 for at, letter in enumerate(CALLERS)}
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            method = method.upper()
            if method not in ("GET", "POST", "PATCH", "DELETE"):
                continue
            roles = re.findall(r"(\w+) \((?:own|all|offices)\)", operation.get("description", ""))
            callers = list(dict.fromkeys([ACCOUNT_OF_ROLE.get(roles[0], "A") if roles else "A", STRANGER]))
            contents = operation.get("requestBody", {}).get("content", {})
            one_tag = any(parameter.get("$ref", "").endswith("/If-Match-one") for parameter in operation.get("parameters", []))
            tag = "*" if not one_tag else '"d2-"' if path.endswith("/publish") else '"1-"'
            for target, caller in itertools.product(targets_of(method, path), callers):
                if not contents:
                    for complete in with_parameters(operation, target) if caller != STRANGER else [target]:
                        write("portal", asked(method, complete, "@", tag=tag), number[caller])
                for kind in contents:
                    for body in bodies_of(operation, kind):
                        write("portal", asked(method, target, "@", body, kind, tag=tag), number[caller])
                for media in MEDIA.get(path, []):
                    write("portal", asked(method, target, "@", extra=f"Accept: {media}\r\nAccept-Language: pt\r\n"), number[caller])
    for chain in CHAINS:
        text = ""
        for method, path, caller, *body in chain:
            if body and not body[0].startswith(("{", "[")):
                body = [json.dumps(json.loads((ROOT / f"schema/json/{body[0]}.schema.json").read_text())["examples"][0], ensure_ascii=False)]
            text += asked(method, path, caller, *body, tag=TAGS.get(path, TAGS.get(path.rsplit("/", 1)[1], "*")))
        write("portal", text)
    once = asked("POST", "/v1/reports", "A", json.dumps({"measure": "OAS-CBM-2", "period": "2025-2026", "status": "nothing_to_declare"}), extra='Idempotency-Key: "k"\r\n')
    write("portal", once + once + asked("GET", "/v1/reports/~0", "A", extra="If-None-Match: ~2\r\n") + asked("PATCH", "/v1/reports/~0", "A", '{"status": "planned"}').replace("*", "~2"))
    for choice in (0x20, 0x60, 0xa0, 0xc1):  # a certificate, slow clients
        write("portal", asked("GET", "/v1/me", "@" if choice == 0xc1 else "") + asked("GET", "/v1/changes?after=70&wait=5", ""), choice)
        write("portal", asked("GET", "/v1/changes?after=3", "", extra="Accept: text/event-stream\r\nLast-Event-ID: 9\r\n"), choice)


def words_of_portal():
    """Paths, parameters, member names and values of the API, for the fuzzer to put together."""
    api = json.loads((ROOT / "schema/openapi.json").read_text())
    words = {"~#", "~.", "~@", "Content-Length: ~#\r\n", "If-Match: ~2\r\n", "If-None-Match: ~2\r\n", "cursor=~3", "after=~3"}
    words |= {f"Authorization: Bearer ~{letter}\r\n" for letter in CALLERS + "4"} | {"~" + letter for letter in "abcdefghijklmnopqrstuvwxyz01235679!"}
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            words |= {f"{method.upper()} {target}" for target in itertools.islice(targets_of(method.upper(), path), 1)}
            words |= {parameter["name"] + "=" for parameter in operation.get("parameters", []) if parameter.get("in") == "query"}

    def collect(node):
        if isinstance(node, dict):
            words.update(f'"{name}":' for name in node.get("properties", {}) if isinstance(node["properties"], dict))
            words.update(json.dumps(value) for value in node.get("enum", []))
            for child in node.values():
                collect(child)
        elif isinstance(node, list):
            for child in node:
                collect(child)
    for file in sorted((ROOT / "schema/json").glob("*-c*.schema.json")) + [ROOT / "schema/json/common.schema.json", ROOT / "schema/json/contact-fields.schema.json"]:
        collect(json.loads(file.read_text()))
    plain = [chr(c) for c in range(0x20, 0x7f) if chr(c) not in '"\\']
    lines = ["".join(c if c in plain else "".join(f"\\x{byte:02x}" for byte in c.encode()) for c in word) for word in sorted(words)]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "portal.dict").write_text("".join(f'"{line}"\n' for line in lines))


seeds_of_api()
seeds_of_portal()
words_of_portal()
seeds_of_schemas()
seeds_of_tables()
seeds_of_archives()
write("targets", "MjAyNS0yMDI2", 1)
