"""A script run twice and compared: what it printed, and what it trained."""
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tf1_recipes import cli
from tf1_recipes.recording.printed_numbers import compare_printed


@pytest.mark.parametrize("a, b", [
    ("loss 1.2345", "loss 1.2350"),
    ("loss 1.2345", "loss 1.2345000"),
    ("[ 0.1  20.]", "[ 0.1000001 20. ]"),
    ("1e-5 -3 .5 nan inf", "1.0005e-05 -3.0 0.5 nan inf"),
    ("a\n\nb", "a\nb\n"),
    ("layer_2/w:0 is 3", "layer_2/w:0 is 3"),
])
def test_printed_lines_that_agree(a, b):
    assert compare_printed(a, b, 1e-3).differing == []


@pytest.mark.parametrize("a, b, differing", [
    ("loss 1.2345", "loss 1.2360", [(1, "loss 1.2345", "loss 1.2360")]),
    ("x\nloss 1", "x\nrate 1", [(2, "loss 1", "rate 1")]),
    ("0.0", "0.1", [(1, "0.0", "0.1")]),
    ("1 2", "1 2 3", [(1, "1 2", "1 2 3")]),
    ("1", "-1", [(1, "1", "-1")]),
    ("1", "nan", [(1, "1", "nan")]),
    ("1", "inf", [(1, "1", "inf")]),
    ("a", "a\nb", [(2, None, "b")]),
    ("a\nb", "a", [(2, "b", None)]),
    ("model_1", "model_2", [(1, "model_1", "model_2")]),
])
def test_printed_lines_that_differ(a, b, differing):
    assert compare_printed(a, b, 1e-3).differing == differing


def test_what_the_comparison_counts():
    found = compare_printed("1 2\n\n100", "1 2\n100.05", 1e-3)
    assert (found.lines, found.numbers) == (2, 3)
    assert found.worst == pytest.approx(5e-4, rel=1e-3)


# --- The command; this interpreter stands for the genuine one ---


def check(tmp_path, monkeypatch, capsys, text, *arguments):
    monkeypatch.chdir(tmp_path)
    for name in ("AS_OF", "DATA_DIR", "DOWNLOAD", "STAND_IN_DATA", "VERBOSE"):
        monkeypatch.delenv("TF1_RECIPES_" + name, raising=False)
    (tmp_path / "script.py").write_text(textwrap.dedent(text))
    status = cli.main(["run", "--check-against", sys.executable, *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


SECOND_TIME = """
    import os, sys
    second = os.path.exists("first")
    open("first", "w").close()
    print("loss", 1.0 + (0.0005 if second else 0.0))
    print(sys.argv[1:])
    """


def test_two_runs_that_print_the_same_within_the_tolerance(tmp_path, monkeypatch, capsys):
    status, out, err = check(tmp_path, monkeypatch, capsys, SECOND_TIME, "script.py", "--x", "1")
    assert (status, err) == (0, "")
    assert out == textwrap.dedent("""\
        genuine  not recorded: no variable changed, 2 lines printed, exit status 0
        here     not recorded: no variable changed, 2 lines printed, exit status 0
        The genuine run left in this folder what the other one found: first

        Printed: 2 of 2 lines agree within 0.001; of their 2 numbers the worst differs by 5.0e-04

        AGREE
        """)


def test_a_difference_is_shown_and_is_status_1(tmp_path, monkeypatch, capsys):
    status, out, _ = check(tmp_path, monkeypatch, capsys, SECOND_TIME + """
    if second:
        sys.exit("no more")
    """, "--rtol", "1e-6", "script.py")
    assert status == 1
    assert out.splitlines()[2:] == [
        "         | no more",
        "The genuine run left in this folder what the other one found: first",
        "",
        "Printed: 1 of 2 lines agree within 1e-06",
        "  the first that differs is line 1:",
        "  genuine  loss 1.0",
        "  here     loss 1.0005",
        "",
        "DIFFERENT: the exit status, what is printed"]


@pytest.mark.parametrize("arguments, message", [
    (["run", "--check-against", "none", "script.py"],
     "--check-against none cannot be run: No such file or directory"),
    (["run", "--check-against", sys.executable, "none.py"], "there is no script none.py"),
    (["run", "--check-against", sys.executable, "--rtol", "-1", "script.py"],
     "--rtol -1: it must be a finite number >= 0"),
    (["run", "--check-against", sys.executable, "train.ipynb"],
     "--check-against %s: another interpreter runs scripts only: convert train.ipynb with "
     "`jupyter nbconvert --to script`" % sys.executable),
    (["run", "--rtol", "1", "script.py"], "--rtol: it needs --check-against PYTHON"),
    (["run", "--same-start", "script.py"], "--same-start: it needs --check-against PYTHON"),
    (["record", "--as-of", "2.0", "script.py", "-o", "x.npz"],
     "--as-of 2.0: it must be a release from 0.12 to 1.15; the eras are 0.12, 1.4, 1.7, 1.15"),
])
def test_bad_requests(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF1_RECIPES_AS_OF", "")
    (tmp_path / "script.py").write_text("")
    (tmp_path / "train.ipynb").write_text("{}")
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err == "tf1-recipes: %s\n" % message


def test_sigterm_leaves_no_run_behind(tmp_path):
    (tmp_path / "script.py").write_text("""
import os, time
with open("process", "w") as file:
    file.write(str(os.getpid()))
os.rename("process", "started")
time.sleep(60)
""")
    check = subprocess.Popen(
        [sys.executable, "-m", "tf1_recipes", "run", "--check-against", sys.executable,
         "script.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=dict(os.environ, TMPDIR=str(tmp_path)))
    deadline = time.monotonic() + 120
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    check.send_signal(signal.SIGTERM)
    check.communicate(timeout=30)
    assert check.returncode == 143
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "started").read_text()), 0)
    assert sorted(os.listdir(tmp_path)) == ["script.py", "started"]
