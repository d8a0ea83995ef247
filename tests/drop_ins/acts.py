# SPDX-License-Identifier: Apache-2.0
"""What the origin does, chosen by the first word of a request's path: /bytes/64 calls bytes(conn,
"64"). An act returns False when the connection ends after it. Nothing here depends on time or
chance, and no answer carries a date of now."""
import gzip
import socket
import time
from urllib.parse import urlsplit

REASONS = {200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content",
           301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
           307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests",
           500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
BAD_REQUEST = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TABLE = {}


def named(function):
    TABLE[function.__name__] = function
    return function


def act(conn):
    """Serves the request that `conn` has just read. False: the connection ends."""
    if conn.method == "CONNECT":
        return tunnel(conn)
    conn.origin.pace()
    name, _, argument = urlsplit(conn.path).path.lstrip("/").partition("/")
    return TABLE.get(name, TABLE["missing"])(conn, argument)


def tunnel(conn):
    if not conn.send("HTTP/1.1 200 Connection established\r\n\r\n"):
        return False
    conn.tls_context = conn.origin.tls_contexts["https"]
    conn.start_tls()
    return True


def stays(conn):
    """Whether the client wants to go on with this connection."""
    words = conn.headers.get("connection", "").lower()
    return "keep-alive" in words or (conn.version == "HTTP/1.1" and "close" not in words)


def head(conn, status, headers, protocol="HTTP/1.1"):
    lines = [f"{protocol} {status} {REASONS.get(status, 'Unheard Of')}", "Server: origin/1.0",
             "Date: Thu, 01 Jan 2026 00:00:00 GMT"]
    if not stays(conn):
        lines.append("Connection: close")
    elif conn.version == "HTTP/1.0":
        lines += ["Keep-Alive: timeout=5, max=100", "Connection: Keep-Alive"]
    return "\r\n".join(lines + list(headers)) + "\r\n\r\n"


def reply(conn, body=b"", status=200, headers=(), content_type="text/plain", before=""):
    """A whole and correct answer; `before` it something else in the same write."""
    body = body.encode() if isinstance(body, str) else body
    fields = [*headers, f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    text = (before + head(conn, status, fields)).encode()
    without = conn.method == "HEAD" or status in (204, 304)
    return conn.send(text if without else text + body) and stays(conn)


# Good answers.
@named
def hello(conn, _):
    return reply(conn, "Hello, world\n")


@named
def missing(conn, _):
    return reply(conn, "there is nothing\n", 404)


@named
def status(conn, argument):
    return reply(conn, f"status {argument}\n", int(argument))


@named
def bytes_(conn, argument):
    return reply(conn, b"x" * int(argument), content_type="application/octet-stream")


TABLE["bytes"] = bytes_


@named
def echo(conn, _):
    return reply(conn, conn.body)


@named
def nothing(conn, _):
    """A body of no bytes."""
    return reply(conn)


@named
def varying(conn, _):
    """Lengths that differ: 10, 11, 12, 10, ..."""
    return reply(conn, "v" * (10 + (conn.number - 1) % 3))


@named
def mixed(conn, _):
    """200, 404, 500, 200, ..."""
    return reply(conn, "mixed\n", (200, 404, 500)[(conn.number - 1) % 3])


@named
def headers(conn, argument):
    """So many header fields more, of 100 bytes each."""
    more = [f"X-{i:04}: " + "h" * 90 for i in range(int(argument))]
    return reply(conn, "headers\n", headers=more)


@named
def cookie(conn, _):
    return reply(conn, "a cookie\n", headers=["Set-Cookie: taste=sweet; Path=/", "Set-Cookie: deep=1"])


@named
def private(conn, _):
    if conn.headers.get("authorization") == "Basic dXNlcjpwYXNz":
        return reply(conn, "come in\n")
    return reply(conn, "who?\n", 401, ['WWW-Authenticate: Basic realm="origin"'])


@named
def zipped(conn, _):
    if "gzip" not in conn.headers.get("accept-encoding", ""):
        return reply(conn, b"packed " * 100)
    return reply(conn, gzip.compress(b"packed " * 100, mtime=0), headers=["Content-Encoding: gzip"])


@named
def badzip(conn, _):
    return reply(conn, b"not gzip at all", headers=["Content-Encoding: gzip"])


# Redirects.
@named
def redirect(conn, argument):
    """/redirect/302/hello: that status, to that path."""
    code, _, where = argument.partition("/")
    return reply(conn, "moved\n", int(code), [f"Location: /{where}"])


@named
def redirects(conn, argument):
    """So many, one after the other, then hello."""
    left = int(argument)
    where = f"/redirects/{left - 1}" if left > 1 else "/hello"
    return reply(conn, "moved\n", 302, [f"Location: {where}"])


@named
def loop(conn, _):
    return reply(conn, "round\n", 302, ["Location: /loop"])


@named
def nowhere(conn, _):
    return reply(conn, "moved\n", 302)


@named
def away(conn, _):
    """To the port that refuses."""
    return reply(conn, "moved\n", 302, [f"Location: http://127.0.0.1:{conn.origin.ports['refused']}/"])


@named
def secure(conn, _):
    return reply(conn, "moved\n", 302,
                 [f"Location: https://127.0.0.1:{conn.origin.ports['https']}/hello"])


# Framing.
@named
def chunked(conn, argument):
    """In chunks, whatever the request's version; /chunked/trailer with one."""
    trailer = "X-Trailer: end\r\n" if argument == "trailer" else ""
    text = head(conn, 200, ["Transfer-Encoding: chunked"])
    if conn.method != "HEAD":
        text += "5\r\nHello\r\n8;ext=1\r\n, world\n\r\n0\r\n" + trailer + "\r\n"
    return conn.send(text) and stays(conn)


@named
def until_close(conn, _):
    """No length: the body ends with the connection."""
    conn.send(head(conn, 200, []).replace("Connection: Keep-Alive\r\n", "") + "Hello, world\n")
    return False


@named
def close(conn, _):
    """Announces the end of the connection."""
    text = head(conn, 200, ["Content-Length: 13"]).replace("Connection: Keep-Alive\r\n", "")
    if "Connection: close" not in text:
        text = text.replace("Server:", "Connection: close\r\nServer:")
    conn.send(text + "Hello, world\n")
    return False


@named
def silent_close(conn, _):
    """Ends the connection after a good answer without having said so."""
    hello(conn, "")
    return False


@named
def old(conn, _):
    """An answer of HTTP/1.0."""
    conn.send(head(conn, 200, ["Content-Length: 13"], "HTTP/1.0") + "Hello, world\n")
    return stays(conn) and conn.version == "HTTP/1.0"


@named
def lowercase(conn, _):
    return conn.send("HTTP/1.1 200 OK\r\nserver: lower\r\ncontent-length: 13\r\n"
                     "connection: keep-alive\r\n\r\nHello, world\n") and stays(conn)


@named
def bare(conn, _):
    """Nothing in the head but the length."""
    return conn.send("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, world\n") and stays(conn)


@named
def no_reason(conn, _):
    return conn.send("HTTP/1.1 200\r\nContent-Length: 13\r\n\r\nHello, world\n") and stays(conn)


@named
def line_feeds(conn, _):
    """Lines that end in LF alone."""
    return conn.send("HTTP/1.1 200 OK\nServer: unix\nContent-Length: 13\n\nHello, world\n") and stays(conn)


@named
def interim(conn, _):
    return reply(conn, "Hello, world\n", before="HTTP/1.1 100 Continue\r\n\r\n")


@named
def hints(conn, _):
    return reply(conn, "Hello, world\n", before="HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")


@named
def pieces(conn, _):
    """A good answer in writes of three bytes."""
    text = head(conn, 200, ["Content-Length: 13"]) + "Hello, world\n"
    for i in range(0, len(text), 3):
        conn.send(text[i:i + 3])
        time.sleep(0.0005)
    return stays(conn)


@named
def surplus(conn, _):
    """More body than was said, and the end."""
    conn.send(head(conn, 200, ["Content-Length: 5"]) + "Hello, world\n")
    return False


# Slow answers.
@named
def slow(conn, argument):
    """So many milliseconds before the answer."""
    time.sleep(int(argument) / 1000)
    return hello(conn, "")


@named
def slow_body(conn, argument):
    """So many milliseconds between the body's halves."""
    conn.send(head(conn, 200, ["Content-Length: 13"]) + "Hello,")
    time.sleep(int(argument) / 1000)
    return conn.send(" world\n") and stays(conn)


@named
def hang(conn, _):
    return conn.wait_for_end()


@named
def half_hang(conn, _):
    conn.send(head(conn, 200, ["Content-Length: 13"]) + "Hello,")
    return conn.wait_for_end()


@named
def first(conn, argument):
    """/first/10/slow/5: the first ten requests go to that act (none: hello), the others wait for
    ever; so a run of a given time has a given number of answers."""
    count, _, then = argument.partition("/")
    if conn.number > int(count):
        return conn.wait_for_end()
    name, _, rest = (then or "hello").partition("/")
    return TABLE[name](conn, rest)


@named
def after(conn, argument):
    """/after/3/reset: hello three times, from then on that act."""
    count, _, then = argument.partition("/")
    name, _, rest = then.partition("/")
    return hello(conn, "") if conn.number <= int(count) else TABLE[name](conn, rest)


# Failures.
@named
def reset(conn, argument):
    """RST instead of an answer; /reset/half after half of it."""
    if argument:
        conn.send(head(conn, 200, ["Content-Length: 13"]) + "Hello,")
        time.sleep(0.02)  # lest the reset overtakes the bytes
    return conn.reset()


@named
def empty(*_):
    """The end instead of an answer."""
    return False


@named
def cut(conn, _):
    """A good answer; TLS ends without close_notify."""
    conn.is_cut = True
    hello(conn, "")
    return False


@named
def truncated(conn, argument):
    """Half a body; /truncated/head half a head; /truncated/chunk half a chunk."""
    if argument == "head":
        conn.send("HTTP/1.1 200 OK\r\nContent-Len")
    elif argument == "chunk":
        conn.send(head(conn, 200, ["Transfer-Encoding: chunked"]) + "d\r\nHello,")
    else:
        conn.send(head(conn, 200, ["Content-Length: 100"]) + "Hello,")
    return False


@named
def garbage(conn, argument):
    """No HTTP; /garbage/binary bytes; /garbage/length and /garbage/chunk what cannot be a number."""
    if argument == "binary":
        conn.send(bytes(range(256)) * 4)
    elif argument == "length":
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nHello, world\n")
    elif argument == "chunk":
        conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nHello\r\n0\r\n\r\n")
    elif argument == "status":
        conn.send("HTTP/1.1 abc OK\r\nContent-Length: 13\r\n\r\nHello, world\n")
    else:
        conn.send("This is no HTTP\r\nand never was\r\n\r\n")
    return False


@named
def half_close(conn, _):
    """A good answer, then the writing side ends at once, whatever the client wants."""
    hello(conn, "")
    try:
        conn.sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    return conn.wait_for_end()
