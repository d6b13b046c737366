"""``run`` and ``record``: a script that was written for TensorFlow 1."""
from __future__ import annotations

import argparse

from tf1_recipes.errors import Error
from tf1_recipes.requirements import need_python_3_10


def add(commands: argparse._SubParsersAction, program: argparse.ArgumentParser) -> None:
    """Adds them to the commands of the program."""
    command = commands.add_parser(
        "run", help="run an old script or notebook unmodified",
        usage="tf1-recipes run [--as-of RELEASE] [--data-dir FOLDER] [--download]\n"
              "           [--stand-in-data] [-v] [--check-against PYTHON [--rtol R]\n"
              "           [--same-start] | --explain] SCRIPT [ARGS ...]",
        epilog="Arguments after SCRIPT are passed to the script.")
    command.add_argument("script", metavar="SCRIPT")
    add_settings(command)
    command.add_argument("--check-against", metavar="PYTHON",
                         help="run it with the interpreter of a genuine release, too, and compare")
    command.add_argument("--rtol", type=float, metavar="R",
                         help="the relative tolerance of numbers (0.001)")
    command.add_argument("--same-start", action="store_true",
                         help="start here from the initial values of the genuine run")
    command.add_argument("--explain", action="store_true",
                         help="list what the script would find changed, without running it")
    command.set_defaults(command=_run)

    command = commands.add_parser(
        "record", help="run a script and record what it trains",
        usage="tf1-recipes record SCRIPT -o OUT.npz [--python PYTHON] [--every K]\n"
              "           [--variables REGEX] [--init-from TRACE] [--feeds-from TRACE]\n"
              "           [--as-of RELEASE] [--data-dir FOLDER] [--download]\n"
              "           [--stand-in-data] [-v] [-- ARGS ...]",
        epilog="Arguments after -- are passed to the script.")
    command.add_argument("script", metavar="SCRIPT")
    command.add_argument("-o", "--out", required=True, metavar="OUT",
                         help="the trace: OUT.npz, or OUT.json for a small one to read and diff")
    command.add_argument("--python", metavar="PYTHON",
                         help="the interpreter that runs it, from Python 2.7 on (this one)")
    command.add_argument("--every", type=int, default=1, metavar="K",
                         help="record every K-th step only")
    command.add_argument("--variables", metavar="REGEX", help="record these variables only")
    command.add_argument("--init-from", metavar="TRACE",
                         help="start from the initial values of this trace")
    command.add_argument("--feeds-from", metavar="TRACE",
                         help="feed each step what it was fed in this trace")
    add_settings(command)
    command.set_defaults(command=_record)


def add_settings(command: argparse.ArgumentParser) -> None:
    """Adds the options that say how a script of the time runs today."""
    command.add_argument("--as-of", metavar="RELEASE",
                         help="the TensorFlow it was written for, 0.12 to 1.15 (guessed)")
    command.add_argument("--data-dir", metavar="FOLDER",
                         help="the folder of the data sets that the script would download")
    command.add_argument("--download", action="store_true",
                         help="let the loaders of TensorFlow and Keras fetch missing data")
    command.add_argument("--stand-in-data", action="store_true",
                         help="use scikit-learn's digits in place of missing data")
    command.add_argument("-v", "--verbose", action="store_true",
                         help="show TensorFlow's own warnings, too")


def put_settings(options: argparse.Namespace) -> None:
    """Hands their values to the processes that run the script."""
    from tf1_recipes.legacy import settings
    for name in ("as_of", "data_dir", "download", "stand_in_data", "verbose"):
        settings.put(name, getattr(options, name) or getattr(settings, name)() or None)


def _run(options: argparse.Namespace) -> int:
    from tf1_recipes.legacy import runner
    need_python_3_10("run")
    if options.explain and options.check_against:
        raise Error("--explain and --check-against exclude each other: --explain runs nothing")
    if not options.check_against and (options.same_start or options.rtol is not None):
        raise Error("%s: it needs --check-against PYTHON" % (
            "--same-start" if options.same_start else "--rtol"))
    put_settings(options)
    if options.explain:
        from tf1_recipes.legacy import explain
        return explain.explain(options.script)
    if options.check_against:
        from tf1_recipes.recording import checking
        rtol = checking.RTOL if options.rtol is None else options.rtol
        return checking.check(options.check_against, options.script, options.behind, rtol,
                              options.same_start)
    return runner.run(options.script, options.behind)


def _record(options: argparse.Namespace) -> int:
    from tf1_recipes.recording.command import record
    put_settings(options)
    return record(options.script, options.behind, options.out, options.python, options.every,
                  options.variables, options.init_from, options.feeds_from)
