# SPDX-License-Identifier: Apache-2.0
"""How a FastHttpSession reaches servers: the settings that geventhttpclient's clients take, and the
engine's transport that stands for them.
"""
import atexit
import hashlib
import logging
import os
import ssl
import tempfile
from contextlib import contextmanager
from urllib.parse import quote
from weakref import WeakKeyDictionary

from locust import _engine
from locust._fast.gate import Gate
from locust.log import warn_once

logger = logging.getLogger("locust.contrib.fasthttp")

_DEFAULTS = {
    "network_timeout": 5.0,
    "connection_timeout": 5.0,
    "concurrency": 1,
    "insecure": False,
    "ssl_context_factory": None,
    "proxy_host": None,
    "proxy_port": None,
    "proxy_user": None,
    "proxy_password": None,
    "block_size": 4096,
}
_NOT_USED = frozenset(("disable_ipv6", "ssl", "ssl_options", "version", "headers_type", "headers"))
_gates: WeakKeyDictionary = WeakKeyDictionary()
_authority_files: dict = {}


class HTTPClientPool:
    """The settings that users share who have the same client_pool."""

    def __init__(self, **kw):
        self.client_args = kw

    def close(self) -> None:
        """Every user closes its own connections."""


def settings_of(pool) -> dict:
    """All settings of `pool`. TypeError for one that there is not."""
    given = pool.client_args
    for name in given:
        if name in _NOT_USED:
            warn_once(logger, f"client_pool: {name} is not used; remove it.")
        elif name not in _DEFAULTS:
            raise TypeError(f"HTTPClient.__init__() got an unexpected keyword argument {name!r}")
    return {**_DEFAULTS, **given}


def gate_of(pool, is_shared: bool) -> Gate:
    """Users with one pool share its number of requests under way, but each has connections of its
    own."""
    if not is_shared:
        return Gate(settings_of(pool)["concurrency"])
    warn_once(
        logger,
        "client_pool: its settings and its concurrency are shared by the users; connections are not,"
        " each user has its own.",
    )
    if pool not in _gates:
        _gates[pool] = Gate(settings_of(pool)["concurrency"])
    return _gates[pool]


def insecure_ssl_context_factory() -> ssl.SSLContext:
    """A context that believes every server."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def transport_of(settings: dict) -> "_engine.Transport | None":
    """None where the engine's own trust is meant. ValueError for files that cannot be used."""
    factory = settings["ssl_context_factory"]
    trust = {"verify": not settings["insecure"] and factory is not insecure_ssl_context_factory}
    if factory not in (None, insecure_ssl_context_factory):
        trust = _trust_of(factory, trust["verify"])
    proxy = _proxy_of(settings)
    if trust == {"verify": True} and not proxy:
        return None
    return _engine.Transport(**trust, proxy=proxy)


def _proxy_of(settings: dict):
    if not settings["proxy_host"]:
        return None
    user = ""
    if settings["proxy_user"]:
        password = settings["proxy_password"] or ""
        user = f"{quote(settings['proxy_user'], '')}:{quote(password, '')}@"
    return f"http://{user}{settings['proxy_host']}:{settings['proxy_port'] or 80}"


def _trust_of(factory, verify: bool) -> dict:
    """What can be read out of the context that `factory` makes. Without its verification, or with
    `insecure`, there is none: the engine does not check a chain without the name."""
    with _watched_certificates() as loaded:
        context = factory()
    trust = {"verify": verify and context.verify_mode != ssl.CERT_NONE}
    if trust["verify"]:
        trust["ca_file"] = _authority_file(context.get_ca_certs(binary_form=True))
    if loaded:
        trust["cert_file"], trust["key_file"] = loaded[-1]
    return trust


@contextmanager
def _watched_certificates():
    """The (certificate, key) files that contexts load meanwhile: a context does not tell them."""
    loaded = []
    original = ssl.SSLContext.load_cert_chain

    def load_cert_chain(self, certfile, keyfile=None, password=None):
        loaded.append((os.fspath(certfile), os.fspath(keyfile or certfile)))
        return original(self, certfile, keyfile, password)

    ssl.SSLContext.load_cert_chain = load_cert_chain
    try:
        yield loaded
    finally:
        ssl.SSLContext.load_cert_chain = original


def _authority_file(certificates: list):
    """A file with these authorities, one for each set of them; None when there are none or the
    system's."""
    default = ssl.create_default_context().get_ca_certs(binary_form=True)
    if not certificates or set(certificates) == set(default):
        return None
    digest = hashlib.sha256(b"".join(sorted(certificates))).digest()
    if digest not in _authority_files:
        handle, path = tempfile.mkstemp(prefix="authorities-", suffix=".pem")
        atexit.register(os.unlink, path)
        with os.fdopen(handle, "w") as file:
            file.writelines(map(ssl.DER_cert_to_PEM_cert, certificates))
        _authority_files[digest] = path
    return _authority_files[digest]
