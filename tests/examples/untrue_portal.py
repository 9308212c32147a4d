"""A portal that is busy or does not tell the truth: passes requests on to the real one and changes what comes back.

usage: untrue_portal.py FILE     FILE gets its address, https://localhost:PORT; the certificate is the real portal's
FILE.lie says what it does, and may be rewritten at any time:
     busy      two requests are answered 503 and 429, each with Retry-After: 2; then it tells the truth
     entry     an entry of the feed says another time
     hash      an entry of the feed comes with the hash of the one before it
     leaf      the log leaves out its position 5
     root      a position of the log has another hash
     end       the feed ends at entry 100 and says that this is all
     again     the feed gives an entry twice
     content, recipients    beside what a State is to sign stands another content, another list
     member    what a State is to sign says one thing more
     log       it is for another log
"""
import http.client
import http.server
import json
import os
import ssl
import sys
import urllib.parse

real = urllib.parse.urlsplit(os.environ["CBMX_URL"])
busy = [(503, "Service Unavailable"), (429, "Too Many Requests")]


def present_lie():
    with open(sys.argv[1] + ".lie") as file:
        return file.read().strip()


def untrue(lie, path, answer):
    items, asked = answer.get("items", []), answer.get("statement")
    if "dry_run=true" in path and asked:
        if lie == "content":
            asked["content"]["narrative"] = "Demonstration: what the State believes that it signs."
        if lie == "recipients":
            asked["recipients"] = ["state:CL"]
        if lie == "member":
            asked["text"] = asked["text"].replace('"v":1,', '"v":1,"vessel":"another",')
        if lie == "log":
            asked["text"] = asked["text"].replace('"origin":"', '"origin":"another.')
    if path.startswith("/v1/changes"):
        shown = [item for item in items if "entry" in item]
        if lie == "entry" and shown:
            shown[-1]["entry"]["at"] = "2020-01-01T00:00:00.000Z"
        if lie == "hash" and len(shown) > 1:
            shown[-1]["leaf_hash"] = shown[-2]["leaf_hash"]
        if lie == "again" and items:
            items.append(items[-1])
        if lie == "end":
            answer["items"] = [item for item in items if item["seq"] <= 100]
            answer["next"] = answer["items"][-1]["seq"] if answer["items"] else None
            answer["complete_up_to"] = 100
    if path.startswith("/v1/log/leaves"):
        if lie == "leaf":
            answer["items"] = [leaf for leaf in items if leaf["seq"] != 5]
        if lie == "root" and items:
            items[-1]["leaf_hash"] = items[0]["leaf_hash"]
    return answer


class Untrue(http.server.BaseHTTPRequestHandler):
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        lie = present_lie()
        if lie == "busy" and busy:
            status, reason = busy.pop(0)
            return self.give(status, {"Retry-After": "2"}, b"", reason)
        connection = http.client.HTTPSConnection(real.hostname, real.port, context=ssl.create_default_context(cafile=os.environ["CBMX_CA"]))
        fields = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "content-length")}
        connection.request(self.command, self.path, body or None, fields)
        answer = connection.getresponse()
        data = answer.read()
        if answer.status == 200 and "json" in answer.headers["Content-Type"]:
            data = json.dumps(untrue(lie, self.path, json.loads(data))).encode()
        self.give(answer.status, {name: value for name, value in answer.headers.items() if name in ("Content-Type", "Link")}, data)

    do_GET = do_POST = pass_on

    def give(self, status, fields, data, reason=None):
        self.send_response(status, reason)
        for name, value in {**fields, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Untrue)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.environ["CBMX_TLS_CERTIFICATE"], os.environ["CBMX_TLS_KEY"])
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"https://localhost:{server.server_address[1]}")
os.replace(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
