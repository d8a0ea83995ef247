# SPDX-License-Identifier: Apache-2.0
"""The arguments verify, cert, proxies and timeout as the engine takes them."""
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from locust import _engine, _hub
from locust._http import requests_api

_transports: dict = {}


def proxy_for(url: str, proxies: Mapping | None) -> str | None:
    """The most special of scheme://host, scheme, all://host and all."""
    if not proxies:
        return None
    parts = urlsplit(url)
    for scheme in (parts.scheme, "all"):
        for key in (f"{scheme}://{parts.hostname}", scheme):
            if key in proxies:
                return proxies[key]
    return None


def _proxy_url(proxy: str) -> str:
    if "://" not in proxy:
        proxy = "http://" + proxy
    parts = urlsplit(proxy)
    if parts.scheme.startswith("socks"):
        raise requests_api.InvalidSchema("Missing dependencies for SOCKS support.")
    if not parts.hostname:
        raise requests_api.InvalidProxyURL(
            "Please check proxy URL. It is malformed and could be missing the host."
        )
    return proxy


def _pair(cert) -> tuple[str | None, str | None]:
    """Files of a certificate and its key, from one file or two."""
    files = (cert, None) if isinstance(cert, (str, os.PathLike)) else cert or (None, None)
    for path, what in zip(files, ("certificate", "key")):
        if path and not os.path.exists(path):
            raise OSError(f"Could not find the TLS {what} file, invalid path: {path}")
    return tuple(path and os.fspath(path) for path in files)


def _transport_of(*key) -> "_engine.Transport":
    found = _transports.get(key)
    if found is None:
        _hub.ensure_open()
        found = _transports[key] = _engine.Transport(*key)
    return found


def transport_for(url: str, verify, cert, proxies) -> "_engine.Transport | None":
    """None when nothing is special. OSError, InvalidProxyURL or InvalidSchema for what cannot be
    used."""
    proxy = proxy_for(url, proxies)
    if proxy:
        proxy = _proxy_url(proxy)
    ca_file = os.fspath(verify) if isinstance(verify, (str, os.PathLike)) else None
    cert_file, key_file = _pair(cert)
    if url[:6] != "https:":
        verify = ca_file = None
    elif ca_file:
        if not os.path.exists(ca_file):
            raise OSError(
                f"Could not find a suitable TLS CA certificate bundle, invalid path: {ca_file}"
            )
    checks = verify is None or bool(verify)
    if checks and not (ca_file or cert_file or proxy):
        return None
    return _transport_of(checks, ca_file, cert_file, key_file, proxy)


def transport_without_checks() -> "_engine.Transport":
    """verify=False."""
    return _transport_of(False, None, None, None, None)


def _seconds(value, name: str) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool):
        raise ValueError(
            "Timeout cannot be a boolean value. It must be an int, float or None."
        )
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"Timeout value {name} was {value}, but it must be an int, float or None."
        ) from None
    if seconds <= 0:
        raise ValueError(
            f"Attempted to set {name} timeout to {value}, but the timeout cannot be set to a value"
            " less than or equal to 0."
        )
    return seconds


def timeouts(timeout) -> tuple:
    """(connect, read) as given, checked; None: no limit."""
    if isinstance(timeout, tuple):
        if len(timeout) != 2:
            raise ValueError(
                f"Invalid timeout {timeout}. Pass a (connect, read) timeout tuple, or a single"
                " float to set both timeouts to the same value."
            )
        connect, read = timeout
    elif hasattr(timeout, "connect_timeout"):  # urllib3.Timeout
        both = (timeout.connect_timeout, timeout.read_timeout)
        connect, read = (value if isinstance(value, (int, float)) else None for value in both)
    else:
        connect = read = timeout
    _seconds(connect, "connect")
    _seconds(read, "read")
    return connect, read
