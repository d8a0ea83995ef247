# SPDX-License-Identifier: Apache-2.0
"""A locustfile below `keneyperf run`, which judges and reports."""
