# SPDX-License-Identifier: Apache-2.0
"""The encoding of a text: what its content type says, or what its bytes look like."""
import re
from functools import lru_cache

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s;\"']+)", re.I)


@lru_cache(256)
def encoding_of(content_type: str | None) -> str | None:
    """None when it does not say and is not that of a text."""
    if not content_type:
        return None
    found = _CHARSET.search(content_type)
    if found:
        return found[1]
    if "text" in content_type:
        return "ISO-8859-1"
    return "utf-8" if "application/json" in content_type else None


def guessed_encoding(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "ISO-8859-1"
    return "utf-8"
