# SPDX-License-Identifier: Apache-2.0
"""Options from files and from the environment, as text.

A .conf file has lines "name = value", "name: value", "name value" or just "name" (a flag); # and ;
begin comments, [sections] have no meaning. A .toml file has them in [tool.locust]. A value in
[brackets] is a list.
"""
import json
import re
import tomllib
from typing import Any, Iterator

TRUE_WORDS = ("true", "yes", "on", "1")
FALSE_WORDS = ("false", "no", "off", "0")

_LINE = re.compile(r"(?P<key>[^\s:=]+)(?:(?P<equals>\s*[:=]\s*|\s+)(?P<value>.*))?")
_COMMENT = re.compile(r"(?<=\S)\s+[#;].*")


class ConfigError(Exception):
    """What is wrong with a file, a sentence."""


def read(path: str) -> list[tuple[str, Any]]:
    """(option name without dashes, value) in the file's order; ConfigError when unreadable."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"Unable to open config file: {path}. Error: {error}") from None
    if path.endswith(".toml"):
        return _read_toml(text)
    return list(_read_conf(path, text))


def _read_toml(text: str) -> list[tuple[str, Any]]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"Couldn't parse TOML file: {error}") from None
    tool = table.get("tool", {})
    options = tool.get("locust", {}) if isinstance(tool, dict) else {}
    if not isinstance(options, dict):
        raise ConfigError("Couldn't parse TOML file: tool.locust has to be a table")
    return [(key, _toml_value(value)) for key, value in options.items()]


def _toml_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_toml_value(item) for item in value]
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_conf(path: str, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line[0] in "#;[" or line.startswith("---"):
            continue
        match = _LINE.fullmatch(line)
        if not match or not match["key"].lstrip("-"):
            raise ConfigError(f"Unexpected line {number} in {path}: {line}")
        yield match["key"].lstrip("-"), _conf_value(match)


def _conf_value(match: re.Match) -> Any:
    if match["equals"] is None:
        return "true"
    value = _COMMENT.sub("", match["value"]).strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return as_list(value)


def as_list(text: str) -> Any:
    """["a", "b"] of "[a, b]"; anything else, JSON objects in brackets too, stays as it is."""
    if not (text.startswith("[") and text.endswith("]")):
        return text
    try:
        items = json.loads(text)
    except ValueError:
        parts = [part.strip().strip("'\"") for part in text[1:-1].split(",")]
        return text if "{" in text else [part for part in parts if part]
    if any(isinstance(item, (dict, list)) for item in items):
        return text
    return [str(item) for item in items]
