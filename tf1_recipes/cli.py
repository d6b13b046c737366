"""The command line: parses, calls one function, prints. Run ``tf1-recipes --help``."""
from __future__ import annotations

import argparse
import sys

import tf1_recipes
from tf1_recipes.commands import cluster, completion, recipes, scripts, trace_files, weights
from tf1_recipes.commands.misspelt import commands_of, refuse_misspelt
from tf1_recipes.errors import Error
from tf1_recipes.guide import command as guide
from tf1_recipes.untrusted.visible import visible

_STATUSES = """\
exit status:
  0    done; everything that was checked or compared agrees
  1    verify, compare, map, run --check-against: something does not, and is named
  2    wrong usage, or a bad input: one line says what, where and what to do
  130  interrupted (Ctrl-C)
  run and record otherwise give the script's own exit status (record 1, if nothing was trained),
  cluster that of the first member that failed"""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit status: see the end of ``tf1-recipes --help``.

    Args:
        arguments: those of ``tf1-recipes``; by default ``sys.argv[1:]``.

    >>> main(["verfy"])
    2
    """
    arguments, behind = _cut(list(sys.argv[1:] if arguments is None else arguments))
    parser = _parser()
    try:
        refuse_misspelt(parser, arguments)
        options, unknown = parser.parse_known_args(arguments)
        if unknown:  # argparse itself would print the usage of the whole program
            commands_of(parser)[options.command_name].error(
                "unrecognized arguments: %s" % " ".join(unknown))
        options.behind = behind
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


# The options of the commands whose script is followed by its own arguments, if they take a value.
_WITH_VALUE = {
    "run": ("--as-of", "--data-dir", "--check-against", "--rtol"),
    "cluster": ("--ps", "--workers", "--python", "--port-base", "--logs", "--record",
                "--record-worker", "--start-timeout", "--timeout", "--restarts", "--as-of",
                "--data-dir")}


def _cut(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Cuts off the script's own arguments: releases of argparse treat ``--`` differently."""
    end = len(arguments)
    if arguments[:1] == ["record"] and "--" in arguments:
        end = arguments.index("--")
        return arguments[:end], arguments[end + 1:]
    if arguments and arguments[0] in _WITH_VALUE:
        end = 1
        while end < len(arguments) and arguments[end].startswith("-"):
            end += 2 if arguments[end] in _WITH_VALUE[arguments[0]] else 1
        end += 1
    return arguments[:end], arguments[end:]


class _Parser(argparse.ArgumentParser):

    def __init__(self, **options):
        super().__init__(allow_abbrev=False, **options)  # `_cut` knows whole options only

    def error(self, message):
        super().error(visible(message))  # which quotes arguments as they are


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tf1-recipes", epilog=_STATUSES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="The classic TensorFlow 1 graph-mode recipes, reproduced, hardened and "
                    "verified;\nand tools to run, record and compare old trainings.")
    parser.add_argument("--version", action="version", version=tf1_recipes.__version__)
    commands = parser.add_subparsers(metavar="COMMAND", dest="command_name",
                                       required=True)
    for module in (recipes, scripts, cluster, trace_files, weights, completion, guide):
        module.add(commands, parser)
    return parser
