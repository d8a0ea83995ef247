# SPDX-License-Identifier: Apache-2.0
"""What this Python's ssl raises, down to the line number in its texts: they group failures."""
import ssl
from functools import cache
from urllib.parse import urlsplit

# The engine's names of handshakes that failed, but for whom the peer is and that it speaks none.
TLS_OUTCOMES = (
    "TLS",
    "TLS_EXPIRED",
    "TLS_NOT_YET_VALID",
    "TLS_VERSION",
    "TLS_REFUSED",
    "TLS_CLIENT_CERTIFICATE",
    "TLS_NAME",
    "TLS_CLOSED",
)


def wrong_version() -> ssl.SSLError:
    """Of a server that does not speak TLS."""
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    received.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    try:
        context.wrap_bio(received, sent, server_hostname="localhost").do_handshake()
    except ssl.SSLError as error:
        return error
    return ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")


@cache
def _place() -> str:
    """Where ssl raises, like " (_ssl.c:992)": the end of all its texts."""
    text = str(wrong_version())
    return text[text.rfind(" (") :] if text.endswith(")") else ""


def tls_error(text: str) -> ssl.SSLError:
    return ssl.SSLError(1, text + _place())


def not_verified(reason: str) -> ssl.SSLCertVerificationError:
    text = f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {reason}{_place()}"
    return ssl.SSLCertVerificationError(1, text)


def wrong_name(url: str) -> ssl.SSLCertVerificationError:
    """The certificate is not one of the host in `url`."""
    host = urlsplit(url).hostname or ""
    kind = "IP address" if host.replace(".", "").isdigit() or ":" in host else "Hostname"
    return not_verified(f"{kind} mismatch, certificate is not valid for {host!r}.")
