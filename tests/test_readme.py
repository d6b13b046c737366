"""The README's Python runs as it stands, and its commands are the program's."""
import re
import shlex
from pathlib import Path

import pytest

from tests.test_kernels import SETTINGS
from tests.test_planted_errors import PLANTED
from tf1_recipes import cli
from tf1_recipes.commands.misspelt import refuse_misspelt
from tf1_recipes.v1 import tf

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^### ([^\n]+)\n(?:(?!^###? ).)*?```python\n(.*?)```", README, re.M | re.S)
COMMANDS = re.findall(r"^(tf1-recipes .+?)(?:  +#.*)?$", README, re.M)


@pytest.mark.parametrize("code", [code for _, code in EXAMPLES],
                         ids=[title for title, _ in EXAMPLES])
def test_example_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default():
        names = {}
        exec(compile(code, "README.md", "exec"), names)
        if "train" in names:
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                feeds = {names["x"]: [[1, 2, 3, 4]]} if "x" in names else {}
                before = session.run(tf.trainable_variables())
                session.run(names["train"], feeds)
                after = session.run(tf.trainable_variables())
            assert any((old != new).any() for old, new in zip(before, after))


def test_restore_example_restores_and_initialises(tmp_path, monkeypatch, capsys):
    code = dict(EXAMPLES)["Restore a part of a checkpoint"]
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default():
        names = {}
        exec(code + "    values = session.run([kernel, outputs])\n", names)
    assert [list(value) for value in names["values"]] == [[1.0, 2.0], [5.0]]
    assert "hidden1/kernel" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_understood(command):
    for_us, _ = cli._cut(shlex.split(command)[1:])
    refuse_misspelt(cli._parser(), for_us)
    assert callable(cli._parser().parse_args(for_us).command)


def test_it_states_how_many_errors_were_planted_and_how_many_settings_tried():
    assert "of %d errors planted" % len(PLANTED) in README
    assert "under XLA (%d settings;" % len(SETTINGS) in README


def test_ci_runs_the_readme_s_own_test_command():
    ci = (Path(__file__).resolve().parents[1] / ".ci" / "run").read_text()
    assert "<!-- test command -->" in ci
    assert README.count("<!-- test command -->") == 1
    assert re.search(r"<!-- test command -->\n```sh\n.*pytest.*\n```", README)


@pytest.mark.parametrize("page", [
    page.relative_to(ROOT).as_posix() for folder in ("", "tf1_recipes", "tests", "legacy_examples")
    for page in sorted((ROOT / folder).glob("**/*.md" if folder else "*.md"))])
def test_links_lead_to_files_and_headings_that_there_are(page):
    path = ROOT / page
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text(encoding="utf-8")):
        target, _, heading = link.partition("#")
        target = path.parent / target if target else path
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            assert heading in [re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-")
                               for each in headings], link
