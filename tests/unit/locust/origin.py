# SPDX-License-Identifier: Apache-2.0
"""A server for the tests of the Python clients. The path says how it answers; `received` keeps
each request as it came."""
import struct

from gevent import socket
from gevent.server import StreamServer

_RAW = {
    "/reset": None,
    "/close": b"",
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
    "/bad-gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "/garbage": b"hello\r\n\r\n",
}
_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


def _answer(status: str, headers: dict, body: bytes, is_head: bool) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode() + (b"" if is_head else body)


class Origin:
    """On a port of its own, in this process' greenlets."""

    def __init__(self):
        self.received: list[bytes] = []
        self._server = StreamServer(("127.0.0.1", 0), self._serve)
        self._server.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.stop()

    def _serve(self, connection, _) -> None:
        reader = connection.makefile("rb")
        with connection, reader:
            while head := self._read(reader):
                if not self._respond(connection, head):
                    return

    def _read(self, reader) -> bytes:
        """One request, with its body as it came."""
        head, length = b"", 0
        while line := reader.readline():
            head += line
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            if line == b"\r\n":
                break
        if b"Transfer-Encoding: chunked" in head:
            body = b""
            while not body.endswith(b"0\r\n\r\n"):
                body += reader.readline()
        else:
            body = reader.read(length) if length else b""
        if head:
            self.received.append(head + body)
        return head

    def _respond(self, connection, head: bytes) -> bool:
        method, target, _ = head.decode("latin-1").split(" ", 2)
        path, _, query = target.partition("?")
        if path in _RAW:
            self._hang_up(connection, _RAW[path])
            return False
        if path == "/slow":
            return True
        if path == "/chunks":
            connection.sendall(_CHUNKS)
            return True
        status, headers, body = "200 OK", {"Content-Type": "text/plain"}, b"hello"
        if path == "/to":
            status, _, location = query.partition(",")
            status, headers, body = status + " Moved", {"Location": location}, b"moved"
        elif path == "/loop":
            status, headers = "302 Found", {"Location": "/loop"}
        elif path == "/status":
            status = query.replace("%20", " ")
        elif path == "/json":
            headers, body = {"Content-Type": "application/json"}, b'{"a": [1, "\xc3\xa9"]}'
        elif path == "/cookie":
            headers = {"Set-Cookie": "a=b; Path=/\r\nSet-Cookie: c=d; Path=/; HttpOnly"}
        elif path == "/private" and b"Authorization:" not in head:
            challenge = 'Digest realm="x", nonce="n", qop="auth", algorithm=MD5'
            status, headers = "401 Unauthorized", {"WWW-Authenticate": challenge}
        connection.sendall(_answer(status, headers, body, method == "HEAD"))
        return True

    @staticmethod
    def _hang_up(connection, answer) -> None:
        if answer is None:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            connection.sendall(answer)
        connection.close()
