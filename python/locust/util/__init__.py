# SPDX-License-Identifier: Apache-2.0
"""Small helpers, some of which locustfiles import (timespan)."""
