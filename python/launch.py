# SPDX-License-Identifier: Apache-2.0
"""What `keneyperf as locust` starts: `python3 launch.py ARGS` is `locust ARGS`. Runs on any
Python 3, to say which one is needed."""
import os
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Locust files need Python 3.11 or newer, and %s is %d.%d: name another in KENEYPERF_PYTHON."
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )

sys.path[0] = os.path.dirname(os.path.abspath(__file__))
sys.argv[0] = "locust"

if "KENEYPERF_RUN_FD" in os.environ or "KENEYPERF_RUN_WORKER" in os.environ:
    from locust._keneyperf.main import main_of_process as main  # below `keneyperf run`
else:
    from locust.main import main

main()
