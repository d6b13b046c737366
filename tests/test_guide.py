"""Every page of the guide, and the README: snippets run, commands are understood, links lead on."""
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_kernels import SETTINGS
from tests.test_planted_errors import PLANTED
from tf1_recipes import cli
from tf1_recipes.commands.misspelt import refuse_misspelt
from tf1_recipes.guide import reader
from tf1_recipes.v1 import tf

ROOT = Path(__file__).resolve().parents[1]
GUIDE = sorted((ROOT / "tf1_recipes" / "guide").glob("*.md"))
PAGES = [ROOT / "README.md", *GUIDE]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def of(pages):
    return pytest.mark.parametrize("page", pages, ids=lambda page: page.stem)


def blocks(page, *kinds):
    return [(kind, text) for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))
            if kind in kinds]


def is_file(code):
    """Whether a snippet is a file of its own: its first line is a comment with its name."""
    return re.match(r"# (\w+\.py)\b", code)


def only_numbers_of_versions(text):
    """A text without the versions of what is installed, and without the blanks at line ends."""
    text = re.sub(r"(TensorFlow|Python|NumPy) [\d.]+", r"\1 N", text)
    return [line.rstrip() for line in text.strip().splitlines()]


@of([page for page in PAGES if blocks(page, "python")])
def test_snippets_run_and_print_what_stands_behind_them(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, printed = {}, ""
    with tf.Graph().as_default():
        for kind, text in blocks(page, "python", "text"):
            if kind == "text":
                assert not printed or printed == text
                printed = ""
            elif not is_file(text):
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(compile(text, page.name, "exec"), names)
                printed = out.getvalue()
        if "train" in names:
            assert_it_trains(names)


def assert_it_trains(names):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(tf.trainable_variables())
        session.run(names["train"], {names["x"]: [[1, 2, 3, 4]]} if "x" in names else {})
        after = session.run(tf.trainable_variables())
    assert any((old != new).any() for old, new in zip(before, after))


def test_what_a_person_types_prints_what_the_pages_say(tmp_path):
    """The tutorials on old code and on ports, one after the other, as they tell it."""
    pages = [ROOT / "tf1_recipes" / "guide" / name for name in ("old-code.md", "port.md")]
    for page in pages:
        for _, code in blocks(page, "python"):
            (tmp_path / is_file(code).group(1)).write_text(code, encoding="utf-8")
    for page in pages:
        for _, told in blocks(page, "console"):
            for step in re.split(r"^\$ ", told, flags=re.M)[1:]:
                command, _, output = step.partition("\n")
                assert only_numbers_of_versions(typed(command, tmp_path)) == (
                    only_numbers_of_versions(output)), command


def typed(command, folder):
    """What a command prints, on both streams."""
    program, *arguments = shlex.split(command)
    if program == "sed":
        return subprocess.run(command, shell=True, cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False).stdout
    program = {"python": [], "tf1-recipes": ["-m", "tf1_recipes"]}[program]
    done = subprocess.run(
        [sys.executable, *program, *arguments], cwd=folder, env=dict(os.environ,
                                                                      PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout


def test_the_package_works_beside_an_import_of_one_s_own(tmp_path):
    page = ROOT / "tf1_recipes" / "guide" / "installing.md"
    (_, code), (_, told) = blocks(page, "python", "text")
    (tmp_path / "own.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "own.py"], cwd=tmp_path, capture_output=True, text=True,
                          env=dict(os.environ, PYTHONPATH=str(ROOT)), check=False)
    assert (done.returncode, done.stdout) == (0, told), done.stderr


def test_the_readme_s_doors_are_the_tutorials():
    """What the README shows stands in a tutorial, word for word, and runs there."""
    tutorials = "".join(reader.pages()[name].text for name in ("first-recipe", "old-code", "port"))
    shown = blocks(ROOT / "README.md", "python", "console", "text")
    assert len(shown) == 5
    for _, text in shown:
        assert text.strip() in tutorials


def test_restore_example_restores_and_initialises(tmp_path, monkeypatch, capsys):
    page = ROOT / "tf1_recipes" / "guide" / "restoring.md"
    (_, code), *_ = blocks(page, "python")
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default():
        exec(code, {})
    printed = capsys.readouterr().out
    assert "hidden1/kernel" in printed
    assert "[array([1., 2.], dtype=float32), array([5.], dtype=float32)]" in printed


@of([page for page in PAGES if blocks(page, "python", "sh", "console")])
def test_code_fits_a_terminal(page):
    for kind, text in blocks(page, "python", "sh"):
        if kind == "python" and page.stem != "README":
            assert max(map(len, text.splitlines())) <= reader.WIDTH - 2


COMMANDS = sorted({command for page in PAGES for _, text in blocks(page, "sh", "console")
                   for command in re.findall(r"^(?:\$ )?(tf1-recipes .+)$",
                                             text.replace("\\\n", " "), re.M)})


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_understood(command):
    for_us, _ = cli._cut(shlex.split(command)[1:])
    refuse_misspelt(cli._parser(), for_us)
    assert callable(cli._parser().parse_args(for_us).command)


@pytest.mark.parametrize("page", [
    page.relative_to(ROOT).as_posix() for folder in ("", "tf1_recipes", "tests", "legacy_examples")
    for page in sorted((ROOT / folder).glob("**/*.md" if folder else "*.md"))])
def test_links_lead_to_files_and_headings_that_there_are(page):
    path = ROOT / page
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text(encoding="utf-8")):
        target, _, heading = link.partition("#")
        target = path.parent / target if target else path
        assert target.is_file(), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            assert heading in [re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-")
                               for each in headings], link


@of(PAGES)
def test_addresses_have_the_form_of_one(page):
    for address in re.findall(r"\]\((https?:[^)\s]*)\)", page.read_text(encoding="utf-8")):
        assert re.fullmatch(r"https://[\w-]+(\.[\w-]+)+(/[^\s<>\"]*)?", address)


def test_the_index_has_every_page():
    known = reader.pages()
    assert {page.stem for page in GUIDE} <= set(known)
    assert all(page.text.startswith("# ") for page in known.values())


def test_the_readme_is_for_ten_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_it_states_how_many_errors_were_planted_and_how_many_settings_tried():
    bounds = reader.pages()["bounds"].text
    assert "of %d errors planted" % len(PLANTED) in bounds
    assert "under XLA (%d settings;" % len(SETTINGS) in bounds


def test_ci_runs_the_readme_s_own_test_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "<!-- test command -->" in (ROOT / ".ci" / "run").read_text()
    assert readme.count("<!-- test command -->") == 1
    assert re.search(r"<!-- test command -->\n```sh\n.*pytest.*\n```", readme)
