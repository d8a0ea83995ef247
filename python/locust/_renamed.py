# SPDX-License-Identifier: Apache-2.0
"""Names of Locust before 1.0: subclassing one says what it is called now."""


def renamed(old: str, new: str) -> type:
    """A class in place of `old`. ImportError when it is subclassed."""

    class Renamed(type):
        def __new__(mcs, classname, bases, class_dict):
            if bases:
                raise ImportError(
                    f"The {old} class has been renamed to {new} in version 1.0. For more info "
                    "see: https://docs.locust.io/en/latest/changelog.html#changelog-1-0"
                )
            return super().__new__(mcs, classname, bases, class_dict)

    return Renamed(old, (), {})


Locust = renamed("Locust", "User")
HttpLocust = renamed("HttpLocust", "HttpUser")
FastHttpLocust = renamed("FastHttpLocust", "FastHttpUser")
