# SPDX-License-Identifier: Apache-2.0
"""`locust`: from the command line to the exit code. What the run itself is, is in _cli/life.py."""
import logging
import os
import resource
import sys
import traceback
from typing import Any, NoReturn

import locust
from locust import _hub, argument_parser, log
from locust._cli import copies, outputs
from locust._cli.life import Life
from locust.env import Environment
from locust.rpc.processes import is_started_worker
from locust.user.inspectuser import print_task_ratio, print_task_ratio_json
from locust.util.load_locustfile import load_locustfile
from locust.util.timespan import TIME_SCALE_VARIABLE, time_scale

logger = logging.getLogger(__name__)

OPEN_FILES_MIN = 10000
# Options that a load shape decides, and their names on the command line.
COMMON_OPTIONS = {"num_users": "users", "spawn_rate": "spawn-rate", "run_time": "run-time"}


def create_environment(
    user_classes,
    options,
    events=None,
    shape_class=None,
    locustfile=None,
    parsed_locustfiles=None,
    available_user_classes=None,
    available_shape_classes=None,
    available_user_tasks=None,
) -> Environment:
    """An Environment with what the command line says."""
    return Environment(
        locustfile=locustfile,
        user_classes=user_classes,
        shape_class=shape_class,
        events=events,
        host=options.host,
        tags=options.tags,
        exclude_tags=options.exclude_tags,
        reset_stats=options.reset_stats,
        stop_timeout=float(options.stop_timeout),
        parsed_options=options,
        parsed_locustfiles=parsed_locustfiles,
        available_user_classes=available_user_classes,
        available_shape_classes=available_shape_classes,
        available_user_tasks=available_user_tasks,
        profile=options.profile,
    )


def _environment(*args, **kwargs) -> Environment:
    """create_environment(); exits 1 for User classes that cannot be run together."""
    try:
        return create_environment(*args, **kwargs)
    except ValueError as error:
        logger.error("%s", error)
        sys.exit(1)


def merge_locustfiles_content(locustfiles: list[str]) -> tuple[dict, dict, dict, Any]:
    """Imports the files: ({name: User class}, {name: shape}, {name: its tasks}, first shape).
    Exits 1 when one cannot be imported or two have different classes of one name."""
    user_classes: dict[str, type] = {}
    shapes: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for path in locustfiles:
        found, found_shapes = _load(path)
        for name, user_class in found.items():
            if user_classes.get(name, user_class) is not user_class:
                first = origin[name]
                fail(f"Duplicate user class names: {name} is defined in both {first} and {path}")
            user_classes[name] = user_class
            origin.setdefault(name, path)
        for shape in found_shapes:
            shapes.setdefault(type(shape).__name__, shape)
    tasks = {name: user_class.tasks for name, user_class in user_classes.items()}
    return user_classes, shapes, tasks, next(iter(shapes.values()), None)


def _load(path: str):
    try:
        return load_locustfile(path)
    except Exception as error:
        explain(error)
        sys.exit(1)


def explain(error: Exception) -> None:
    """The traceback from the locustfile on, and what helps."""
    frames = error.__traceback__
    own = (os.path.dirname(os.path.abspath(__file__)), "<frozen ")
    while frames and frames.tb_frame.f_code.co_filename.startswith(own):
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return
    if error.name.partition(".")[0] == "locust":
        remedy = "this part of Locust is not supported, see docs/locust-compatibility.md"
    else:
        remedy = (
            f"install it for this Python ({sys.executable}), or name the Python that has it in"
            " KENEYPERF_PYTHON"
        )
    sys.stderr.write(f"{error.name}: {remedy}\n")


def fail(message: str, code: int = 1) -> NoReturn:
    sys.stderr.write(message + "\n")
    sys.exit(code)


def _set_up_logging(options) -> None:
    if options.skip_log_setup:
        return
    try:
        log.setup_logging(options.loglevel, options.logfile)
    except (OSError, ValueError) as error:
        reason = error.__cause__ or error
        fail(
            f"locust: error: --logfile {options.logfile} cannot be written: {reason}. "
            "Give another place."
        )


def _read_settings() -> None:
    """What KeneyPerf's own variables say."""
    try:
        hosts = _hosts(os.environ.get("KENEYPERF_HOSTS", ""))
        scale = time_scale()
    except ValueError as error:
        fail(f"locust: error: {error}", 2)
    if hosts:
        _hub.settings["hosts"] = hosts
    if os.environ.get("KENEYPERF_CA"):
        _hub.settings["ca_file"] = os.environ["KENEYPERF_CA"]
    if scale != 1 and not is_started_worker():
        logger.info(
            "Rehearsal: every duration of the plan is multiplied by %g (%s)",
            scale,
            TIME_SCALE_VARIABLE,
        )


def _hosts(text: str) -> dict[str, str]:
    """NAME[:PORT]=IP[:PORT],... ValueError for anything else."""
    hosts = {}
    for pair in filter(None, text.split(",")):
        name, _, address = pair.partition("=")
        if not name or not address:
            raise ValueError(
                f"KENEYPERF_HOSTS={pair}: write NAME[:PORT]=IP[:PORT], like"
                " api.keneyapp.com=127.0.0.1:8443"
            )
        hosts[name] = address
    return hosts


