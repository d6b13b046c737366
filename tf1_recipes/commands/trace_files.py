"""``compare``, ``map`` and ``export``: what is done with traces."""
from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction, program: argparse.ArgumentParser) -> None:
    """Adds them to the commands of the program."""
    command = commands.add_parser("compare", help="compare two traces, step by step")
    command.add_argument("a", metavar="A")
    command.add_argument("b", metavar="B")
    command.add_argument("--ulp", type=int, default=0, metavar="N",
                         help="agree within N units in the last place (0)")
    command.add_argument("--rtol", type=float, default=0.0, metavar="R",
                         help="agree within R * |b|: the relative tolerance (0)")
    command.add_argument("--atol", type=float, default=0.0, metavar="A",
                         help="agree within A + R * |b|: the absolute tolerance (0)")
    command.add_argument("--map", action="append", default=[], dest="names",
                         metavar="OLD=NEW|FILE",
                         help="OLD in A (a name or a pattern) is NEW in B; or a map file")
    command.add_argument("--variables", metavar="REGEX",
                         help="compare these variables only, and no fetches or feeds")
    command.add_argument("--no-explain", dest="explain", action="store_false",
                         help="do not look for the reasons of a difference")
    command.add_argument("--json", action="store_true",
                         help="print the comparison and its explanation as JSON")
    command.add_argument("--html", metavar="FILE",
                         help="write a page with charts, for any browser, without a network")
    command.add_argument("--plot", metavar="FILE", help="draw the divergence into FILE.png")
    command.set_defaults(command=_compare)

    command = commands.add_parser(
        "map", help="propose a map: which tensors of two traces correspond")
    command.add_argument("a", metavar="A")
    command.add_argument("b", metavar="B")
    command.add_argument("-o", "--out", metavar="MAP.json", help="write it, for compare --map")
    command.set_defaults(command=_map)

    command = commands.add_parser("export", help="write a trace for TensorBoard")
    command.add_argument("trace", metavar="TRACE")
    command.add_argument("--tensorboard", required=True, metavar="FOLDER",
                         help="the folder of the new run: scalars, histograms of variables and of "
                              "their updates, by step")
    command.set_defaults(command=_export)


def _compare(options: argparse.Namespace) -> int:
    from tf1_recipes.traces.compare_command import compare_files
    return compare_files(options.a, options.b, options.ulp, options.rtol, options.atol,
                         options.names, options.variables, options.explain, options.json,
                         options.html, options.plot)


def _map(options: argparse.Namespace) -> int:
    from tf1_recipes.traces.map_command import map_command
    return map_command(options.a, options.b, options.out)


def _export(options: argparse.Namespace) -> int:
    from tf1_recipes.traces.tensorboard import export_tensorboard
    return export_tensorboard(options.trace, options.tensorboard)
