# SPDX-License-Identifier: Apache-2.0
"""Samples that Locust's rules leave out of the statistics: each name is told once, all are counted.
"""
import logging

NAMES_MAX = 100  # that are told, against a task that makes names up

count = 0
_told: set = set()
_logger = logging.getLogger("locust.clients")


def lose(request_type: str, name: str, why: str) -> None:
    global count
    count += 1
    if name not in _told and len(_told) < NAMES_MAX:
        _told.add(name)
        _logger.warning("%s %s is missing from the statistics: %s", request_type, name, why)