def _chosen(user_classes: dict[str, type], names: list[str]) -> list[type]:
    """The classes to run. Exits 1 when there are none."""
    unknown = [name for name in names if name not in user_classes]
    if unknown:
        logger.error("Unknown User(s): %s\n", ", ".join(unknown))
        sys.exit(1)
    if not user_classes:
        logger.error("No User class found!")
        sys.exit(1)
    return [user_classes[name] for name in names or user_classes]


def _check_modes(options) -> None:
    if options.autoquit != -1 and not options.autostart:
        fail("--autoquit is only meaningful in combination with --autostart")


def _check_distribution(options) -> None:
    if options.master and options.worker:
        logger.error("The --master argument cannot be combined with --worker")
        sys.exit(-1)
    if options.processes is None:
        return
    if options.processes < -1:
        fail(f"Invalid --processes count {options.processes}")
    if options.master:
        fail(
            "--master cannot be combined with --processes. Remove --master, as it is implicit as"
            " long as --worker is not set."
        )


def _split(options) -> None:
    """--processes."""
    if not options.processes or copies.is_copy():
        options.processes = None
        return
    count = copies.count_of(options.processes)
    if options.worker:
        sys.exit(copies.run_copies(count))
    options.processes = options.expect_workers = count
    options.master = True


def _raise_file_limit() -> None:
    """Each connection is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= OPEN_FILES_MIN or soft == resource.RLIM_INFINITY:
        return
    wanted = OPEN_FILES_MIN if hard == resource.RLIM_INFINITY else min(OPEN_FILES_MIN, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < OPEN_FILES_MIN:
        logger.warning(
            "This process may open %d files, so that many connections; for more raise the limit"
            " (ulimit -n %d)",
            wanted,
            OPEN_FILES_MIN,
        )


def _warn_ignored_by_shape(options, shape) -> None:
    if shape is None or getattr(shape, "use_common_options", False):
        return
    given = [f"--{name}" for dest, name in COMMON_OPTIONS.items() if getattr(options, dest)]
    if given:
        logger.warning(
            "--run-time, --users or --spawn-rate have no impact on LoadShapes unless the shape class"
            " explicitly reads them: set use_common_options = True there"
        )
        logger.warning("The following option(s) will be ignored: %s", ", ".join(given))


def apply_user_configs(environment, options) -> None:
    """--config-users and --equal-weights."""
    for config in options.config_users or ():
        try:
            environment.update_user_class(config)
        except (KeyError, ValueError) as error:
            logger.error(
                "Error applying user config, probably you tried to specify config for a User not"
                " present in your locustfile: %s",
                error,
            )
            sys.exit(-1)
    if options.equal_weights:
        environment.assign_equal_weights()


def _answer_questions(options, user_classes: list[type]) -> None:
    """--list and its kin: print, and exit 0."""
    if options.list_commands:
        print("Available Users:")
        for user_class in user_classes:
            print("    " + user_class.__name__)
    elif options.show_task_ratio_json:
        print_task_ratio_json(user_classes, options.num_users)
    elif options.show_task_ratio:
        print("\n Task ratio per User class")
        print("-" * 80)
        print_task_ratio(user_classes, options.num_users, False)
        print("\n Total task ratio")
        print("-" * 80)
        print_task_ratio(user_classes, options.num_users, True)
    else:
        return
    sys.exit(0)


def _announce_mode(options) -> None:
    if options.headless and options.autostart:
        logger.info("The --autostart argument is implied by --headless, no need to set both.")
    if not options.headless and not options.worker:
        logger.warning(
            "The live web interface is not available yet: the run starts at once, as with --headless"
        )


def main() -> NoReturn:
    _, locustfiles = argument_parser.parse_locustfile_option()
    user_classes, shapes, tasks, shape = merge_locustfiles_content(locustfiles)
    options = argument_parser.parse_options()
    _check_modes(options)
    _set_up_logging(options)
    if is_started_worker():  # has its master's command line
        options.worker, options.master, options.processes = True, False, None
    else:
        logger.info("Starting Locust %s (KeneyPerf)", locust.__version__)
    _read_settings()
    chosen = _chosen(user_classes, options.user_classes)
    _answer_questions(options, chosen)
    _check_distribution(options)
    outputs.check(options)
    _raise_file_limit()
    _split(options)
    environment = _environment(
        chosen,
        options,
        events=locust.events,
        shape_class=shape,
        locustfile=",".join(os.path.basename(path) for path in locustfiles),
        parsed_locustfiles=locustfiles,
        available_user_classes=user_classes,
        available_shape_classes=shapes,
        available_user_tasks=tasks,
    )
    apply_user_configs(environment, options)
    if not options.worker:
        _warn_ignored_by_shape(options, shape)
        _announce_mode(options)
    sys.exit(Life(environment, options).live())
