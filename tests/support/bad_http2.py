#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 servers that break the protocol, in frames written by hand: a port for each act.

    bad_http2.py [--tls CERT KEY]

Prints "NAME PORT" for each act of ACTS, then "ready", and serves until it is killed. An act gets a connection whose preface was read and whose SETTINGS were sent, and ends it by
returning. With --tls it agrees on h2 by ALPN.
"""
import argparse
import contextlib
import socket
import ssl
import struct
import threading
import time

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FLOOD_S = 10  # the client has to end it before

STATUS_200 = b"\x88"  # the static table's eighth entry (RFC 7541, appendix A)


def field(name: str, value: str) -> bytes:
    """Without indexing, without Huffman's code (RFC 7541, section 6.2.2)."""
    name_bytes, value_bytes = name.encode(), value.encode()
    return b"\0" + integer(len(name_bytes), 7) + name_bytes + integer(len(value_bytes), 7) + value_bytes


def integer(number: int, prefix_bits: int) -> bytes:
    limit = (1 << prefix_bits) - 1
    if number < limit:
        return bytes([number])
    out, number = [limit], number - limit
    while number >= 128:
        out.append(number % 128 + 128)
        number //= 128
    return bytes([*out, number])


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


class Gone(Exception):
    """The client closed the connection."""


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.unread = b""

    def take(self, count: int) -> bytes:
        while len(self.unread) < count:
            more = self.sock.recv(65536)
            if not more:
                raise Gone
            self.unread += more
        taken, self.unread = self.unread[:count], self.unread[count:]
        return taken

    def read(self):
        """The next frame: its kind, flags, stream and payload."""
        head = self.take(9)
        payload = self.take(int.from_bytes(head[:3], "big"))
        if head[3] == SETTINGS and not head[4] & ACK:
            self.send(SETTINGS, ACK, 0)
        return head[3], head[4], int.from_bytes(head[5:], "big"), payload

    def request(self) -> int:
        """The stream of the next request, when its head has come."""
        while True:
            kind, _, stream, _ = self.read()
            if kind == HEADERS:
                return stream

    def send(self, *frame_parts) -> None:
        self.sock.sendall(frame(*frame_parts))

    def answer(self, stream: int, block: bytes = STATUS_200, body: bytes = b"hello") -> None:
        self.send(HEADERS, END_HEADERS, stream, block)
        self.send(DATA, END_STREAM, stream, body)

    def wait(self) -> None:
        """For the client to go."""
        while True:
            self.read()

    def flood(self, frames: bytes) -> None:
        """Until the client goes; what it says is read beside that, so that it can."""
        until = time.monotonic() + FLOOD_S
        reader = threading.Thread(target=self.drain, daemon=True)
        reader.start()
        while reader.is_alive() and time.monotonic() < until:
            self.sock.sendall(frames)

    def drain(self) -> None:
        with contextlib.suppress(Gone, OSError):
            while True:
                self.take(1)


# Acts. Those that take a `stream` are called with each request's.


def good(c, stream):
    c.answer(stream)


def goaway_at_once(c):
    c.send(GOAWAY, 0, 0, struct.pack(">II", 0, 0))
    c.wait()


def goaway_error(c):
    c.request()
    c.send(GOAWAY, 0, 0, struct.pack(">II", 0, 11))  # ENHANCE_YOUR_CALM


def goaway_mid_load(c):
    """Every third request is the last of its connection, and is answered."""
    for _ in range(2):
        c.answer(c.request())
    stream = c.request()
    c.send(GOAWAY, 0, 0, struct.pack(">II", stream, 0))
    c.answer(stream)
    c.wait()


def reset(code):
    def act(c, stream):
        c.send(RST_STREAM, 0, stream, struct.pack(">I", code))

    return act


def reset_mid_body(c, stream):
    c.send(HEADERS, END_HEADERS, stream, STATUS_200)
    c.send(DATA, 0, stream, b"half")
    c.send(RST_STREAM, 0, stream, struct.pack(">I", 2))


def settings_flood(c):
    c.request()
    c.flood(frame(SETTINGS, 0, 0, struct.pack(">HI", 3, 100)) * 1000)


