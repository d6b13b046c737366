"""The command line: what it hands on, what it refuses, and what it leaves unimported."""
import os
import subprocess
import sys

import numpy as np
import pytest

from tf1_recipes import __version__, cli
from tf1_recipes.commands.misspelt import commands_of, options_of
from tf1_recipes.legacy import runner
from tf1_recipes.recording.session_tap import TraceFile


def trace(path, weights):
    file = TraceFile(str(path), {})
    file.step(0, [("variables", "net/weights", np.float32(weights))], {"session": 0})
    file.close({})


@pytest.fixture
def traces(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trace("a.npz", [1.0, 2.0])
    trace("same.npz", [1.0, 2.0])
    trace("other.npz", [1.0, 2.5])


@pytest.mark.parametrize("code", [
    "import tf1_recipes",
    "import tf1_recipes.cli",
    "from tf1_recipes.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
    "from tf1_recipes.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass",
    "from tf1_recipes.cli import main\ntry: main(['record', '--help'])\nexcept SystemExit: pass",
])
def test_importing_and_helping_load_neither_tensorflow_nor_numpy(code):
    check = "\nimport sys; print([n for n in ('tensorflow', 'keras', 'numpy') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code + check], capture_output=True, text=True,
                          check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_comparing_loads_no_tensorflow(traces):
    code = ("from tf1_recipes.cli import main; import sys\n"
            "print(main(['compare', 'a.npz', 'same.npz']), 'tensorflow' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False"


@pytest.mark.parametrize("arguments", [
    [], ["--flag"], ["-h"], ["--help", "--version"], ["--", "-x"], ["-o", "out", "a b"],
    ["record", "--", "y"]])
def test_run_hands_everything_behind_the_script_to_it(monkeypatch, arguments):
    handed = []
    monkeypatch.setattr(runner, "run", lambda *each: handed.append(each) or 5)
    assert cli.main(["run", "train.py", *arguments]) == 5
    assert handed == [("train.py", arguments)]


def test_cluster_hands_everything_behind_the_script_to_it(monkeypatch):
    from tf1_recipes.cluster import command
    handed = []
    monkeypatch.setattr(command, "run_cluster", lambda request: handed.append(request) or 5)
    assert cli.main(["cluster", "--ps", "2", "--workers", "3", "--record", "traces",
                     "--record-worker", "1", "--record-worker", "2", "--timeout", "60",
                     "train.py", "--ps", "4", "--", "-v"]) == 5
    request, = handed
    assert (request.script, request.arguments) == ("train.py", ["--ps", "4", "--", "-v"])
    assert (request.servers, request.workers, request.timeout) == (2, 3, 60.0)
    assert (request.record, request.record_workers) == ("traces", [1, 2])
    assert (request.flags, request.chief, request.restarts) == (None, False, 0)


@pytest.mark.parametrize("command, takes_value", [
    (name, option) for name in ("run", "cluster")
    for action in options_of(commands_of(cli._parser())[name]) if action.nargs is None
    for option in action.option_strings])
def test_the_script_is_found_behind_every_option_with_a_value(command, takes_value):
    assert cli._cut([command, takes_value, "value", "train.py", "more"]) == (
        [command, takes_value, "value", "train.py"], ["more"])


@pytest.mark.parametrize("arguments, behind, expected", [
    ([], [], (None, 1, None, None, None)),
    (["--every", "3", "--python", "py", "--variables", "x", "--init-from", "t",
      "--feeds-from", "u"], [], ("py", 3, "x", "t", "u")),
    ([], ["--", "--batch", "3"], (None, 1, None, None, None)),
    ([], ["--", "--every", "7", "-o", "y", "--", "z"], (None, 1, None, None, None)),
])
def test_record_hands_on_what_stands_behind_the_dashes(monkeypatch, arguments, behind, expected):
    from tf1_recipes.recording import command
    handed = []
    monkeypatch.setattr(command, "record", lambda *each: handed.append(each) or 0)
    options = ["-o", "x.npz", *arguments]
    for before in (["train.py", *options], [*options, "train.py"]):
        assert cli.main(["record", *before, *behind]) == 0
    assert handed == 2 * [("train.py", behind[1:], "x.npz", *expected)]


@pytest.mark.parametrize("options, status", [
    (["same.npz"], 0), (["other.npz"], 1), (["other.npz", "--atol", "0.5"], 0),
    (["other.npz", "--rtol", "0.2"], 0), (["other.npz", "--rtol", "0.1"], 1),
    (["other.npz", "--ulp", "2097152"], 0), (["other.npz", "--ulp", "2097151"], 1),
    (["same.npz", "--variables", "net"], 0), (["same.npz", "--map", "net/weights=w"], 1)])
def test_compare_says_by_its_status_whether_all_agrees(traces, capsys, options, status):
    assert cli.main(["compare", "a.npz", *options]) == status
    assert ("AGREE: " in capsys.readouterr().out) == (status == 0)


@pytest.mark.parametrize("arguments, message", [
    (["a.npz", "none.npz"], "none.npz cannot be read: No such file or directory"),
    (["a.npz", "same.npz", "--map", "net"], "--map net: write it as OLD=NEW, or name a map file"),
    (["a.npz", "same.npz", "--map", "=net"],
     "--map =net: write it as OLD=NEW, or name a map file"),
    (["a.npz", "same.npz", "--map", "weights=w"],
     "--map: 'weights' matches no name of the first trace; the closest are 'net/weights', 'net'"),
    (["a.npz", "same.npz", "--variables", "nets"],
     "--variables: 'nets' matches no variable; the closest are 'net', 'net/weights'"),
    (["a.npz", "same.npz", "--variables", "["],
     "--variables [ is not a regular expression: unterminated character set at position 0"),
    (["a.npz", "same.npz", "--ulp", "-1"], "--ulp -1: it must be a finite number >= 0"),
    (["a.npz", "same.npz", "--rtol", "nan"], "--rtol nan: it must be a finite number >= 0"),
    (["a.npz", "same.npz", "--atol", "inf"], "--atol inf: it must be a finite number >= 0"),
    (["a.npz", "same.npz", "--html", "no/page.html"],
     "cannot write no/page.html: there is no folder %s"),
    (["a.npz", "same.npz", "--plot", "."], "cannot write .: it is a folder"),
])
def test_bad_requests_are_one_line_and_status_2(traces, capsys, arguments, message):
    assert cli.main(["compare", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "tf1-recipes: %s\n" % message.replace("%s", os.path.abspath("no")))


def test_compare_draws(traces, capsys):
    pytest.importorskip("matplotlib")
    assert cli.main(["compare", "a.npz", "other.npz", "--html", "a.html", "--plot", "a.png"]) == 1
    assert "DIFFERENT: 1 of 1 tensor at 1 step differs." in capsys.readouterr().out
    with open("a.html", encoding="utf-8") as page:
        assert "1 of 1 tensor at 1 step differs." in page.read()
    with open("a.png", "rb") as picture:
        assert picture.read(4) == b"\x89PNG"


def test_progress_is_shown_on_a_terminal_only(traces, capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    assert cli.main(["compare", "a.npz", "same.npz"]) == 0
    plain = capsys.readouterr()
    assert plain.err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert cli.main(["compare", "a.npz", "same.npz"]) == 0
    shown = capsys.readouterr()
    assert "comparing steps" in shown.err and "1/1" in shown.err
    assert shown.out == plain.out


@pytest.mark.parametrize("arguments, message", [
    (["verfy"], "there is no command 'verfy'; did you mean verify?"),
    (["convrt", "a.npy"], "there is no command 'convrt'; did you mean convert?"),
    (["convert", "a.npy", "--lst"], "--lst: there is no such option; did you mean --list?"),
    (["xyzzy"], "there is no command 'xyzzy'; see tf1-recipes --help"),
    (["ver\x1bfy"], "there is no command 'ver\\x1bfy'; did you mean verify?"),
    (["--verison"], "--verison: there is no such option; did you mean --version?"),
    (["--verison", "verify"], "--verison: there is no such option; did you mean --version?"),
    (["verify", "A1", "--jsn"], "--jsn: there is no such option; did you mean --json?"),
    (["compare", "a", "b", "--mpa=c=d"], "--mpa: there is no such option; did you mean --map?"),
    (["compare", "--xyzzy"], "--xyzzy: there is no such option; see tf1-recipes compare --help"),
    (["record", "x.py", "--evry", "3"], "--evry: there is no such option (the script's own "
     "arguments go behind --); did you mean --every?"),
    (["record", "x.py", "--steps", "3", "-o", "c.npz"], "--steps: there is no such option (the "
     "script's own arguments go behind --); see tf1-recipes record --help"),
    (["run", "--as", "0.12", "x.py"], "--as: there is no such option; did you mean --as-of?"),
    (["run", "--check=py", "x.py"], "--check: there is no such option; did you mean "
     "--check-against?"),
    (["compare", "a", "b", "--no-exp"], "--no-exp: there is no such option; did you mean "
     "--no-explain?"),
    (["nosuch"], "there is no command 'nosuch'; see tf1-recipes --help"),
    (["run", "--explain", "--check-against", "py", "x.py"],
     "--explain and --check-against exclude each other: --explain runs nothing"),
    (["run", "--explain", "--rtol", "1", "x.py"], "--rtol: it needs --check-against PYTHON"),
    (["run", "--as-off", "1", "x.py"], "--as-off: there is no such option; did you mean --as-of?"),
])
def test_what_is_misspelt_is_one_line_with_the_closest(capsys, arguments, message):
    assert cli.main(arguments) == 2
    assert capsys.readouterr() == ("", "tf1-recipes: %s\n" % message)


def test_what_stands_behind_the_dashes_is_not_misspelt(monkeypatch):
    from tf1_recipes.recording import command
    monkeypatch.setattr(command, "record", lambda *each: 0)
    assert cli.main(["record", "x.py", "-o", "y.npz", "--", "--evry"]) == 0


def test_the_exit_statuses_are_documented(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    told = capsys.readouterr().out.partition("exit status:\n")[2]
    assert [line.split()[0] for line in told.splitlines()[:4]] == ["0", "1", "2", "130"]


@pytest.mark.parametrize("arguments", [
    [], ["compare", "a.npz"], ["compare", "a", "b", "c"], ["record", "train.py"],
    ["compare", "a", "b", "--ulp", "x"], ["run"], ["record", "a.py", "b.py", "-o", "x.npz"]])
def test_bad_usage_is_status_2(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: tf1-recipes")


@pytest.mark.parametrize("arguments, unknown", [
    (["show", "A1", "B2"], "B2"), (["list", "-x"], "-x"), (["guide", "races", "b\x1b"], "b\\x1b")])
def test_an_argument_too_many_shows_the_usage_of_its_command(capsys, arguments, unknown):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("usage: tf1-recipes %s " % arguments[0])
    assert told.endswith("error: unrecognized arguments: %s\n" % unknown)


@pytest.mark.parametrize("command", commands_of(cli._parser()))
def test_no_option_can_be_abbreviated_and_each_has_a_help_text(capsys, command):
    for action in options_of(commands_of(cli._parser())[command]):
        assert action.help
        for name in [each for each in action.option_strings if len(each) > 4]:
            assert cli.main([command, name[:-1]]) == 2
            told = capsys.readouterr().err
            assert told.startswith("tf1-recipes: %s: there is no such option" % name[:-1])
            assert told.endswith("; did you mean %s?\n" % name)


@pytest.mark.parametrize("command", commands_of(cli._parser()))
def test_help_fits_into_80_columns(capsys, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 80] == []


def test_the_version(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == __version__ + "\n"


def test_an_interrupt_is_status_130(monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt
    monkeypatch.setattr(runner, "run", interrupted)
    assert cli.main(["run", "x.py"]) == 130
    assert capsys.readouterr().err == "tf1-recipes: interrupted\n"


def test_a_closed_pipe_ends_quietly(traces):
    done = subprocess.run(
        "%s -m tf1_recipes compare a.npz other.npz | true" % sys.executable, shell=True,
        capture_output=True, text=True)
    assert done.stderr == ""
