# SPDX-License-Identifier: Apache-2.0
"""python3 -m locust."""
from locust.main import main

main()
