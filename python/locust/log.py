# SPDX-License-Identifier: Apache-2.0
"""Where log lines and tables go: stderr or a file, in Locust's format.

Tables (logger locust.stats_logger) stay on stderr when --logfile is given.
"""
import logging
import logging.config
import os
import re
import socket
from collections import deque

import gevent

HOSTNAME = re.sub(r"\..*", "", socket.gethostname())
KEPT_LINES = 500

_told: set[str] = set()

# True once a greenlet or an event handler raised what nobody caught: the exit code is 2 then.
unhandled_greenlet_exception = False


class LogReader(logging.Handler):
    """Keeps the newest lines."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: deque[str] = deque(maxlen=KEPT_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self.logs.append(self.format(record))


def setup_logging(loglevel: str, logfile: str | None = None) -> None:
    """Configures logging as Locust does. ValueError for an unknown level or a file that cannot be
    written, OSError for its folder."""
    level = loglevel.upper()
    log_line = f"[%(asctime)s] {HOSTNAME}/%(levelname)s/%(name)s: %(message)s"
    output = "file" if logfile else "console"
    handlers = {
        "console": {"class": "logging.StreamHandler", "formatter": "default"},
        "console_plain": {"class": "logging.StreamHandler", "formatter": "plain"},
        "log_reader": {"()": LogReader, "formatter": "default"},
    }
    if logfile:
        os.makedirs(os.path.dirname(os.path.abspath(logfile)), exist_ok=True)
        handlers["file"] = {
            "class": "logging.FileHandler",
            "filename": logfile,
            "formatter": "default",
        }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"default": {"format": log_line}, "plain": {"format": "%(message)s"}},
            "handlers": handlers,
            "loggers": {
                "locust": {
                    "handlers": [output, "log_reader"],
                    "level": level,
                    "propagate": False,
                },
                "locust.stats_logger": {
                    "handlers": ["console_plain", "log_reader"],
                    "level": "INFO",
                    "propagate": False,
                },
            },
            "root": {"handlers": [output, "log_reader"], "level": level},
        }
    )


def warn_once(logger: logging.Logger, text: str) -> None:
    """What holds for every user is said once a process."""
    if text not in _told:
        _told.add(text)
        logger.warning("%s", text)


def get_logs() -> list[str]:
    """The newest lines, oldest first; empty when logging was not set up here."""
    for handler in logging.getLogger("locust").handlers:
        if isinstance(handler, LogReader):
            return list(handler.logs)
    return []


def spawn_logged(logger: logging.Logger, function, *args) -> gevent.Greenlet:
    """A greenlet; what it raises is logged and makes the exit code 2."""
    greenlet = gevent.spawn(function, *args)
    greenlet.link_exception(greenlet_exception_logger(logger))
    return greenlet


def greenlet_exception_logger(logger: logging.Logger, level: int = logging.CRITICAL):
    """A function for Greenlet.link_exception()."""

    def log_exception(greenlet) -> None:
        global unhandled_greenlet_exception
        unhandled_greenlet_exception = True
        text = "Unhandled exception in greenlet: %s"
        logger.log(level, text, greenlet, exc_info=greenlet.exc_info)

    return log_exception
