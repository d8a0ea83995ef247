# SPDX-License-Identifier: Apache-2.0
"""Time spans as people write them ("90", "20m", "1h30m"), and the factor of a rehearsal."""
import math
import os
import re

_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_FORMATS = "Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc."
TIME_SCALE_VARIABLE = "KENEYPERF_TIME_SCALE"


def parse_timespan(time_str: str) -> int:
    """Seconds of "300", "300s", "20m", "3h", "1h30m". ValueError for anything else."""
    if not time_str:
        raise ValueError("Invalid time span format")
    text = time_str.strip("\n")
    if text.isdecimal():
        return int(text)
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(f"Invalid time span format. {_FORMATS}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def time_scale() -> float:
    """Factor of a rehearsal: every duration of the plan is multiplied by it; 1.0 as written.

    ValueError when KENEYPERF_TIME_SCALE is not a factor above 0, at most 1000.
    """
    text = os.environ.get(TIME_SCALE_VARIABLE)
    if not text:
        return 1.0
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0 < factor <= 1000:
        raise ValueError(f"{TIME_SCALE_VARIABLE}={text}: give a factor above 0, like 0.02")
    return factor
