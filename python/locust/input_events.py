# SPDX-License-Identifier: Apache-2.0
"""Keys that are pressed on the terminal during a run."""
import atexit
import logging
import os
import sys
import termios
import tty
from typing import Callable

from gevent.socket import wait_read


def input_listener(key_to_func_map: dict[str, Callable[[], None]]) -> Callable[[], None]:
    """A function for a greenlet: calls what belongs to a key that is pressed, until stdin ends.
    Does nothing when stdin is no terminal."""

    def listen() -> None:
        descriptor = _single_keys()
        while descriptor is not None:
            wait_read(descriptor)
            key = os.read(descriptor, 1).decode("latin-1")
            if not key:
                return
            key_to_func_map.get(key, _ignore)()

    return listen


def _ignore() -> None:
    pass


def _single_keys() -> int | None:
    """stdin's descriptor, made to give each key at once until the process ends; None when it is no
    terminal or this process is in its background."""
    descriptor = sys.stdin.fileno() if sys.stdin and not sys.stdin.closed else -1
    if not os.isatty(descriptor) or _in_background(descriptor):
        logging.debug("Terminal was not a tty. Keyboard input disabled")
        return None
    before = termios.tcgetattr(descriptor)
    atexit.register(termios.tcsetattr, descriptor, termios.TCSADRAIN, before)
    tty.setcbreak(descriptor)
    return descriptor


def _in_background(descriptor: int) -> bool:
    """Reading would stop this process. Not so on a terminal without job control."""
    try:
        return os.tcgetpgrp(descriptor) != os.getpgrp()
    except OSError:
        return False
