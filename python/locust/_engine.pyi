# SPDX-License-Identifier: Apache-2.0
"""The engine as Python sees it: one per process, used on the thread that runs gevent's hub.

Calls that wait (sleep, Session.request, Answer.read_chunk) switch to the hub; an exception thrown
into the greenlet meanwhile ends the wait, cuts the request and is raised. Times are seconds unless
a name says milliseconds. Called before open() or on another thread they raise RuntimeError.
"""
from typing import Any, Callable, Optional, Union

STREAM: int  # flag of Session.request: return when the headers are there
NO_COOKIES: int  # flag: neither send the session's cookies nor keep new ones
RETRY: int  # flag: send again, whatever it is, when a reused connection died without an answer

def open(hub_switch: Callable, getcurrent: Callable, settings: dict[str, Any]) -> tuple[int, int]:
    """Starts the engine; returns two descriptors, for each of which the hub calls turn() when it is
    readable. Settings, all optional: hosts (dict of name[:port] to address[:port]), ca_file (str),
    insecure (bool: no certificate is verified),
    snapshot_fd (int; -1: nobody reads snapshots), selectors (list of str: series that thresholds
    name), worker and workers (this process' number from 0, and of how many). ValueError for what
    cannot be used."""

def close() -> None:
    """Cuts what is under way and sends the last snapshot. Fine when not open."""

def forget() -> None:
    """In a forked child: the open engine stays the parent's, and every use here is refused."""

def turn() -> None: ...
def idle() -> None:
    """The hub is about to wait."""

def busy() -> None:
    """The hub woke up."""

def busy_since() -> float:
    """time.monotonic() of the last busy(), 0.0 while the hub waits. Any thread."""

def take_lag() -> float:
    """Milliseconds of the longest stretch between busy() and idle() since the last call."""

def sleep(seconds: float) -> None:
    """As gevent.sleep(), on the engine's timers; 0 lets others run."""

def set_users(count: int) -> None:
    """Users that run in this process (series vus)."""

def record_iteration(user_class: str, start: float, end: float, intended: float = ...) -> None:
    """One task was run; time.monotonic(). `intended`: when an arrival was due."""

def record_dropped(user_class: str, count: int) -> None:
    """Arrivals for which there was no user (series dropped_iterations)."""

def check(user_class: str, name: str, ok: bool) -> None:
    """One sample of the rate `checks`."""

def record_custom(user_class: str, request_type: str, name: str, milliseconds: float, failed: bool) -> None:
    """A sample that a locustfile measured itself (series custom_req_duration, custom_reqs,
    custom_req_failed)."""

class Transport:
    """How a session reaches servers. Equal arguments are cheap: the engine keeps one of each.
    `proxy`: "http://[user:password@]host:port". ValueError for files that cannot be used."""
    def __init__(
        self,
        verify: bool = True,
        ca_file: Optional[str] = None,
        cert_file: Optional[str] = None,
        key_file: Optional[str] = None,
        proxy: Optional[str] = None,
    ) -> None: ...

class Session:
    """One user's connections and cookies. Samples are tagged scenario=user_class."""
    def __init__(self, user_class: str) -> None: ...
    def request(
        self,
        method: str,  # upper case
        url: str,  # absolute, already quoted; a fragment is not sent
        name: str,  # tag `name` of KeneyPerf's series
        common: Optional[dict[str, tuple[str, str]]],  # session headers: lower-case name -> (name, value)
        headers: Optional[dict[str, Union[str, bytes, None]]],  # win over common; None: not sent
        body: Union[bytes, str, None],  # str is sent as UTF-8
        transport: Optional[Transport],  # None: the engine's trust, no proxy
        connect_timeout: float,  # name, TCP and TLS; 0: no limit
        read_timeout: float,  # longest silence while waiting for bytes; 0: no limit
        flags: int,
        answer_type: type,  # Answer or a subclass; made without calling __init__
    ) -> "Answer":
        """One exchange, no redirects, all arguments by position. Host, Content-Length, Cookie are
        added unless given; nothing else is. Whatever goes wrong on the way is an answer with status
        0. ValueError for a URL, header or method that cannot be sent."""

    def cookies(self) -> list[tuple[str, str, str, str, Optional[float], bool, bool, bool]]:
        """(name, value, domain, path, expires or None, secure, http_only, host_only), oldest first."""

    def set_cookie(
        self, name: str, value: str, domain: str, path: str, expires: Optional[float], secure: bool, host_only: bool
    ) -> None: ...
    def delete_cookie(self, name: str, domain: str, path: str) -> bool: ...  # False: there is none
    def clear_cookies(self) -> None: ...
    def close(self) -> None:
        """Closes idle connections; the session stays usable."""

class Answer:
    """What came back. Everything is read from the engine's memory when it is asked for. Subclasses
    have a __dict__; __init__ is not called."""
    status_code: int  # 0: no answer
    reason: str
    url: str  # as it was sent
    body_bytes: int  # length of content
    broken_bytes: int  # with status 0: how much of the body there was
    content: bytes  # whole body, decoded; with STREAM: reads the rest first
    header_items: list[tuple[str, str]]  # in order, as received (latin-1); of a broken answer too
    request_method: str
    request_header_items: list[tuple[str, str]]  # as sent, but Host and Content-Length
    request_body: Optional[bytes]
    elapsed_ms: float  # asked for a connection -> last byte (STREAM: end of the headers)
    start_time: float  # time.time() of its begin
    outcome: str  # OUTCOME_TABLE's symbol, "OK", "DIAL_REFUSED", "TIMEOUT"...
    error: str  # a sentence; "" when all is well
    http_minor: int
    def header(self, lower_name: str) -> Optional[str]:
        """The header's values joined by ", ", or None."""

    def read_chunk(self) -> bytes:
        """STREAM: the next piece of the decoded body, b"" at its end or after an error (then
        `outcome` says which). Without STREAM: the whole body, then b""."""

    def release(self) -> None:
        """STREAM: the rest of the body is not wanted; closes its connection."""

class Entry:
    """Counts of one row of Locust's tables; locust.stats.StatsEntry derives from it. Attributes can
    be read and set from Python."""
    num_requests: int
    num_none_requests: int
    num_failures: int
    total_response_time: float
    total_content_length: int
    min_response_time: Optional[float]
    max_response_time: float
    start_time: float
    last_request_timestamp: Optional[float]
    response_times: dict[float, int]
    num_reqs_per_sec: dict[int, int]
    num_fail_per_sec: dict[int, int]
    use_response_times_cache: bool  # call _cache_response_times(second) when a second is over
    def log(
        self,
        response_time: Optional[float],  # milliseconds; None: not timed
        content_length: Optional[float],  # bytes; None: none
        now: Optional[float] = None,  # time.time(); None: read now
        key: Optional[float] = None,  # of the histogram; None: Locust's rounding
    ) -> None:
        """One request, arguments by position. Locust's rounding: below 100 whole, then two
        significant digits up to 10000, thousands above, half to even. TypeError or ValueError, and
        nothing counted, for what is no finite number. A sum is an int until a float is added."""

    def log_error(self, error: object = None, now: Optional[float] = None) -> None: ...
