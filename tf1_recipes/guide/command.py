"""The commands ``tf1-recipes guide`` and ``tf1-recipes help``."""
from __future__ import annotations

import argparse
from collections.abc import Callable


def add(commands: argparse._SubParsersAction, program: argparse.ArgumentParser) -> None:
    """Adds the two to the commands of the program."""
    command = commands.add_parser("guide", help="show the documentation, page by page")
    _completed(command.add_argument("page", nargs="?", metavar="PAGE",
                                    help="a page (a list of all)"), _pages)
    command.add_argument("--search", metavar="WORD",
                         help="show the lines that have this word, of all pages or of PAGE")
    command.set_defaults(command=_guide)

    command = commands.add_parser(
        "help", help="show a page of the guide, a command's options, or a recipe")
    _completed(command.add_argument("topic", nargs="?", metavar="PAGE|COMMAND|RECIPE"),
               lambda: [*commands.choices, *_pages()])
    command.set_defaults(command=_help, commands=commands.choices, program=program)


def _completed(argument: argparse.Action, words: Callable[[], list[str]]) -> None:
    """Notes what a shell may complete an argument to."""
    argument.completions = words  # type: ignore[attr-defined]


def _pages() -> list[str]:
    from tf1_recipes.guide.reader import pages
    return list(pages())


def _guide(options: argparse.Namespace) -> int:
    from tf1_recipes.guide.reader import guide_command
    return guide_command(options.page, options.search)


def _help(options: argparse.Namespace) -> int:
    topic = options.topic
    if topic is None or topic in options.commands:
        options.commands.get(topic, options.program).print_help()
        return 0
    from tf1_recipes.evidence.catalogue import RECIPES
    if topic.upper() in [recipe.name for recipe in RECIPES]:
        from tf1_recipes.evidence.page import show_command
        show_command(topic, None)
        return 0
    from tf1_recipes.guide.reader import guide_command
    return guide_command(topic, others=options.commands)
