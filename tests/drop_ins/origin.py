# SPDX-License-Identifier: Apache-2.0
"""The web server of the comparison: does what acts.py says for a path and keeps every byte that it
was sent, by connection. One thread a connection, blocking calls, no HTTP library in between.

Its addresses:
    http, https   what HTTP is spoken to, with and without TLS
    refused       a port that is bound but not listened to
    full          a queue of connections that is full: connecting never ends
    abrupt        closes every connection at once
    mutual        TLS that demands a certificate of the client
    http6         HTTP on ::1, where the machine has IPv6
"""
import socket
import ssl
import struct
import subprocess
import threading
import time

import acts

HEAD_MAX = 64 << 10
REQUESTS_MAX = 2000  # kept of one connection; all are counted
LIVE_MAX = 500  # connections at a time, each with its thread
LINGER_NONE = struct.pack("ii", 1, 0)
END_S = 5


class Connection:
    """One that was accepted: what came in on it, and the calls that acts are written in."""

    def __init__(self, origin, sock, tls_context):
        self.origin, self.sock, self.tls_context = origin, sock, tls_context
        self.requests, self.served, self.held = [], 0, b""
        self.server_name, self.tls = None, ""
        self.method = self.path = self.version = ""
        self.headers, self.body, self.number = {}, b"", 0
        self.is_reset = self.is_cut = False

    # For acts.
    def send(self, data):
        """False when the peer is gone."""
        try:
            self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
            return True
        except OSError:
            return False

    def reset(self):
        """The connection ends with RST instead of FIN."""
        self.is_reset = True
        return False

    def wait_for_end(self):
        """Until the peer closes; what it sends meanwhile is kept as an unfinished request."""
        try:
            while data := self.sock.recv(65536):
                self.held += data
        except OSError:
            pass
        return False

    def start_tls(self):
        self.sock = self.tls_context.wrap_socket(self.sock, server_side=True)
        self.server_name = getattr(self.sock, "asked_name", None)
        self.tls = f"{self.sock.version()}, {self.sock.cipher()[0]}, ALPN {self.sock.selected_alpn_protocol()}"
        if self.sock.getpeercert():
            self.tls += ", with a certificate"

    # Reading.
    def receive(self):
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self.held += data

    def take(self, size):
        while len(self.held) < size:
            self.receive()
        data, self.held = self.held[:size], self.held[size:]
        return data

    def take_line(self):
        while b"\n" not in self.held:
            self.receive()
        return self.take(self.held.index(b"\n") + 1)

    def take_head(self):
        while b"\r\n\r\n" not in self.held and len(self.held) < HEAD_MAX:
            self.receive()
            if self.held.startswith(b"\x16\x03"):  # TLS where none is spoken: as nginx does
                self.send(acts.BAD_REQUEST)
                raise EOFError
        return self.take(self.held.index(b"\r\n\r\n") + 4)

    def take_chunks(self):
        raw, size = b"", 1
        while size:
            line = self.take_line()
            size = int(line, 16)
            raw += line + self.take(size + 2)
            self.body += raw[len(raw) - size - 2:-2]
        return raw

    def read_request(self):
        """False when there is no further one. Sets all that acts look at."""
        head = self.take_head()
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, self.version = (lines[0].split(" ", 2) + ["", ""])[:3]
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()
        self.body, raw = b"", b""
        if self.headers.get("transfer-encoding") == "chunked":
            raw = self.take_chunks()
        elif self.headers.get("content-length", "").isdigit():
            raw = self.body = self.take(int(self.headers["content-length"]))
        self.number = self.origin.count_request()
        self.served += 1
        if len(self.requests) < REQUESTS_MAX:
            self.requests.append(head + raw)

    def serve(self):
        if self.tls_context:
            self.start_tls()
        keep = True
        while keep:
            self.read_request()
            keep = acts.act(self)

    def run(self):
        try:
            self.serve()
        except (OSError, EOFError, ValueError):
            pass
        finally:
            self.end()

    def say_tls_ends(self):
        """close_notify, which an orderly end of TLS begins with."""
        try:
            if self.tls and not self.is_cut:
                self.sock = self.sock.unwrap()
        except (OSError, ValueError):
            pass

    def end(self):
        try:
            if self.is_reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
            else:
                self.sock.settimeout(0.5)
                self.say_tls_ends()
                self.sock.shutdown(socket.SHUT_WR)
                while self.sock.recv(65536):  # lest unread bytes turn the close into a reset
                    pass
        except OSError:
            pass
        self.sock.close()


def make_certificate(folder):
    """A key and a certificate of its own, for TLS. The path of the file with both."""
    pem = f"{folder}/origin.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", pem, "-out", f"{folder}/origin.crt"],
                   check=True, capture_output=True)
    with open(pem, "a", encoding="ascii") as file, open(f"{folder}/origin.crt", encoding="ascii") as crt:
        file.write(crt.read())
    return pem


def make_tls_context(pem, mutual=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # Debian's own Python would allow less
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(pem)
    context.set_alpn_protocols(["http/1.1"])

    def note_name(sock, name, _):
        sock.asked_name = name

    context.sni_callback = note_name
    return context


class Origin:
    """Use as a context; between the runs of two programs call `forget`."""

    def __init__(self, pem, pace_s=0.0):
        self.tls_contexts = {"https": make_tls_context(pem), "mutual": make_tls_context(pem, True)}
        self.pace_s = pace_s  # before every answer
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.connections, self.live, self.request_count = [], 0, 0
        self.listeners = {name: self.bind(name != "refused") for name in
                          ("http", "https", "refused", "abrupt", "mutual")}
        self.listeners["full"], self.filling = self.fill()
        try:
            self.listeners["http6"] = self.bind(True, family=socket.AF_INET6)
        except OSError:
            pass
        self.ports = {name: sock.getsockname()[1] for name, sock in self.listeners.items()}

    @staticmethod
    def bind(listens, backlog=1024, family=socket.AF_INET):
        sock = socket.socket(family)
        sock.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        if listens:
            sock.listen(backlog)
        return sock

    def fill(self):
        listener, filling = self.bind(True, 0), []
        for _ in range(3):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
            filling.append(sock)
        return listener, filling

    def __enter__(self):
        for name in set(self.listeners) - {"refused", "full"}:
            threading.Thread(target=self.accept, args=(name,), daemon=True).start()
        return self

    def __exit__(self, *_):
        for sock in [*self.listeners.values(), *self.filling]:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()

    def accept(self, name):
        while True:
            try:
                sock, _ = self.listeners[name].accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(self, sock, self.tls_contexts.get(name))
            with self.changed:
                self.connections.append(connection)
                self.live += 1
                self.changed.wait_for(lambda: self.live < LIVE_MAX)
            serve = connection.end if name == "abrupt" else connection.run
            threading.Thread(target=self.run, args=(serve,), daemon=True).start()

    def run(self, serve):
        serve()
        self.leave()

    def leave(self):
        with self.changed:
            self.live -= 1
            self.changed.notify_all()

    def count_request(self):
        with self.changed:
            self.request_count += 1
            self.changed.notify_all()
            return self.request_count

    def wait_for_request(self, number, seconds):
        """True when so many requests have come."""
        with self.changed:
            return self.changed.wait_for(lambda: self.request_count >= number, seconds)

    def forget(self):
        """What came since the last call, once all connections are over."""
        with self.changed:
            self.changed.wait_for(lambda: self.live == 0, END_S)
            seen, self.connections, self.request_count = self.connections, [], 0
        return seen

    def pace(self):
        if self.pace_s:
            time.sleep(self.pace_s)
