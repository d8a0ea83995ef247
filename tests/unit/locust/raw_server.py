# SPDX-License-Identifier: Apache-2.0
"""A server for tests of the clients, on gevent's hub like they are. It answers by the path, also in
ways that no honest server would.
"""
import json
import socket
import ssl
import struct
import subprocess
import tempfile
import zlib
from gzip import compress
from pathlib import Path

import gevent
from gevent.event import Event
from gevent.server import StreamServer


def response(status: int, body: bytes = b"", *fields: str, length: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status} Because"]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, *fields]).encode("latin-1") + b"\r\n\r\n" + body


class Request:
    def __init__(self, file):
        self.method, self.target, _version = file.readline().decode("latin-1").split(" ")
        self.path, _mark, self.query = self.target.partition("?")
        self.fields = []
        while line := file.readline().decode("latin-1").rstrip("\r\n"):
            self.fields.append(tuple(line.split(": ", 1)))
        self.headers = {name.lower(): value for name, value in self.fields}
        self.body = file.read(int(self.headers.get("content-length", 0)))

    def echo(self) -> bytes:
        seen = {"method": self.method, "target": self.target, "headers": self.headers,
                "body": self.body.decode("latin-1")}
        return response(200, json.dumps(seen).encode(), "Content-Type: application/json")


FIXED = {
    "/json": response(200, b'{"a": [1, 2]}', "Content-Type: application/json"),
    "/nojson": response(200, b"no json"),
    "/empty": response(200),
    "/latin": response(200, b"\xe9", "Content-Type: text/html"),
    "/utf8": response(200, "é".encode(), "Content-Type: text/html; charset=utf-8"),
    "/gzip": response(200, compress(b"packed"), "Content-Encoding: gzip"),
    "/deflate": response(200, zlib.compress(b"packed"), "Content-Encoding: deflate"),
    "/badgzip": response(200, b"not packed", "Content-Encoding: gzip"),
    "/twice": response(200, b"", "X-A: 1", "x-a: 2", "X-B: 3"),
    "/cookies": response(200, b"", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; Path=/"),
    "/cookie-redirect": response(302, b"", "Set-Cookie: c=3; Path=/", "Location: /echo"),
    "/loop": response(302, b"", "Location: /loop"),
    "/nowhere": response(302, b"stay"),
}
BROKEN = {
    "/close": b"",
    "/garbage": b"HELLO WORLD\r\n\r\n",
    "/truncated": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "/badchunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "/badlength": b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n",
    "/badheader": b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "/until-close": b"HTTP/1.1 200 OK\r\n\r\nall of it",
}


class RawServer:
    """`targets`: what was asked for; `waiting`: how many of /held, which wait for `gate`."""

    def __init__(self, tls: ssl.SSLContext | None = None):
        self.targets: list = []
        self.connections = 0
        self.waiting = 0
        self.gate = Event()
        self._tls = tls
        self._server = StreamServer(("127.0.0.1", 0), self._serve)
        self._server.start()
        self.port = self._server.server_port
        self.url = f"http{'s' if tls else ''}://localhost:{self.port}"

    def stop(self) -> None:
        self.gate.set()
        self._server.stop(timeout=1)

    def _serve(self, connection, _address) -> None:
        self.connections += 1
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as file:
                while self._answer(connection, Request(file)):
                    pass
        except (ValueError, OSError):
            pass  # the client has gone

    def _answer(self, connection, request: Request) -> bool:
        self.targets.append(request.target)
        path = request.path
        if path in BROKEN:
            connection.sendall(BROKEN[path])
            connection.shutdown(socket.SHUT_WR)
            return False
        special = getattr(self, "_" + path.strip("/").split("/")[0], None)
        if special:
            return special(connection, request)
        answer = FIXED.get(path) or request.echo()
        connection.sendall(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                           if request.method == "HEAD" else answer)
        return True

    def _status(self, connection, request: Request) -> bool:
        status = int(request.path.rpartition("/")[2])
        has_body = status not in (204, 304)
        connection.sendall(response(status, b"body" * has_body, length=has_body))
        return True

    def _redirect(self, connection, request: Request) -> bool:
        status = int(request.path.rpartition("/")[2])
        connection.sendall(response(status, b"moved" * (request.method != "HEAD"),
                                    f"Location: {request.query}", length=request.method != "HEAD"))
        return True

    def _reset(self, connection, _request) -> bool:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        return False

    def _held(self, connection, _request) -> bool:
        self.waiting += 1
        self.gate.wait(10)
        connection.sendall(response(200, b"late"))
        return True

    def _half(self, connection, _request) -> bool:
        """Begins a body and holds the rest."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        self.gate.wait(10)
        return False

    def _large(self, connection, _request) -> bool:
        connection.sendall(response(200, b"x" * 1_000_000))
        return True

    def _lines(self, connection, _request) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (b"one\r\ntw", b"o\n\n", b"three"):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            gevent.sleep(0)
        connection.sendall(b"0\r\n\r\n")
        return True


def certificate() -> tuple:
    """(certificate, key) for localhost, as file names, signed by itself."""
    folder = tempfile.mkdtemp(prefix="raw-server-")
    files = f"{folder}/cert.pem", f"{folder}/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True)
    return files


def remove(files: tuple) -> None:
    for file in files:
        Path(file).unlink()
    Path(files[0]).parent.rmdir()


def tls_context(files: tuple) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


def closed_port() -> socket.socket:
    """A socket whose address refuses connections as long as it is open."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken
