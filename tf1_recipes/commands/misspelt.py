"""Commands and options that do not exist, and which was meant."""
from __future__ import annotations

import argparse
from collections.abc import Iterable

from tf1_recipes.errors import Error
from tf1_recipes.untrusted.closest_names import LIKE_TYPED, closest_names


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Returns the parser of each command."""
    return next(dict(action.choices) for action in parser._actions
                if isinstance(action, argparse._SubParsersAction))


def options_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Returns the options of a command, without its positional arguments."""
    return [action for action in parser._actions if action.option_strings]


def refuse_misspelt(parser: argparse.ArgumentParser, arguments: list[str]) -> None:
    """Raises one line for a command or an option that does not exist.

    Args:
        parser: the parser of the whole command line.
        arguments: what it is to parse.

    Raises:
        Error: it names the word and the closest that exists.
    """
    commands = commands_of(parser)
    command = next((each for each in arguments if not each.startswith("-")), None)
    before = arguments if command is None else arguments[:arguments.index(command)]
    _refuse_options("tf1-recipes", parser, before)
    if command is None:
        return
    if command not in commands:
        raise Error("there is no command %r%s" % (command, _instead(
            command, commands, "tf1-recipes --help")))
    _refuse_options("tf1-recipes " + command, commands[command], arguments[len(before) + 1:])


def _refuse_options(title: str, parser: argparse.ArgumentParser, arguments: list[str]) -> None:
    known = [name for action in options_of(parser) for name in action.option_strings]
    note = " (the script's own arguments go behind --)" if title.endswith(" record") else ""
    for argument in arguments:
        option = argument.partition("=")[0]
        if argument == "--":
            return
        # As argparse has it: no option has a space.
        if option.startswith("--") and " " not in option and option not in known:
            raise Error("%s: there is no such option%s%s" % (
                option, note, _instead(option, known, title + " --help")))


def _instead(word: str, known: Iterable[str], listed: str) -> str:
    # Without the dashes, which all options share.
    names = {name.lstrip("-"): name for name in known}
    bare = word.lstrip("-")
    closest = [name for name in sorted(names) if bare and name.startswith(bare)] or closest_names(
        bare, names, 1, LIKE_TYPED)
    return "; did you mean %s?" % names[closest[0]] if closest else "; see %s" % listed
