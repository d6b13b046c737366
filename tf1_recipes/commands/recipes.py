"""``verify``, ``list`` and ``show``: the recipes and their evidence."""
from __future__ import annotations

import argparse

from tf1_recipes.requirements import need_python_3_10


def add(commands: argparse._SubParsersAction, program: argparse.ArgumentParser) -> None:
    """Adds them to the commands of the program."""
    command = commands.add_parser("verify", help="check every recipe along its chain of evidence")
    command.add_argument("names", nargs="*", metavar="NAME",
                         help="recipes, such as A1 E2 (all)").completions = _recipe_names
    command.add_argument("--json", action="store_true", help="print JSON instead of the table")
    command.set_defaults(command=_verify)

    command = commands.add_parser("list", help="show the catalogue of recipes")
    command.add_argument("--json", action="store_true", help="print JSON instead of text")
    command.set_defaults(command=_list)

    command = commands.add_parser("show", help="show a recipe's page, or draw its picture")
    command.add_argument("name", metavar="NAME",
                         help="a recipe, such as A1").completions = _recipe_names
    command.add_argument("--plot", metavar="FILE", help="draw its genuine trace into FILE.png")
    command.set_defaults(command=_show)


def _recipe_names() -> list[str]:
    from tf1_recipes.evidence import catalogue
    return [recipe.name for recipe in catalogue.RECIPES]


def _verify(options: argparse.Namespace) -> int:
    from tf1_recipes.evidence.report import verify_command
    need_python_3_10("verify")
    return verify_command(options.names, options.json)


def _list(options: argparse.Namespace) -> int:
    from tf1_recipes.evidence.listing import list_command
    list_command(options.json)
    return 0


def _show(options: argparse.Namespace) -> int:
    from tf1_recipes.evidence.page import show_command
    show_command(options.name, options.plot)
    return 0
