"""The command line: parses, calls one function, prints. Run ``tf1-recipes --help``."""
import argparse
import sys

import tf1_recipes
from tf1_recipes.errors import Error
from tf1_recipes.guide import command as guide
from tf1_recipes.requirements import need_python_3_10
from tf1_recipes.untrusted.visible import visible


def main(arguments=None):
    """Runs one command; returns its exit status."""
    arguments, behind = _cut(list(sys.argv[1:] if arguments is None else arguments))
    options = _parser().parse_args(arguments)
    options.behind = behind
    try:
        return options.command(options)
    except Error as error:
        print("tf1-recipes: %s" % error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("tf1-recipes: interrupted", file=sys.stderr)
        return 130


_WITH_VALUE = ("--as-of", "--data-dir", "--check-against", "--rtol")


def _cut(arguments):
    """Cuts off what is for the script: releases of argparse differ in what they make of ``--``."""
    end = len(arguments)
    if arguments[:1] == ["record"] and "--" in arguments:
        end = arguments.index("--")
        return arguments[:end], arguments[end + 1:]
    if arguments[:1] == ["run"]:
        end = 1
        while end < len(arguments) and arguments[end].startswith("-"):
            end += 2 if arguments[end] in _WITH_VALUE else 1
        end += 1
    return arguments[:end], arguments[end:]


class _Parser(argparse.ArgumentParser):

    def error(self, message):
        super().error(visible(message))  # which quotes arguments as they are


def _parser():
    parser = _Parser(
        prog="tf1-recipes",
        description="The classic TensorFlow 1 graph-mode recipes, reproduced, hardened and "
                    "verified; and tools to run, record and compare old trainings.")
    parser.add_argument("--version", action="version", version=tf1_recipes.__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = commands.add_parser("verify", help="check every recipe along its chain of evidence")
    command.add_argument("names", nargs="*", metavar="NAME", help="recipes, such as A1 E2 (all)")
    command.add_argument("--json", action="store_true", help="print JSON instead of the table")
    command.set_defaults(command=_verify)

    command = commands.add_parser("list", help="show the catalogue of recipes")
    command.add_argument("--json", action="store_true", help="print JSON instead of text")
    command.set_defaults(command=_list)

    command = commands.add_parser("show", help="show a recipe's page, or draw its picture")
    command.add_argument("name", metavar="NAME", help="a recipe, such as A1")
    command.add_argument("--plot", metavar="FILE", help="draw its genuine trace into FILE.png")
    command.set_defaults(command=_show)

    command = commands.add_parser(
        "run", help="run an old script or notebook unmodified",
        usage="tf1-recipes run [--as-of RELEASE] [--data-dir FOLDER] [--download]\n"
              "           [--stand-in-data] [-v] [--check-against PYTHON [--rtol R]\n"
              "           [--same-start]] SCRIPT [ARGS ...]",
        epilog="What stands behind SCRIPT is for the script.")
    command.add_argument("script", metavar="SCRIPT")
    _add_settings(command)
    command.add_argument("--check-against", metavar="PYTHON",
                         help="run it by the interpreter of a genuine release as well, and compare")
    command.add_argument("--rtol", type=float, metavar="R",
                         help="numbers agree within this part of them (0.001)")
    command.add_argument("--same-start", action="store_true",
                         help="start here from the initial values of the genuine run")
    command.set_defaults(command=_run)

    command = commands.add_parser(
        "record", help="run a script and record what it trains",
        usage="tf1-recipes record SCRIPT -o OUT.npz [--python PYTHON] [--every K]\n"
              "           [--variables REGEX] [--init-from TRACE] [--feeds-from TRACE]\n"
              "           [--as-of RELEASE] [--data-dir FOLDER] [--download]\n"
              "           [--stand-in-data] [-v] [-- ARGS ...]",
        epilog="What stands behind -- is for the script.")
    command.add_argument("script", metavar="SCRIPT")
    command.add_argument("-o", "--out", required=True, metavar="OUT",
                         help="the trace: OUT.npz, or OUT.json for a small one to read and diff")
    command.add_argument("--python", metavar="PYTHON",
                         help="the interpreter to run it, Python 2.7 to today's (this one)")
    command.add_argument("--every", type=int, default=1, metavar="K",
                         help="record each K-th step only")
    command.add_argument("--variables", metavar="REGEX", help="record these variables only")
    command.add_argument("--init-from", metavar="TRACE",
                         help="start from the initial values of this trace")
    command.add_argument("--feeds-from", metavar="TRACE",
                         help="feed each step what it was fed in this trace")
    _add_settings(command)
    command.set_defaults(command=_record)

    command = commands.add_parser("compare", help="compare two traces, step by step")
    command.add_argument("a", metavar="A")
    command.add_argument("b", metavar="B")
    command.add_argument("--ulp", type=int, default=0, metavar="N",
                         help="agree within N units in the last place (0)")
    command.add_argument("--rtol", type=float, default=0.0, metavar="R")
    command.add_argument("--atol", type=float, default=0.0, metavar="A",
                         help="agree within A + R * |b|")
    command.add_argument("--map", action="append", default=[], dest="names",
                         metavar="OLD=NEW|FILE",
                         help="what A calls OLD (a name or a regular expression), B calls NEW; or "
                              "a map file")
    command.add_argument("--variables", metavar="REGEX",
                         help="compare these variables only, and no fetches or feeds")
    command.add_argument("--no-explain", dest="explain", action="store_false",
                         help="do not look for the reasons of a difference")
    command.add_argument("--json", action="store_true",
                         help="print the comparison and its explanation as JSON")
    command.add_argument("--html", metavar="FILE",
                         help="write a page with charts, which needs no network")
    command.add_argument("--plot", metavar="FILE", help="draw the divergence into FILE.png")
    command.set_defaults(command=_compare)

    command = commands.add_parser(
        "map", help="propose which tensors of two traces are the same, and how laid out")
    command.add_argument("a", metavar="A")
    command.add_argument("b", metavar="B")
    command.add_argument("-o", "--out", metavar="MAP.json", help="write it, for compare --map")
    command.set_defaults(command=_map)
    guide.add(commands, parser)
    return parser


def _add_settings(command):
    command.add_argument("--as-of", metavar="RELEASE",
                         help="the TensorFlow it was written for, 0.12 to 1.15 (guessed)")
    command.add_argument("--data-dir", metavar="FOLDER",
                         help="where data sets lie that the script would download")
    command.add_argument("--download", action="store_true",
                         help="let TensorFlow's and Keras' loaders fetch data that is missing")
    command.add_argument("--stand-in-data", action="store_true",
                         help="put scikit-learn's digits in the place of data that is missing")
    command.add_argument("-v", "--verbose", action="store_true",
                         help="show TensorFlow's own warnings, too")


def _verify(options):
    from tf1_recipes.evidence.report import verify_command
    need_python_3_10("verify")
    return verify_command(options.names, options.json)


def _list(options):
    from tf1_recipes.evidence.listing import list_command
    list_command(options.json)
    return 0


def _show(options):
    from tf1_recipes.evidence.page import show_command
    show_command(options.name, options.plot)
    return 0


def _run(options):
    from tf1_recipes.legacy import runner
    need_python_3_10("run")
    _put_settings(options)
    if options.check_against:
        from tf1_recipes.legacy import checking
        rtol = checking.RTOL if options.rtol is None else options.rtol
        return checking.check(options.check_against, options.script, options.behind, rtol,
                              options.same_start)
    if options.same_start or options.rtol is not None:
        raise Error("%s: it is for --check-against PYTHON" % (
            "--same-start" if options.same_start else "--rtol"))
    return runner.run(options.script, options.behind)


def _put_settings(options):
    from tf1_recipes.legacy import settings
    for name in ("as_of", "data_dir", "download", "stand_in_data", "verbose"):
        settings.put(name, getattr(options, name) or getattr(settings, name)() or None)


def _record(options):
    from tf1_recipes.recording.command import record
    _put_settings(options)
    return record(options.script, options.behind, options.out, options.python, options.every,
                  options.variables, options.init_from, options.feeds_from)


def _map(options):
    from tf1_recipes.traces.map_command import map_command
    return map_command(options.a, options.b, options.out)


def _compare(options):
    from tf1_recipes.traces.compare_command import compare_files
    return compare_files(options.a, options.b, options.ulp, options.rtol, options.atol,
                         options.names, options.variables, options.explain, options.json,
                         options.html, options.plot)
