# SPDX-License-Identifier: Apache-2.0
"""Imports a locustfile and collects its User classes and load shapes."""
import importlib.machinery
import importlib.util
import inspect
import os
import sys
from typing import Any

from locust.shape import LoadTestShape
from locust.user import User


def is_user_class(item: Any) -> bool:
    """Can users be made of it?"""
    return inspect.isclass(item) and issubclass(item, User) and not item.abstract


def is_shape_class(item: Any) -> bool:
    return (
        inspect.isclass(item)
        and issubclass(item, LoadTestShape)
        and item is not LoadTestShape
        and not getattr(item, "abstract", False)
    )


def load_locustfile(path: str) -> tuple[dict[str, type[User]], list[LoadTestShape]]:
    """({class name: User class}, shapes) of everything in the module's namespace, imported names
    too. Whatever the file raises comes through."""
    _search_first(os.path.dirname(os.path.abspath(path)))
    members = vars(_import(path)).values()
    user_classes = {item.__name__: item for item in members if is_user_class(item)}
    shapes = [item() for item in dict.fromkeys(filter(is_shape_class, members))]
    return user_classes, shapes


def _search_first(folder: str) -> None:
    """The current folder, and before it the file's own, so that it finds its siblings."""
    for path in (os.getcwd(), folder):
        if path in sys.path:
            sys.path.remove(path)
        sys.path.insert(0, path)


def _import(path: str):
    name = os.path.splitext(os.path.basename(path))[0]
    if name == "locust":  # would stand in this package's place
        name = "locustfile"
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.modules[name] = module
    loader.exec_module(module)
    return module
