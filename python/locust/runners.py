# SPDX-License-Identifier: Apache-2.0
"""Who runs a test: one process (LocalRunner), or a master that has workers do it."""
from locust._runner.base import (
    CPU_MONITOR_INTERVAL as CPU_MONITOR_INTERVAL,
    CPU_WARNING_THRESHOLD as CPU_WARNING_THRESHOLD,
    Runner as Runner,
    greenlet_exception_handler as greenlet_exception_handler,
    logger as logger,
)
from locust._runner.distributed import DistributedRunner as DistributedRunner
from locust._runner.local import LocalRunner as LocalRunner
from locust._runner.master import MasterRunner as MasterRunner
from locust._runner.states import (
    STATE_CLEANUP as STATE_CLEANUP,
    STATE_INIT as STATE_INIT,
    STATE_MISSING as STATE_MISSING,
    STATE_RUNNING as STATE_RUNNING,
    STATE_SPAWNING as STATE_SPAWNING,
    STATE_STOPPED as STATE_STOPPED,
    STATE_STOPPING as STATE_STOPPING,
)
from locust._runner.worker import (
    WORKER_REPORT_INTERVAL as WORKER_REPORT_INTERVAL,
    WorkerRunner as WorkerRunner,
)
from locust._runner.worker_node import (
    HEARTBEAT_INTERVAL as HEARTBEAT_INTERVAL,
    HEARTBEAT_LIVENESS as HEARTBEAT_LIVENESS,
    WorkerNode as WorkerNode,
    WorkerNodes as WorkerNodes,
)
