# SPDX-License-Identifier: Apache-2.0
"""Header fields as geventhttpclient shows them: names without case, a name that came twice has a
list of values.

The store is a dict of lower-case name -> (name, value); with one value each it is what the engine
takes as a session's headers, so a user agent's default headers are passed on as they are.
"""
from collections.abc import Iterable, Iterator, Mapping


class Headers(dict):
    """`headers`: a mapping or pairs; values are texts or lists of them."""

    def __init__(self, headers=None, **fields):
        super().__init__()
        self.update(headers, **fields)

    def __setitem__(self, field: str, value) -> None:
        if isinstance(value, (list, tuple)):
            self.discard(field)
            for one in value:
                self.add(field, one)
        else:
            super().__setitem__(field.lower(), (field, value))

    def add(self, field: str, value) -> None:
        """One more value, beside those that are there."""
        pairs = self._pairs(field.lower())
        pairs.append((field, value))
        super().__setitem__(field.lower(), pairs[0] if len(pairs) == 1 else pairs)

    def _pairs(self, lower_name: str) -> list:
        stored = super().get(lower_name, [])
        return list(stored) if isinstance(stored, list) else [stored]

    def __getitem__(self, field: str):
        values = self.getlist(field)
        if not values:
            raise KeyError(field)
        return values[0] if len(values) == 1 else values

    def get(self, field: str, default=None):
        values = self.getlist(field)
        return default if not values else values[0] if len(values) == 1 else values

    def getlist(self, field: str) -> list:
        return [value for _name, value in self._pairs(field.lower())]

    getheaders = getallmatchingheaders = getlist

    def get_all(self, field: str, failobj=None):
        return self.getlist(field) or failobj

    def __delitem__(self, field: str) -> None:
        super().__delitem__(field.lower())

    def __contains__(self, field) -> bool:
        return super().__contains__(field.lower())

    def discard(self, field: str) -> None:
        super().pop(field.lower(), None)

    def pop(self, field: str, *default):
        if field in self:
            value = self[field]
            del self[field]
            return value
        return super().pop(field.lower(), *default)

    def setdefault(self, field: str, default: str = ""):
        if field not in self:
            self[field] = default
        return self[field]

    def update(self, headers=None, **fields) -> None:
        for name, value in _items(headers or {}):
            self[name] = value
        for name, value in fields.items():
            self[name] = value

    def extend(self, headers=None, **fields) -> None:
        for name, value in [*_items(headers or {}), *fields.items()]:
            self.add(name, value)

    def iterlower(self) -> Iterator:
        for lower_name in self:
            for _name, value in self._pairs(lower_name):
                yield lower_name, value

    def itermerged(self) -> Iterator:
        for lower_name in self:
            pairs = self._pairs(lower_name)
            yield pairs[0][0], ", ".join(value for _name, value in pairs)

    def items(self) -> Iterator:
        """Every field as it came."""
        for lower_name in self:
            yield from self._pairs(lower_name)

    def values(self) -> Iterator:
        return (self[lower_name] for lower_name in self)

    def compatible_dict(self) -> dict:
        return dict(self.itermerged())

    def copy(self) -> "Headers":
        return Headers(self)

    def __len__(self) -> int:
        return sum(1 for _pair in self.items())

    def __eq__(self, other) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.iterlower()) == dict(Headers(other).iterlower())

    __hash__ = None

    def __str__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self.items())

    def __repr__(self) -> str:
        return f"Headers({self.compatible_dict()!r})"


def _items(headers) -> Iterable:
    if isinstance(headers, Headers):
        return [(headers._pairs(lower)[0][0], headers[lower]) for lower in headers]
    return headers.items() if isinstance(headers, Mapping) else headers


def received(pairs) -> Headers:
    """The fields of a message in the order in which they came."""
    headers = Headers()
    for name, value in pairs:
        headers.add(name, value)
    return headers
