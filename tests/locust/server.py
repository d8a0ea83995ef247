#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The web server of the comparison with Locust: same answers every time, and a log of what came.

    server.py LOG      prints its port, then serves 127.0.0.1 until its standard input ends
"""
import gzip
import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# Differ from run to run or name the client.
UNTOLD = {"host", "user-agent", "date"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log_lock = threading.Lock()
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_any(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self.read_chunks()
        self.tell(body)
        action, _, argument = url.path.lstrip("/").partition("/")
        getattr(self, "answer_" + (action or "index"), self.answer_missing)(argument, url, body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def read_chunks(self):
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def tell(self, body):
        headers = sorted([name.lower(), value] for name, value in self.headers.items()
                         if name.lower() not in UNTOLD)
        line = json.dumps([self.command, self.path, headers, body.decode("latin-1")])
        with self.log_lock:
            self.server.log.write(line + "\n")
            self.server.log.flush()

    def reply(self, body=b"", status=200, headers=()):
        if isinstance(body, str):
            body = body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_index(self, *_):
        self.reply("welcome", headers=[("Content-Type", "text/html; charset=utf-8")])

    def answer_missing(self, *_):
        self.reply("there is nothing", 404)

    def answer_status(self, argument, *_):
        self.reply("status " + argument, int(argument))

    def answer_json(self, *_):
        self.reply('{"access_token": "t0ken", "items": [1, 2, 3]}',
                   headers=[("Content-Type", "application/json")])

    def answer_text(self, argument, *_):
        body = {"latin1": "caf\xe9".encode("latin-1"), "utf8": "caf\xe9".encode()}[argument]
        charset = "" if argument == "utf8" else "; charset=ISO-8859-1"
        self.reply(body, headers=[("Content-Type", "text/plain" + charset)])

    def answer_echo(self, _, url, body):
        self.reply(json.dumps({"query": parse_qs(url.query), "body": body.decode("latin-1")}),
                   headers=[("Content-Type", "application/json")])

    def answer_bytes(self, argument, *_):
        self.reply(b"x" * int(argument))

    def answer_gzip(self, *_):
        self.reply(gzip.compress(b"packed " * 100, mtime=0), headers=[("Content-Encoding", "gzip")])

    def answer_redirect(self, argument, *_):
        left = int(argument)
        where = f"/redirect/{left - 1}" if left > 1 else "/"
        self.reply("moved", 302, [("Location", where)])

    def answer_moved(self, argument, *_):
        self.reply("moved", int(argument), [("Location", "/echo/moved")])

    def answer_loop(self, *_):
        self.reply("moved", 302, [("Location", "/loop")])

    def answer_cookie(self, argument, *_):
        self.reply("a cookie", headers=[("Set-Cookie", f"taste={argument}; Path=/"),
                                        ("Set-Cookie", "deep=1; Path=/echo")])

    def answer_private(self, *_):
        if self.headers.get("Authorization") == "Basic dXNlcjpwYXNz":
            self.reply("come in")
        else:
            self.reply("who are you", 401, [("WWW-Authenticate", 'Basic realm="r"')])

    def answer_slow(self, argument, *_):
        time.sleep(float(argument))
        self.reply("at last")

    def answer_close(self, *_):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer_short(self, *_):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"only this")
        self.close_connection = True

    def answer_lines(self, argument, *_):
        self.reply("".join(f"line {i}\n" for i in range(int(argument))))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that is gone is no news."""


def main():
    server = Server(("127.0.0.1", 0), Handler)
    server.log = open(sys.argv[1], "w", encoding="utf-8")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
