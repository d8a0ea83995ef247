# SPDX-License-Identifier: Apache-2.0
"""Runners: users of a process, and how a master and its workers share a test."""
