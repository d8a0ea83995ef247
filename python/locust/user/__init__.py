# SPDX-License-Identifier: Apache-2.0
"""Users and their tasks."""
from locust.user.task import TaskSet, tag, task
from locust.user.users import HttpUser, User

__all__ = ["HttpUser", "TaskSet", "User", "tag", "task"]
