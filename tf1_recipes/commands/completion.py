"""``tf1-recipes completion bash|zsh|fish``: prints a script, made from the parser, for a shell.

The script completes commands, options, and the words that an argument may be (its ``choices``, or
what the parser notes as its ``completions``, a function); everything else, such as the value of an
option, is a file's name. It starts no Python.
"""
from __future__ import annotations

import argparse

from tf1_recipes.commands.misspelt import commands_of, options_of

SHELLS = ("bash", "zsh", "fish")


def add(commands: argparse._SubParsersAction, program: argparse.ArgumentParser) -> None:
    """Adds ``completion`` to the commands of the program."""
    command = commands.add_parser(
        "completion", help="print the completion script of a shell",
        epilog="For bash: source <(tf1-recipes completion bash)")
    command.add_argument("shell", choices=SHELLS)
    command.set_defaults(command=_completion, program=program)


def _completion(options: argparse.Namespace) -> int:
    print(completion_script(options.shell, options.program), end="")
    return 0


def completion_script(shell: str, parser: argparse.ArgumentParser) -> str:
    """Returns the script.

    Args:
        shell: one of `SHELLS`.
        parser: the parser of the whole command line.
    """
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](parser)


def _helps(parser: argparse.ArgumentParser) -> dict[str, str]:
    """What each command does, in a line."""
    helps = next(action for action in parser._actions
                 if isinstance(action, argparse._SubParsersAction))._choices_actions
    return {each.dest: each.help or "" for each in helps}


def _words(action: argparse.Action) -> list[str]:
    completions = getattr(action, "completions", list)
    return [str(each) for each in action.choices or completions()]


def _rows(parser: argparse.ArgumentParser) -> list[tuple[str, list[argparse.Action], list[str]]]:
    """Rows of a command, its options, and the words that its arguments may be."""
    return [(name, options_of(command),
             [word for action in command._actions if not action.option_strings
              for word in _words(action)]) for name, command in commands_of(parser).items()]


def _names(options: list[argparse.Action]) -> list[str]:
    return [name for action in options for name in action.option_strings]


def _with_values(options: list[argparse.Action]) -> list[str]:
    return _names([action for action in options if action.nargs is None])


def _quoted(text: str) -> str:
    return "'%s'" % text.replace("'", "'\\''")


def _bash(parser: argparse.ArgumentParser) -> str:
    cases = "\n".join("      %s) options=%s; with_values=%s; words=%s ;;" % (
        name, *[_quoted(" ".join(each)) for each in (
            _names(options), _with_values(options), words)])
        for name, options, words in _rows(parser))
    return _BASH % (_quoted(" ".join(commands_of(parser))),
                    _quoted(" ".join(_names(options_of(parser)))), cases)


_BASH = """\
# bash completion of tf1-recipes: source <(tf1-recipes completion bash)
_tf1_recipes() {
  local current=${COMP_WORDS[COMP_CWORD]} options with_values words
  if [ "$COMP_CWORD" -le 1 ]; then
    words=%s; options=%s
  else
    case ${COMP_WORDS[1]} in
%s
    esac
  fi
  if [[ $current == -* ]]; then words=$options
  elif [[ " $with_values " == *" ${COMP_WORDS[COMP_CWORD - 1]} "* ]]; then words=; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tf1_recipes tf1-recipes
"""


def _zsh(parser: argparse.ArgumentParser) -> str:
    def described(pairs):
        return " ".join(_quoted("%s:%s" % (name.replace(":", "\\:"), text)) for name, text in pairs)
    cases = "\n".join("      %s) options=(%s); with_values=(%s); words_of=(%s) ;;" % (
        name, described((option, action.help or "") for action in options
                        for option in action.option_strings),
        " ".join(_with_values(options)), described((word, "") for word in words))
        for name, options, words in _rows(parser))
    return _ZSH % (described(_helps(parser).items()), cases)


_ZSH = """\
#compdef tf1-recipes
# zsh completion of tf1-recipes: source <(tf1-recipes completion zsh)
_tf1_recipes() {
  local -a options with_values words_of
  if (( CURRENT == 2 )); then
    words_of=(%s)
  else
    case $words[2] in
%s
    esac
  fi
  if [[ $words[CURRENT] == -* ]]; then
    _describe -o option options
  elif (( $#words_of && ! ${with_values[(Ie)$words[CURRENT-1]]} )); then
    _describe word words_of
  else
    _files
  fi
}
compdef _tf1_recipes tf1-recipes
"""


def _fish(parser: argparse.ArgumentParser) -> str:
    lines = ["# fish completion of tf1-recipes: tf1-recipes completion fish | source"]
    lines += ["complete -c tf1-recipes -f -n __fish_use_subcommand -a %s -d %s" % (
        name, _quoted(text)) for name, text in _helps(parser).items()]
    for name, options, words in _rows(parser):
        start = "complete -c tf1-recipes -n '__fish_seen_subcommand_from %s'" % name
        if words:
            lines.append("%s -f -a %s" % (start, _quoted(" ".join(words))))
        for action in options:
            names = " ".join("-l %s" % each[2:] if each.startswith("--") else "-s %s" % each[1:]
                             for each in action.option_strings)
            value = " -r -F" if action.nargs is None else ""
            lines.append("%s %s%s -d %s" % (start, names, value, _quoted(action.help or "")))
    return "\n".join(lines) + "\n"
