# SPDX-License-Identifier: Apache-2.0
"""Headers by case-insensitive name, in order, each with the spelling it was set with.

`_store` is what the engine takes as the headers of a session, so requests that only use those
build nothing.
"""
from collections.abc import Iterable, Mapping, MutableMapping

from locust._http.requests_api import InvalidHeader


class Headers(MutableMapping):
    """A dict of headers; `_store`: lower-case name -> (name, value)."""

    __slots__ = ("_store",)

    def __init__(self, data=None, **keywords):
        self._store: dict = {}
        self.update({} if data is None else data, **keywords)

    def __setitem__(self, name, value):
        self._store[name.lower()] = (name, value)

    def __getitem__(self, name):
        return self._store[name.lower()][1]

    def __delitem__(self, name):
        del self._store[name.lower()]

    def __contains__(self, name):
        return name.lower() in self._store

    def __iter__(self):
        return (name for name, _ in self._store.values())

    def __len__(self):
        return len(self._store)

    def lower_items(self):
        """(lower-case name, value) of each."""
        return ((lower, pair[1]) for lower, pair in self._store.items())

    def copy(self) -> "Headers":
        return Headers(self.items())

    def __eq__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.lower_items()) == dict(Headers(other).lower_items())

    def __repr__(self):
        return str(dict(self.items()))


class SessionHeaders(Headers):
    """A session's own. `wire` is what the engine sends: these, and what basic authentication adds.
    It is made anew only after a change."""

    __slots__ = ("_wire", "_authorization")

    def __init__(self, data=None):
        self._wire = None
        self._authorization: str | None = None
        super().__init__(data)

    def __setitem__(self, name, value):
        self._wire = None
        self._store[name.lower()] = (name, value)

    def __delitem__(self, name):
        self._wire = None
        del self._store[name.lower()]

    def set_authorization(self, value: str | None) -> None:
        self._wire = None
        self._authorization = value

    def make_wire(self) -> dict:
        wire = {lower: pair for lower, pair in self._store.items() if pair[1] is not None}
        if self._authorization is not None:
            wire.pop("authorization", None)
            wire["authorization"] = ("Authorization", self._authorization)
        self._wire = wire
        return wire


def joined(items: Iterable[tuple[str, str]]) -> Headers:
    """Those of an answer: values of one name are joined, as requests does."""
    headers = Headers()
    store = headers._store
    for name, value in items:
        lower = name.lower()
        if lower in store:
            first, values = store[lower]
            store[lower] = (first, values + ", " + value)
        else:
            store[lower] = (name, value)
    return headers


def merged(session: Headers, call: Mapping | None) -> Headers:
    """The session's, overridden in their places by the call's; None takes one away."""
    if call is None:
        call = {}
    elif not isinstance(call, Mapping):
        call = dict(call)
    result = Headers()
    result._store = dict(session._store)
    for name, value in call.items():
        _check(name, value, call)
        result[name.decode("ascii") if isinstance(name, bytes) else name] = value
    for lower in [key for key, pair in result._store.items() if pair[1] is None]:
        del result._store[lower]
    return result


def check_all(headers: Headers) -> None:
    """InvalidHeader for what cannot be sent."""
    for name, value in headers.items():
        _check(name, value, headers)


def _check(name, value, headers) -> None:
    if value is None:
        return
    for part in (name, value):
        if not isinstance(part, (str, bytes)):
            raise InvalidHeader(
                f"Header part ({part!r}) from {headers} must be of type str or bytes,"
                f" not {type(part)}"
            )
    _check_text(name, "name")
    _check_text(value, "value")


def _check_text(part, kind: str) -> None:
    text = part.decode("latin1") if isinstance(part, bytes) else part
    bad_name = kind == "name" and (not text or ":" in text)
    if bad_name or "\r" in text or "\n" in text or text[:1].isspace():
        raise InvalidHeader(
            "Invalid leading whitespace, reserved character(s), or return "
            f"character(s) in header {kind}: {part!r}"
        )
