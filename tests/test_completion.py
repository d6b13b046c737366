"""Completion in a shell: the scripts are those of the parser, and the shells take them."""
import shutil
import subprocess

import pytest

from tf1_recipes import cli
from tf1_recipes.commands.completion import SHELLS, completion_script
from tf1_recipes.commands.misspelt import commands_of, options_of


def completed(tmp_path, *words):
    """Returns what bash offers for the last of the words."""
    script = tmp_path / "completion.bash"
    script.write_text(completion_script("bash", cli._parser()))
    answer = subprocess.run(
        ["bash", "-c", 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tf1_recipes; '
                       'printf "%s\\n" "${COMPREPLY[@]}"', str(script), *words],
        capture_output=True, text=True, check=True)
    assert answer.stderr == ""
    return answer.stdout.split()


@pytest.mark.parametrize("words, expected", [
    (["tf1-recipes", "ver"], ["verify"]),
    (["tf1-recipes", "co"], ["compare", "convert", "completion"]),
    (["tf1-recipes", "convert", "a.npy", "--l"], ["--list"]),
    (["tf1-recipes", "--v"], ["--version"]),
    (["tf1-recipes", "verify", "A1", "E"], ["E1", "E2", "E3", "E4", "E5"]),
    (["tf1-recipes", "show", "C"], ["C"]),
    (["tf1-recipes", "compare", "a.npz", "--no"], ["--no-explain"]),
    (["tf1-recipes", "record", "x.py", "--in"], ["--init-from"]),
    (["tf1-recipes", "completion", ""], ["bash", "zsh", "fish"]),
    (["tf1-recipes", "compare", "a"], []),  # then bash completes the names of files
    (["tf1-recipes", "show", "A1", "--plot", ""], []),
    (["tf1-recipes", "show", "--pl"], ["--plot"]),
    (["tf1-recipes", "verify", "--json", "E1"], ["E1"]),  # an option without a value
    (["tf1-recipes", "verfy", "A"], []),
])
def test_bash_completes_commands_options_and_recipes(tmp_path, words, expected):
    assert completed(tmp_path, *words) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_has_every_command_and_every_option(shell):
    parser = cli._parser()
    script = completion_script(shell, parser)
    for name, command in commands_of(parser).items():
        assert name in script
        for option in options_of(command):
            for each in option.option_strings:
                assert ("-l " + each[2:] if shell == "fish" and each.startswith("--") else
                        "-s " + each[1:] if shell == "fish" else each) in script


def test_zsh_and_fish_offer_files_as_the_value_of_an_option():
    zsh = completion_script("zsh", cli._parser())
    assert "with_values=(--plot); words_of=('A1:' " in zsh
    fish = completion_script("fish", cli._parser())
    assert "__fish_seen_subcommand_from show' -l plot -r -F -d " in fish


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_finds_no_fault_in_its_script(tmp_path, shell):
    if not shutil.which(shell):
        pytest.skip("there is no %s" % shell)
    script = tmp_path / "script"
    script.write_text(completion_script(shell, cli._parser()))
    checked = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_command_prints_the_script(capsys):
    assert cli.main(["completion", "fish"]) == 0
    assert capsys.readouterr().out == completion_script("fish", cli._parser())
