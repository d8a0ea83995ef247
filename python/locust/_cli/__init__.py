# SPDX-License-Identifier: Apache-2.0
"""The command line: options and where they come from, the life of a run, its outputs."""