def ping_flood(c):
    c.request()
    c.flood(frame(PING, 0, 0, b"12345678") * 1000)


def empty_data_flood(c):
    stream = c.request()
    c.send(HEADERS, END_HEADERS, stream, STATUS_200)
    c.flood(frame(DATA, 0, stream) * 1000)


def continuation_flood(c):
    stream = c.request()
    c.send(HEADERS, 0, stream, STATUS_200)
    c.flood(frame(CONTINUATION, 0, stream, field("x-more", "y" * 1000)) * 10)


def empty_continuation_flood(c):
    stream = c.request()
    c.send(HEADERS, 0, stream, STATUS_200)
    c.flood(frame(CONTINUATION, 0, stream) * 1000)


def oversize_headers(c):
    stream = c.request()
    c.send(HEADERS, 0, stream, STATUS_200)
    for i in range(40):
        c.send(CONTINUATION, 0, stream, field(f"x-{i}", "y" * 16000))
    c.send(CONTINUATION, END_HEADERS | END_STREAM, stream, field("x-last", "z"))
    c.wait()


def many_headers(c):
    stream = c.request()
    c.send(HEADERS, END_HEADERS, stream, STATUS_200 + field("x", "") * 3000)
    c.wait()


def bad_hpack(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, b"\xff\xff\xff\xff\xff\xff\xff\xff")


def hpack_bomb(c):
    """One large field in the table, and a reference of a byte to it, over and over."""
    stream = c.request()
    large = b"\x40" + integer(1, 7) + b"x" + integer(3900, 7) + b"v" * 3900
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, STATUS_200 + large + b"\xbe" * 12000)
    c.wait()


def window_overflow(c, stream):
    c.send(WINDOW, 0, stream, struct.pack(">I", 0x7FFFFFFF))
    c.send(WINDOW, 0, 0, struct.pack(">I", 0x7FFFFFFF))


def window_of_zero(c, stream):
    c.send(WINDOW, 0, stream, struct.pack(">I", 0))


def frame_too_large(c, stream):
    c.send(HEADERS, END_HEADERS, stream, STATUS_200)
    c.send(DATA, END_STREAM, stream, bytes(16385))


def data_before_headers(c, stream):
    c.send(DATA, END_STREAM, stream, b"hello")


def no_status(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, field("server", "none"))


def two_statuses(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, STATUS_200 + STATUS_200)


def bad_status(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, field(":status", "abc"))


def late_pseudo_field(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, field("server", "s") + STATUS_200)


def connection_field(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, STATUS_200 + field("connection", "close"))


def pseudo_trailers(c, stream):
    c.send(HEADERS, END_HEADERS, stream, STATUS_200)
    c.send(DATA, 0, stream, b"hello")
    c.send(HEADERS, END_HEADERS | END_STREAM, stream, STATUS_200)


def trailers_without_end(c, stream):
    c.send(HEADERS, END_HEADERS, stream, STATUS_200)
    c.send(DATA, 0, stream, b"hello")
    c.send(HEADERS, END_HEADERS, stream, field("x-t", "1"))


def length_too_long(c, stream):
    c.answer(stream, STATUS_200 + field("content-length", "10"))


def length_too_short(c, stream):
    c.answer(stream, STATUS_200 + field("content-length", "3"))


def two_lengths(c, stream):
    c.answer(stream, STATUS_200 + field("content-length", "5") + field("content-length", "6"))


def stream_never_opened(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, stream + 100, STATUS_200)


def stream_of_the_server(c, stream):
    c.send(HEADERS, END_HEADERS | END_STREAM, 2, STATUS_200)


def data_on_stream_zero(c, stream):
    c.send(DATA, 0, 0, b"hello")


def settings_on_a_stream(c, stream):
    c.send(SETTINGS, 0, stream)


def settings_odd_length(c, stream):
    c.send(SETTINGS, 0, 0, b"12345")


def settings_bad_window(c, stream):
    c.send(SETTINGS, 0, 0, struct.pack(">HI", 4, 0xFFFFFFFF))


def pushes(c, stream):
    c.send(PUSH_PROMISE, END_HEADERS, stream, struct.pack(">I", 2) + STATUS_200)


