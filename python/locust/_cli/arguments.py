# SPDX-License-Identifier: Apache-2.0
"""argparse with what Locust's parser adds: values from config files and from the environment, and
keywords of add_argument() for the web interface.

Precedence, low to high: default, config files in their order, --config, environment, command line.
"""
import argparse
import difflib
import os
import sys
from typing import Any, Sequence

from locust._cli import config_files
from locust._cli.config_files import FALSE_WORDS, TRUE_WORDS

_EXTRA_KEYWORDS = {
    "env_var": None,
    "include_in_web_ui": True,
    "is_secret": False,
    "is_required": False,
    "is_multiple": False,
    "is_config_file": False,
}


class _Extras:
    """add_argument() with the additional keywords; they become attributes of the action."""

    def add_argument(self, *args, **kwargs) -> argparse.Action:
        extras = {name: kwargs.pop(name, value) for name, value in _EXTRA_KEYWORDS.items()}
        action = super().add_argument(*args, **kwargs)
        vars(action).update(extras)
        return action

    def add_argument_group(self, *args, **kwargs) -> "_Group":
        group = _Group(self, *args, **kwargs)
        self._action_groups.append(group)
        return group

    def add_mutually_exclusive_group(self, **kwargs) -> "_ExclusiveGroup":
        group = _ExclusiveGroup(self, **kwargs)
        self._mutually_exclusive_groups.append(group)
        return group


class _Group(_Extras, argparse._ArgumentGroup):
    pass


class _ExclusiveGroup(_Extras, argparse._MutuallyExclusiveGroup):
    pass


class LocustArgumentParser(_Extras, argparse.ArgumentParser):
    """`default_config_files` are read when they exist; an option --config, if there is one, names
    another."""

    def __init__(self, *args, default_config_files: Sequence[str] = (), **kwargs) -> None:
        kwargs.setdefault("prog", "locust")
        super().__init__(*args, **kwargs)
        self.default_config_files = default_config_files

    def parse_args(self, args=None, namespace=None) -> argparse.Namespace:
        namespace, unknown = self.parse_known_args(args, namespace)
        if unknown:
            names = " ".join(unknown)
            self.error(f"unrecognized arguments: {names}{self._did_you_mean(unknown)}")
        return namespace

    def parse_known_args(self, args=None, namespace=None) -> tuple[argparse.Namespace, list[str]]:
        args = list(sys.argv[1:] if args is None else args)
        end = args.index("--") if "--" in args else len(args)
        settings = self._settings(args[:end])
        return super().parse_known_args(args[:end] + settings + args[end:], namespace)

    def _did_you_mean(self, unknown: list[str]) -> str:
        for argument in unknown:
            close = difflib.get_close_matches(argument, self._option_string_actions, 1)
            if close:
                return f"\nDid you mean '{close[0]}'?"
        return ""

    def _settings(self, args: list[str]) -> list[str]:
        """Arguments for what files and environment set and the command line does not."""
        given = self._given_options(args)
        found: dict[str, list[str]] = {}
        for path in self._config_paths(args):
            try:
                items = config_files.read(path)
            except config_files.ConfigError as error:
                self.error(str(error))
            for name, value in items:
                action = self._option_string_actions.get("--" + name)
                if action not in given:
                    found[action.dest if action else name] = self._as_arguments(action, name, value)
        for action in self._actions:
            variable = getattr(action, "env_var", None)
            if variable and variable in os.environ and action not in given:
                value = config_files.as_list(os.environ[variable])
                found[action.dest] = self._as_arguments(action, variable, value)
        return [argument for arguments in found.values() for argument in arguments]

    def _given_options(self, args: list[str]) -> set[argparse.Action]:
        given = set()
        for argument in args:
            name = argument.partition("=")[0]
            action = self._option_string_actions.get(name)
            if not action and name.startswith("--"):
                longer = [full for full in self._option_string_actions if full.startswith(name)]
                action = self._option_string_actions[longer[0]] if len(longer) == 1 else None
            elif not action:
                action = self._option_string_actions.get(name[:2])
            if action:
                given.add(action)
        return given

    def _config_paths(self, args: list[str]) -> list[str]:
        paths = [os.path.expanduser(path) for path in self.default_config_files]
        paths = [path for path in paths if os.path.isfile(path)]
        if "--config" in self._option_string_actions:
            finder = argparse.ArgumentParser(
                prog=self.prog, usage=argparse.SUPPRESS, add_help=False, allow_abbrev=False
            )
            finder.add_argument("--config")
            config = finder.parse_known_args(args)[0].config
            if config is not None:
                paths.append(os.path.expanduser(config))
        return paths

    def _as_arguments(self, action: argparse.Action | None, source: str, value: Any) -> list[str]:
        """A setting as it would be written on the command line. `source` is named in errors."""
        option = action.option_strings if action else ["--" + source]
        option = next((name for name in option if name.startswith("--")), option[0])
        if action is None or action.nargs != 0:
            return self._with_value(action, option, value)
        if isinstance(action, argparse._CountAction) and str(value).isdecimal():
            return [option] * int(value)
        if str(value).lower() in TRUE_WORDS:
            return [option]
        if str(value).lower() not in FALSE_WORDS:
            words = "'true', 'false', 'yes', 'no', 'on', 'off', '1' or '0'"
            self.error(f"Unexpected value for {source}: '{value}'. Expecting {words}")
        return [name for name in action.option_strings if name.startswith("--no-")]

    def _with_value(self, action: argparse.Action | None, option: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            return [f"{option}={value}"]
        if action and (action.nargs in ("*", "+") or isinstance(action.nargs, int)):
            return [option, *value]
        if not action or isinstance(action, argparse._AppendAction):
            return [f"{option}={item}" for item in value]
        self.error(f"argument {option}: takes one value, not the list {value}")
