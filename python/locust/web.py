# SPDX-License-Identifier: Apache-2.0
"""Stands for Locust's web interface, which is not there yet: whoever makes one is told."""


class WebUI:
    """Refuses to be made. environment.web_ui is None, as in Locust's headless runs."""

    def __init__(self, *args, **kwargs) -> None:
        raise NotImplementedError(
            "there is no live web interface yet, and Flask extensions of it are not supported:"
            " guard them with `if environment.web_ui:`, and use --html, --csv or --json for results"
        )
