# SPDX-License-Identifier: Apache-2.0
"""One row of the table of failures: the same error of the same request, counted."""
import hashlib
import time
from typing import Any

from locust.exception import CatchResponseError

MASKED_BEFORE = "object at 0x"
MASK = "object at 0x...."
_CAUGHT = "CatchResponseError("  # as workers send it


def mask_address(text: str) -> str:
    """Two errors that differ only in where an object lies in memory are one. The first address
    counts, wherever it is repeated; one without a closing ">" stays as it is."""
    start = text.find(MASKED_BEFORE)
    end = text.find(">", start)
    if start < 0 or end < 0:
        return text
    return text.replace(text[start:end], MASK)


class StatsError:
    """`error` is what was reported (an exception or a text); times are those of time.time()."""

    def __init__(
        self,
        method: str,
        name: str,
        error: Any,
        occurrences: int = 0,
        first_seen: float | None = None,
        last_seen: float | None = None,
    ) -> None:
        self.method = method
        self.name = name
        self.error = error
        self.occurrences = occurrences
        self.first_seen = first_seen
        self.last_seen = last_seen

    @classmethod
    def parse_error(cls, error: Any) -> str:
        return mask_address(error if isinstance(error, str) else repr(error))

    @classmethod
    def create_key(cls, method: str, name: str, error: Any) -> str:
        text = f"{method}.{name}.{StatsError.parse_error(error)!r}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def occurred(self, now: float | None = None) -> None:
        if now is None:
            now = time.time()
        if self.first_seen is None:
            self.first_seen = now
        self.last_seen = now
        self.occurrences += 1

    def add(self, other: "StatsError") -> None:
        """Adds what another process saw of the same error."""
        seen = [t for t in (self.first_seen, other.first_seen) if t is not None]
        last = [t for t in (self.last_seen, other.last_seen) if t is not None]
        self.first_seen = min(seen, default=None)
        self.last_seen = max(last, default=None)
        self.occurrences += other.occurrences

    def to_name(self) -> str:
        """As in the terminal's table: the first error itself, with its address. What failure() was
        given stands there without the exception around it."""
        text = self.error if isinstance(self.error, str) else repr(self.error)
        if isinstance(self.error, CatchResponseError):
            text = str(self.error.args[0]) if self.error.args else ""
        elif text.startswith(_CAUGHT) and text.endswith(")"):
            text = text[len(_CAUGHT) : -1]
        return f"{self.method} {self.name}: {text}"

    def serialize(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "method": self.method,
            "error": self.parse_error(self.error),
            "occurrences": self.occurrences,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
        }

    @classmethod
    def unserialize(cls, data: dict[str, Any]) -> "StatsError":
        return cls(
            data["method"],
            data["name"],
            data["error"],
            data["occurrences"],
            data.get("first_seen"),
            data.get("last_seen"),
        )

    def to_dict(self) -> dict[str, Any]:
        """As the report and /stats/requests show it."""
        row = self.serialize()
        return {"method": row.pop("method"), **row}
