#!/usr/bin/env python3
# What fuzzing begins with besides the kept corpus: requests for every operation of schema/openapi.json with its examples,
# the examples of every schema, tables of the demonstration. usage: seeds.py DIRECTORY (a folder for each target is made there)
import hashlib
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDS = {"reports": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"], "contacts": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"], "nominations": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"],
           "accounts": ["5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"], "states": ["CL"], "state-settings": ["CL"], "measures": ["OAS-CBM-1"], "periods": ["2025-2026"], "receipts": ["3"],
           "schemas": ["report"], "problems": ["not-found"], "docs": ["reports"], "log": ["0/000"]}
OUT = pathlib.Path(sys.argv[1])


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


seeds_of_api()
seeds_of_schemas()
seeds_of_tables()
write("targets", "MjAyNS0yMDI2", 1)
