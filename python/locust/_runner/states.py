# SPDX-License-Identifier: Apache-2.0
"""The states of a runner, and of a worker as its master sees it. Locust's words."""

STATE_INIT = "ready"
STATE_SPAWNING = "spawning"
STATE_RUNNING = "running"
STATE_CLEANUP = "cleanup"  # users finish their tasks
STATE_STOPPING = "stopping"  # a master waits for its workers
STATE_STOPPED = "stopped"
STATE_MISSING = "missing"  # a worker whose heartbeats stay away

NOT_STARTED = (STATE_INIT, STATE_STOPPED)
TEST_RUNS = (STATE_SPAWNING, STATE_RUNNING)
TEST_ENDED = (STATE_STOPPING, STATE_STOPPED)
