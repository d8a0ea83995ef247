# SPDX-License-Identifier: Apache-2.0
"""The HTML report: the data of its charts, its tables, and the page that they go into."""
