# SPDX-License-Identifier: Apache-2.0
"""The rows of the statistics, and their tables on the terminal and in CSV files."""
