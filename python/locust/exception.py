# SPDX-License-Identifier: Apache-2.0
"""What locustfiles catch, and what they raise to steer a user."""


class LocustError(Exception):
    pass


class ResponseError(Exception):
    """A response in a catch_response block is not what the task wanted."""


class CatchResponseError(Exception):
    """The text of a failure that a catch_response block reported."""


class AuthCredentialsError(ValueError):
    pass


class MissingWaitTimeError(LocustError):
    pass


class InterruptTaskSet(Exception):
    """Ends a nested TaskSet; its parent goes on at once, or after a wait if not `reschedule`."""

    def __init__(self, reschedule: bool = True) -> None:
        self.reschedule = reschedule


class StopUser(Exception):
    """Ends the user; no other takes its place."""


class StopTest(Exception):
    """The test cannot go on: users cannot be made (runner), or this one ends (task)."""


class RescheduleTask(Exception):
    """Ends the task; the next one comes after a wait."""


class RescheduleTaskImmediately(Exception):
    """Ends the task; the next one comes at once."""


class RPCError(Exception):
    pass


class RPCSendError(Exception):
    pass


class RPCReceiveError(Exception):
    def __init__(self, *args: object, addr=None) -> None:
        super().__init__(*args)
        self.addr = addr


class RunnerAlreadyExistsError(Exception):
    pass