def interleaved_headers(c, stream):
    c.send(HEADERS, 0, stream, STATUS_200)
    c.send(PING, 0, 0, b"12345678")


def lone_continuation(c, stream):
    c.send(CONTINUATION, END_HEADERS, stream, STATUS_200)


def answers_twice(c, stream):
    c.answer(stream)
    c.answer(stream)


def unknown_frames(c, stream):
    c.send(0xEE, 0xFF, stream, b"to be ignored (RFC 9113, section 5.5)")
    c.answer(stream)


def silent(c):
    c.wait()


def hangs_mid_body(c, stream):
    c.send(HEADERS, END_HEADERS, stream, STATUS_200)
    c.send(DATA, 0, stream, b"half")


def closes_after_request(c):
    c.request()


def closes_mid_body(c):
    hangs_mid_body(c, c.request())


def closes_mid_frame(c):
    stream = c.request()
    c.send(HEADERS, END_HEADERS, stream, STATUS_200)
    c.sock.sendall(frame(DATA, 0, stream, bytes(1000))[:100])


def no_streams_allowed(c):
    c.send(SETTINGS, 0, 0, struct.pack(">HI", 3, 0))
    c.wait()


def window_never_opens(c):
    """For uploads: after the first 65,535 bytes there is no more room."""
    c.wait()


def reads_nothing(c):
    """For uploads: the windows have room for all, and the kernel's buffers have none."""
    c.send(SETTINGS, 0, 0, struct.pack(">HI", 4, 0x7FFFFFFF))
    c.send(WINDOW, 0, 0, struct.pack(">I", 0x7FFFFFFF - 65535))
    time.sleep(FLOOD_S)


def garbage(c, stream):
    c.sock.sendall(b"these bytes are no frame of any kind, and there are enough of them" * 10)


def speaks_http1(c):
    c.sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


ACTS = [
    good, goaway_at_once, goaway_error, goaway_mid_load, reset_mid_body, settings_flood, ping_flood,
    empty_data_flood, continuation_flood, empty_continuation_flood, oversize_headers, many_headers,
    bad_hpack, hpack_bomb, window_overflow, window_of_zero, frame_too_large,
    data_before_headers, no_status, two_statuses, bad_status, late_pseudo_field, connection_field,
    pseudo_trailers, trailers_without_end, length_too_long, length_too_short, two_lengths,
    stream_never_opened, stream_of_the_server, data_on_stream_zero, settings_on_a_stream,
    settings_odd_length, settings_bad_window, pushes, interleaved_headers, lone_continuation,
    answers_twice, unknown_frames, silent, hangs_mid_body, closes_after_request, closes_mid_body,
    closes_mid_frame, no_streams_allowed, window_never_opens, reads_nothing, garbage, speaks_http1,
]  # fmt: skip


def named_acts():
    for act in ACTS:
        yield act.__name__, act
    for name, code in (("protocol", 1), ("internal", 2), ("refused", 7), ("cancel", 8)):
        yield f"reset_{name}", reset(code)


def play(act, sock):
    connection = Connection(sock)
    if act is not speaks_http1:
        connection.take(len(PREFACE))
        connection.send(SETTINGS, 0, 0)
    if "stream" not in act.__code__.co_varnames[: act.__code__.co_argcount]:
        act(connection)
        return
    while True:
        act(connection, connection.request())


def talk(act, sock):
    """The end is orderly: unread bytes at a close would make it a reset, which loses what was sent."""
    with contextlib.suppress(Gone):
        play(act, sock)
    sock.shutdown(socket.SHUT_WR)
    sock.settimeout(FLOOD_S)
    while sock.recv(65536):
        pass


def serve(act, sock, tls):
    with contextlib.suppress(OSError), sock:
        if not tls:
            talk(act, sock)
            return
        with tls.wrap_socket(sock, server_side=True) as secure:
            talk(act, secure)


def accept_all(listener, act, tls):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=serve, args=(act, sock, tls), daemon=True).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", nargs=2)
    options = parser.parse_args()
    tls = None
    if options.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*options.tls)
        tls.set_alpn_protocols(["h2"])
    for name, act in named_acts():
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=accept_all, args=(listener, act, tls), daemon=True).start()
        print(name, listener.getsockname()[1])
    print("ready", 0, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
