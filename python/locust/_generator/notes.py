# SPDX-License-Identifier: Apache-2.0
"""What a reader has to know before the figures: whether the generator was the limit, what held it
up and which requests were not counted. Workers tell it to their master with their statistics."""
from typing import Any

from locust._generator import blocking, lost
from locust._generator.saturation import Load, Meter, worst

_KEY = "keneyperf"


class Notes:
    """Of this process and, in a master, of its workers."""

    def __init__(self, environment) -> None:
        self.meter = Meter()
        self._workers: dict[str, dict[str, Any]] = {}
        events = environment.events
        events.test_start.add_listener(self._on_test_start)
        events.test_stopping.add_listener(self._on_test_stopping)
        events.report_to_master.add_listener(self._on_report)
        events.worker_report.add_listener(self._on_worker_report)

    def _on_test_start(self, **_) -> None:
        self._workers.clear()
        self.meter.start()

    def _on_test_stopping(self, **_) -> None:
        self.meter.stop()

    def _own(self) -> dict[str, Any]:
        return {
            "load": self.meter.load(),
            "blocking": blocking.report(),
            "lost": lost.count,
        }

    def _on_report(self, client_id: str, data: dict, **_) -> None:
        data[_KEY] = self._own()

    def _on_worker_report(self, client_id: str, data: dict, **_) -> None:
        if _KEY in data:
            self._workers[client_id] = data[_KEY]

    def _parts(self) -> list[dict[str, Any]]:
        return list(self._workers.values()) or [self._own()]

    def blocking(self) -> list[str]:
        """What held processes up, a sentence each."""
        return list(dict.fromkeys(line for part in self._parts() for line in part["blocking"]))

    def lost(self) -> int:
        """Requests that Locust's rules leave out of the statistics."""
        return sum(part["lost"] for part in self._parts())

    def sentences(self) -> list[str]:
        """Of the run that ended, the most important first."""
        parts = self._parts()
        limit = worst([Load(*part["load"]) for part in parts]).sentence(len(parts))
        told = ([limit] if limit else []) + self.blocking()
        lost = self.lost()
        if lost:
            told.append(
                f"{lost} request{'' if lost == 1 else 's'} with catch_response=True were made without"
                " `with`, or left the block by an exception: Locust does not count such requests,"
                " and neither do these figures"
            )
        return told
