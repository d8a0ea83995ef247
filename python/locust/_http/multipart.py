# SPDX-License-Identifier: Apache-2.0
"""multipart/form-data (RFC 7578) of the `files` and `data` arguments."""
import os
from collections.abc import Iterator, Mapping


def _pairs(data) -> Iterator:
    if not data:
        return iter(())
    return iter(data.items() if isinstance(data, Mapping) else data)


def _quoted(text) -> str:
    text = text.decode("utf-8") if isinstance(text, bytes) else str(text)
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _bytes(content) -> bytes:
    if hasattr(content, "read"):
        content = content.read()
    return content.encode("utf-8") if isinstance(content, str) else bytes(content)


def _file_name(content) -> str | None:
    name = getattr(content, "name", None)
    if isinstance(name, str) and name and name[0] != "<" and name[-1] != ">":
        return os.path.basename(name)
    return None


def _part(name, content: bytes, file_name=None, content_type=None, headers=None) -> bytes:
    lines = [f'Content-Disposition: form-data; name="{_quoted(name)}"']
    if file_name is not None:
        lines[0] += f'; filename="{_quoted(file_name)}"'
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines.extend(f"{key}: {value}" for key, value in _pairs(headers))
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + content


def _fields(data) -> Iterator[bytes]:
    for name, values in _pairs(data):
        if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            values = [values]
        for value in values:
            if value is not None:
                yield _part(name, _bytes(value if isinstance(value, (str, bytes)) else str(value)))


def _files(files) -> Iterator[bytes]:
    for name, value in _pairs(files):
        file_name, content_type, headers = None, None, None
        if isinstance(value, (tuple, list)):
            file_name, content, *rest = value
            content_type = rest[0] if rest else None
            headers = rest[1] if len(rest) > 1 else None
        else:
            content = value
            file_name = _file_name(value) or name
        if content is not None:
            yield _part(name, _bytes(content), file_name, content_type, headers)


def encoded_multipart(files, data) -> tuple[bytes, str]:
    """The body and its content type. Each value of `files` is a file, its bytes or text, or a tuple
    (name, content[, content type[, headers]])."""
    if isinstance(data, (str, bytes)) and data:
        raise ValueError("Data must not be a string.")
    boundary = os.urandom(16).hex()
    line = f"--{boundary}".encode()
    parts = [*_fields(data), *_files(files)]
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    return body, f"multipart/form-data; boundary={boundary}"
