# SPDX-License-Identifier: Apache-2.0
"""The cookies of a FastHttpSession, with the one policy that locustfiles set."""
import logging
from http.cookiejar import DefaultCookiePolicy

from locust._http.cookies import SessionCookies

logger = logging.getLogger("locust.contrib.fasthttp")


class FastCookies(SessionCookies):
    """`engine_session()` gives the jar's owner; `forbid()` is called when no cookie may pass."""

    def __init__(self, engine_session, forbid):
        super().__init__(engine_session)
        self._forbid = forbid

    def set_policy(self, policy) -> None:
        super().set_policy(policy)
        if isinstance(policy, DefaultCookiePolicy) and policy.allowed_domains() == ():
            self._forbid()
        else:
            logger.warning("cookiejar.set_policy(): only DefaultCookiePolicy(allowed_domains=[]) "
                           "has an effect; cookies follow RFC 6265.")
