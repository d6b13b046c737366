"""Outputs: what a file must be called, where it can be, and that it is never what is read.

Every option of every command that writes is tried with every file that the command reads, under its
own name, another spelling, a symbolic and a hard link.
"""
import os
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes import traces
from tf1_recipes.cli import main
from tf1_recipes.errors import Error
from tf1_recipes.evidence import catalogue
from tf1_recipes.recording.session_tap import values_among
from tf1_recipes.traces.outputs import TRACE_ENDINGS, archive_of, check_output, check_writable


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """What the commands below read: a script, its data, two traces that differ, a map."""
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text("raise SystemExit('the script was run')")
    Path("data.csv").write_text("1,2")
    for name, value in (("a", 1), ("b", 2)):
        with traces.writer(name + ".npz") as t:
            t.initial({"w": np.float32([value, 0, 0])})
            t.step({"w": np.float32([value, 1, 0])}, feeds={"x": np.float32(value)})
    Path("map.json").write_text('{"format": "tf1_recipes map", "format_version": 1, "rules": []}')
    return tmp_path


def content():
    return {path: Path(path).read_bytes() for path in os.listdir() if not os.path.islink(path)}


# The files that are read, the command, and the endings that its output may have.
COMMANDS = {
    "record -o": (["train.py", "a.npz", "b.npz", "data.csv", "map.json"], [
        "record", "train.py", "--init-from", "a.npz", "--feeds-from", "b.npz", "-o", "OUT",
        "--", "--data=data.csv", "map.json"], (".npz", ".json")),
    "record -o json": (["train.py", "a.npz", "b.npz", "data.csv", "map.json"], [
        "record", "train.py", "--init-from", "a.npz", "--feeds-from", "b.npz", "-o", "OUT",
        "--", "--data=data.csv", "map.json"], (".json", ".npz")),
    "compare --html": (["a.npz", "b.npz", "map.json"], [
        "compare", "a.npz", "b.npz", "--map", "map.json", "--html", "OUT"], (".html",)),
    "compare --plot": (["a.npz", "b.npz", "map.json"], [
        "compare", "a.npz", "b.npz", "--map", "map.json", "--plot", "OUT"], (".png",)),
    "map -o": (["a.npz", "b.npz"], ["map", "a.npz", "b.npz", "-o", "OUT"], (".json",)),
}


def linked(read, out, how):
    """Makes ``out`` the same file as ``read``, and returns what it is called."""
    if how == "its name":
        return read
    if how == "another spelling":
        return os.path.join("..", os.path.basename(os.getcwd()), read)
    {"a symbolic link": os.symlink, "a hard link": os.link}[how](read, out)
    return out


@pytest.mark.parametrize("how", ["its name", "another spelling", "a symbolic link", "a hard link"])
@pytest.mark.parametrize("command, read", [
    (command, read) for command, (files, _, _) in COMMANDS.items() for read in files])
def test_no_command_replaces_what_it_reads(folder, capfd, command, read, how):
    if "--plot" in command:
        pytest.importorskip("matplotlib")
    _, arguments, endings = COMMANDS[command]
    out = linked(read, "out" + endings[0], how)
    before = content()
    assert main([out if each == "OUT" else each for each in arguments]) == 2
    printed, said = capfd.readouterr()
    option = next(each for each in arguments if arguments[arguments.index(each) + 1] == "OUT")
    if out.endswith(endings):
        what = "that file" if out == read else read
        assert said == "tf1-recipes: %s %s: it would overwrite %s, which is an input: name " \
                       "another file\n" % (option, out, what)
    else:
        assert said.startswith("tf1-recipes: %s %s: it must be called *" % (
            option, out))
        assert said.count("\n") == 1
    assert printed == ""
    assert content() == before


@pytest.mark.parametrize("form", [
    "%s", "--data=%s", "-d%s", "-d=%s", "--data%s", "train:%s", "--sets=train:%s,test.csv",
    "test.csv,%s", "--data=other;%s"])
def test_a_file_is_seen_in_whatever_form_the_script_is_given_it(folder, capfd, form):
    before = content()
    assert main(["record", "train.py", "-o", "a.npz", "--", form % "a.npz"]) == 2
    assert capfd.readouterr().err == (
        "tf1-recipes: -o a.npz: it would overwrite that file, which is an input: name another "
        "file\n")
    assert content() == before
    assert "a.npz" not in values_among(["--save=banana.npz", "banana.npz"])


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("out", ["out", "out.npy", "out.npz.gz", "out.partial"])
def test_an_ending_that_is_not_the_tool_s_is_refused(folder, capfd, command, out):
    if "--plot" in command:
        pytest.importorskip("matplotlib")
    before = content()
    assert main([out if each == "OUT" else each for each in COMMANDS[command][1]]) == 2
    printed, said = capfd.readouterr()
    assert ": it must be called *." in said and said.count("\n") == 1
    assert content() == before and printed == ""


def test_what_a_recording_writes_on_its_way_is_an_output_too(folder, capfd):
    """To JSON it goes by way of an archive, and to that by a partial one."""
    os.rename("a.npz", "run.json.npz")
    for read, out in (("run.json.npz", "run.json"), ("run.npz.partial", "run.npz")):
        if not os.path.exists(read):
            os.rename("run.json.npz", read)
        assert main(["record", "train.py", "-o", out, "--init-from", read]) == 2
        assert capfd.readouterr().err == (
            "tf1-recipes: -o %s: it would overwrite %s, which is an input: name another file\n" % (
                out, read))
        assert os.path.exists(read)


def test_a_page_and_its_picture_are_two_files(folder, capfd):
    pytest.importorskip("matplotlib")
    Path("page.html").touch()
    os.link("page.html", "page.svg")
    assert main(["compare", "a.npz", "b.npz", "--html", "page.html", "--plot", "page.svg"]) == 2
    assert capfd.readouterr().err.startswith("tf1-recipes: --plot page.svg: it would overwrite p")


def test_a_recipe_s_picture_replaces_no_evidence(folder, capfd):
    pytest.importorskip("matplotlib")
    recipe, = catalogue.find(["A1"])
    for read in [recipe.example_path(), *map(recipe.trace_path, recipe.releases)]:
        out = "%s.png" % os.path.basename(read)
        os.symlink(read, out)
        assert main(["show", "A1", "--plot", out]) == 2
        assert capfd.readouterr().err == (
            "tf1-recipes: --plot %s: it would overwrite %s, which is an input: name another "
            "file\n" % (out, read))


@pytest.mark.parametrize("write", [
    lambda path: traces.writer(path),
    lambda path: __import__("tf1_recipes").record_sessions(path).__enter__()])
def test_what_records_in_a_program_takes_the_same_endings(folder, write):
    before = content()
    with pytest.raises(Error, match=r"^run.npy: it must be called \*.npz or "
                                    r"\*.json$"):
        write("run.npy")
    assert content() == before


def test_steps_go_to_an_archive():
    assert [archive_of(path) for path in ("run.npz", "run.json")] == ["run.npz", "run.json.npz"]


def test_where_nothing_can_be_written(tmp_path):
    check_writable(str(tmp_path / "t.npz"))
    with pytest.raises(Error, match="there is no folder %s/none$" % tmp_path):
        check_output(str(tmp_path / "none" / "t.npz"), TRACE_ENDINGS)
    with pytest.raises(Error, match="^cannot write %s: it is a folder$" % tmp_path):
        check_output(str(tmp_path), TRACE_ENDINGS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_where_nothing_may_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Error, match="permission denied"):
        check_writable(str(tmp_path / "t.npz"))
