# SPDX-License-Identifier: Apache-2.0
"""What the values of options are: functions for argparse, which refuse with ArgumentTypeError."""
import argparse
import json
import math
import os

from locust.util.timespan import parse_timespan


def timespan(text: str) -> int:
    try:
        return parse_timespan(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive_integer(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"invalid int value: '{text}'") from None
    if number < 1:
        what = f"Invalid --expect-workers argument ({number}), must be a positive number"
        raise argparse.ArgumentTypeError(what)
    return number


def user_number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be >= 0")
    return number


user_number.__name__ = "int"  # "invalid int value"


def gt_zero(kind):
    """A type for finite numbers above 0."""

    def checker(text: str):
        number = kind(text)
        if not math.isfinite(number):
            raise argparse.ArgumentTypeError("must be a finite number")
        if number <= 0:
            raise argparse.ArgumentTypeError("must be > 0")
        return number

    checker.__name__ = kind.__name__
    return checker


def json_user_config(text: str) -> list[dict]:
    """User configurations of a JSON text or of a file that has one."""
    try:
        if text.strip()[:1] not in ("{", "[") and os.path.splitext(text)[1] == ".json":
            with open(text, encoding="utf-8") as file:
                text = file.read()
        value = json.loads(text)
    except json.JSONDecodeError as error:
        what = f"The --config-users argument must be a valid JSON string or file: {error}"
        raise argparse.ArgumentTypeError(what) from None
    except OSError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    configs = value if isinstance(value, list) else [value]
    for config in configs:
        if not isinstance(config, dict) or "user_class_name" not in config:
            what = "The user config must specify a user_class_name"
            raise argparse.ArgumentTypeError(what)
    return configs
