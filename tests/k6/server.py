# SPDX-License-Identifier: Apache-2.0
"""The server of the differential tests: deterministic answers, no dates, one write each.

The path says what happens: /status/404, /redirect/3, /delay/200, /reset ... Every answer depends on
its request alone, so that two programs that ask the same see the same.
"""
import base64
import gzip
import http.server
import json
import socket
import struct
import threading
import time
import urllib.parse
import zlib

DOCUMENT = {
    "token": "abc",
    "active": True,
    "none": None,
    "pi": 3.25,
    "user": {"name": "Ann", "tags": ["x", "y"], "first.last": "dotted"},
    "items": [
        {"id": 1, "name": "one", "price": 1.5},
        {"id": 2, "name": "two", "price": 20},
        {"id": 3, "name": "three", "price": 7},
    ],
    "text": "grüße \u2713 \"quoted\"",
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status=200, body=b"", headers=(), reason=None):
        if isinstance(body, str):
            body = body.encode()
        reason = reason or http.client.responses.get(status, "Unknown")
        lines = [f"HTTP/1.1 {status} {reason}"]
        lines += [f"{name}: {value}" for name, value in headers]
        bodiless = status in (204, 304) or status < 200
        if not bodiless:
            lines.append(f"Content-Length: {len(body)}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.wfile.write(head + (b"" if bodiless or self.command == "HEAD" else body))

    def answer_json(self, value, headers=()):
        self.answer(200, json.dumps(value), [("Content-Type", "application/json"), *headers])

    def send_error(self, code, *_):
        self.close_connection = True
        self.answer(code, "no request")

    def vanish(self):
        """Ends the connection by a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass

    def act(self):
        url = urllib.parse.urlsplit(self.path)
        words = url.path.strip("/").split("/")
        query = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self.read_chunks()
        name = "act_" + (words[0] or "root").replace("-", "_")
        getattr(self, name, self.act_missing)(words[1:], query, body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_FOO = do_get = act

    def read_chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def act_missing(self, *_):
        self.answer(404, "no such path")

    def act_root(self, *_):
        self.answer(200, "ok", [("Content-Type", "text/plain")])

    def act_echo(self, words, query, body):
        headers = {}
        for name, value in sorted(self.headers.items()):
            headers[name] = value
        shown = {"method": self.command, "path": self.path, "headers": headers}
        shown["body"] = body.decode("utf-8", "backslashreplace")
        self.answer_json(shown)

    def act_status(self, words, *_):
        self.answer(int(words[0]), "status " + words[0])

    def act_redirect(self, words, *_):
        left = int(words[0])
        target = f"/redirect/{left - 1}" if left > 1 else "/echo"
        self.answer(302, "moving", [("Location", target)])

    def act_redirect_to(self, words, query, body):
        asked = dict(query)
        self.answer(int(asked.get("code", 302)), "moving", [("Location", asked["url"])])

    def act_cookies(self, words, query, body):
        if words and words[0] == "set":
            headers = [("Set-Cookie", f"{name}={value}; Path=/") for name, value in query]
            self.answer(302, "", [*headers, ("Location", "/cookies")])
        elif words and words[0] == "rich":
            full = "rich=1; Path=/cookies; HttpOnly; Max-Age=3600"
            self.answer(200, "", [("Set-Cookie", full), ("Set-Cookie", "plain=2; Secure")])
        else:
            sent = sorted((self.headers.get("Cookie") or "").split("; "))
            self.answer_json(sent)

    def act_json(self, *_):
        self.answer_json(DOCUMENT)

    def act_broken_json(self, *_):
        self.answer(200, '{"a": 1,\n "b": nope}', [("Content-Type", "application/json")])

    def act_basic_auth(self, words, *_):
        wanted = "Basic " + base64.b64encode(":".join(words[:2]).encode()).decode()
        if self.headers.get("Authorization") == wanted:
            self.answer_json({"user": words[0]})
        else:
            self.answer(401, "no", [("WWW-Authenticate", 'Basic realm="here"')])

    def act_delay(self, words, *_):
        time.sleep(int(words[0]) / 1000)
        self.answer(200, "late")

    def act_reset(self, *_):
        self.vanish()

    def act_close(self, *_):
        self.close_connection = True

    def act_short(self, *_):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        self.close_connection = True

    def act_garbage(self, *_):
        self.wfile.write(b"this is not HTTP at all\r\n\r\n")
        self.close_connection = True

    def act_gzip(self, *_):
        packed = gzip.compress(b"unpacked", mtime=0)
        self.answer(200, packed, [("Content-Encoding", "gzip")])

    def act_deflate(self, *_):
        self.answer(200, zlib.compress(b"unpacked"), [("Content-Encoding", "deflate")])

    def act_bytes(self, words, *_):
        self.answer(200, bytes(range(256)) * (int(words[0]) // 256) or b"\x00\x01\xff")

    def act_headers(self, *_):
        many = [("x-lower", "a"), ("X-Twice", "1"), ("X-Twice", "2"), ("Content-Type", "text/plain")]
        self.answer(200, "headers", many)

    def act_chunked(self, *_):
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n"
        self.wfile.write(head + b"3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-End: yes\r\n\r\n")

    def act_teapot(self, *_):
        self.answer(418, "short and stout", reason="I am a teapot")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def start():
    """Starts the server on a free port of the loopback in its own thread; returns the port."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def closed_port():
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
