# SPDX-License-Identifier: Apache-2.0
"""What a master and its workers have in common."""
import traceback

from locust import log
from locust._runner.base import Runner, logger
from locust.rpc import Message
from locust.stats import setup_distributed_stats_event_listeners


class DistributedRunner(Runner):
    """A worker's reports carry its statistics; the master adds them."""

    def __init__(self, environment):
        super().__init__(environment)
        setup_distributed_stats_event_listeners(environment.events, environment.stats)

    def _deliver(self, message: Message) -> bool:
        """_hand_over(); a listener that raises does not end the connection."""
        try:
            return self._hand_over(message)
        except Exception:
            logger.error(
                "Uncaught exception in the listener of message %s: \n%s",
                message.type,
                traceback.format_exc(),
            )
            log.unhandled_greenlet_exception = True
            return True
