"""``tf1-recipes guide`` and ``help``: pages in the terminal, found by name or by word."""
import pytest

from tf1_recipes import cli
from tf1_recipes.guide import reader


@pytest.fixture
def three_pages(tmp_path, monkeypatch):
    (tmp_path / "index.md").write_text(
        "# Index\n\n* [Apples](apples.md): red fruit.\n* [Pears](pears.md): green fruit.\n")
    (tmp_path / "apples.md").write_text(
        "# Apples\n\nMore in [pears](pears.md#sweet), [a site](https://example.org), [x](x.py).\n"
        "\n```python\nw = 1\n```\n")
    (tmp_path / "pears.md").write_text("# Pears\n\n## Sweet\n\nA pear is *Sweet*.\n")
    monkeypatch.setattr(reader, "FOLDER", tmp_path)


def test_without_a_page_it_lists_them(three_pages, capsys):
    assert cli.main(["guide"]) == 0
    assert capsys.readouterr().out == (
        "index    the table of contents.\n"
        "apples   red fruit.\n"
        "pears    green fruit.\n"
        "recipes  every recipe: formula, document, function, trap.\n")


@pytest.mark.parametrize("command", ["guide", "help"])
def test_a_page_is_rendered_with_links_that_can_be_typed(three_pages, capsys, command):
    assert cli.main([command, "apples"]) == 0
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.strip() == "Apples"
    assert [line for line in lines if line] == [
        "More in pears (guide pears), a site (https://example.org), x.", " w = 1"]


@pytest.mark.parametrize("word, found", [
    ("FRUIT", ["index: * [Apples](apples.md): red fruit.",
               "index: * [Pears](pears.md): green fruit."]),
    ("sweet", ["apples: More in [pears](pears.md#sweet), [a site](https://example.org), [x](x.py).",
               "pears: ## Sweet", "pears: A pear is *Sweet*."])])
def test_a_word_is_found_in_any_case(three_pages, capsys, word, found):
    assert cli.main(["guide", "--search", word]) == 0
    assert capsys.readouterr().out.splitlines() == found


def test_a_word_is_found_in_the_page_that_is_named(three_pages, capsys):
    assert cli.main(["guide", "pears", "--search", "sweet"]) == 0
    assert capsys.readouterr().out.splitlines() == ["pears: ## Sweet", "pears: A pear is *Sweet*."]


@pytest.mark.parametrize("arguments, told", [
    (["--search", "plum"], "no page has the word plum\n"),
    (["--search", "appl"], "no page has the word appl\n"),  # a part of one
    (["pears", "--search", "red"], "no line of the page pears has the word red\n")])
def test_a_word_that_is_not_found_is_status_1(three_pages, capsys, arguments, told):
    assert cli.main(["guide", *arguments]) == 1
    assert capsys.readouterr().out == told


@pytest.mark.parametrize("word", ["", " "])
def test_an_empty_word_is_refused(three_pages, capsys, word):
    assert cli.main(["guide", "--search", word]) == 2
    assert capsys.readouterr() == ("", "tf1-recipes: --search: the word is empty\n")


@pytest.mark.parametrize("command", ["guide", "help"])
def test_a_page_is_found_in_any_case(three_pages, capsys, command):
    assert cli.main([command, "APPLES"]) == 0
    assert capsys.readouterr().out.splitlines()[0].strip() == "Apples"


def test_colours_are_those_of_every_report(three_pages, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    for forbidden in ("", "1"):
        monkeypatch.setenv("NO_COLOR", forbidden)
        assert cli.main(["guide", "apples"]) == 0
        assert ("\033" in capsys.readouterr().out) == (not forbidden)


@pytest.mark.parametrize("name", ["A1", "a1"])
def test_help_of_a_recipe_is_its_page(capsys, name):
    assert cli.main(["help", name]) == 0
    helped = capsys.readouterr().out
    assert cli.main(["show", "A1"]) == 0
    assert capsys.readouterr().out == helped


@pytest.mark.parametrize("name, close", [
    ("pear", ": perhaps pears"), ("zzz", ""), ("nosuch", "")])
def test_an_unknown_page_is_one_line_with_the_closest(three_pages, capsys, name, close):
    assert cli.main(["guide", name]) == 2
    assert capsys.readouterr().err == (
        "tf1-recipes: no page is called %s%s; `tf1-recipes guide` lists the pages\n" % (
            name, close))


def test_help_names_the_command_that_was_meant(three_pages, capsys):
    assert cli.main(["help", "compar"]) == 2
    assert capsys.readouterr().err == (
        "tf1-recipes: no page or command is called compar: perhaps compare; "
        "`tf1-recipes guide` lists the pages\n")


@pytest.mark.parametrize("arguments, usage", [
    (["help", "map"], "usage: tf1-recipes map "), (["help"], "usage: tf1-recipes ")])
def test_help_of_a_command_is_its_options(capsys, arguments, usage):
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out.startswith(usage)


@pytest.mark.parametrize("name", reader.pages())
def test_every_page_is_rendered_within_the_width(name, capsys):
    assert reader.guide_command(name) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines and max(map(len, lines)) <= 80


def test_the_page_of_recipes_has_every_recipe(capsys):
    from tf1_recipes.evidence.catalogue import RECIPES
    text = reader.pages()["recipes"].text
    for recipe in RECIPES:
        assert "\n## %s: %s\n" % (recipe.name, recipe.title) in text
        assert recipe.trap in text
