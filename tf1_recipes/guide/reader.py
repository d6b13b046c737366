"""``tf1-recipes guide``: shows a page in the terminal, lists the pages, finds a word in them.

The index says which pages there are, in which order, and what each is about.
"""
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, Optional

from tf1_recipes.colour import console
from tf1_recipes.errors import Error
from tf1_recipes.untrusted.closest_names import LIKE_TYPED, closest_names
from tf1_recipes.untrusted.visible import visible

FOLDER = Path(__file__).resolve().parent
WIDTH = 80
_ENTRY = re.compile(r"^\* \[([^]]+)\]\(([^)]+)\.md\): (.+)$", re.M)
_LINK = re.compile(r"\[([^]]+)\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Page:
    """A page of the guide.

    Attributes:
        title: what the index calls it.
        about: one line on what it holds.
        path: its file; None for the page of recipes, which is made of the catalogue.
    """

    title: str
    about: str
    path: Optional[Path]

    @property
    def text(self) -> str:
        """The page as Markdown."""
        if self.path is None:
            from tf1_recipes.guide.recipes import recipes_page
            return recipes_page()
        return self.path.read_text(encoding="utf-8")


def pages() -> Dict[str, Page]:
    """Returns ``{name: Page}`` in the order of the index.

    Example:
        >>> pages()["clipping"].about
        'clip gradients by value, norm or global norm (C).'
    """
    index = FOLDER / "index.md"
    found = {"index": Page("The guide", "the table of contents.", index)}
    for title, target, about in _ENTRY.findall(index.read_text(encoding="utf-8")):
        found[name_of(target)] = Page(title, about, FOLDER / (target + ".md"))
    found["recipes"] = Page("Recipes", "every recipe: formula, document, function, trap.", None)
    return found


def name_of(target: str) -> str:
    """Returns the name of the page that a link, without ``.md``, leads to.

    Example:
        >>> name_of("races"), name_of("../legacy/contrib/NAMES")
        ('races', 'contrib-names')
    """
    *folders, stem = target.lower().split("/")
    return "-".join(folders[-1:] + [stem])


def guide_command(name: Optional[str] = None, word: Optional[str] = None,
                  others: Iterable[str] = ()) -> int:
    """Shows a page, or finds a word, or lists the pages; returns the exit status.

    Args:
        name: a page's name, in upper or lower case, or None.
        word: a whole word to look for, in upper or lower case: in all pages, or in the named one.
        others: names that are no pages but may have been meant.

    Returns:
        0, or 1 if the word is not found.

    Raises:
        Error: there is no page of that name; the word is empty.
    """
    known = pages()
    if name is not None and name.lower() in known:
        name = name.lower()
    if name is not None and name not in known:
        close = closest_names(name, [*known, *others], like=LIKE_TYPED)
        raise Error("no page%s is called %s%s; `tf1-recipes guide` lists the pages" % (
            " or command" if others else "", name,
            ": perhaps %s" % ", ".join(close) if close else ""))
    if word is not None:
        return _find(word, known, name)
    if name is None:
        width = max(map(len, known))
        for each, page in known.items():
            print("%s  %s" % (each.ljust(width), page.about))
    else:
        _show(known[name].text)
    return 0


def _find(word, known, name):
    if not word.strip():
        raise Error("--search: the word is empty")
    whole = re.compile(r"(?<!\w)%s(?!\w)" % re.escape(word.strip()), re.I)
    found = ["%s: %s" % (each, line.strip()) for each in ([name] if name else known)
             for line in known[each].text.splitlines() if whole.search(line)]
    print("\n".join(found) or "%s has the word %s" % (
        "no line of the page %s" % name if name else "no page", visible(word)))
    return 0 if found else 1


def _show(text):
    from rich.markdown import Markdown

    out = console(width=WIDTH)
    with out.capture() as captured:
        out.print(Markdown(in_terminal(text), code_theme="ansi_dark", hyperlinks=False))
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def in_terminal(text: str) -> str:
    """Returns a page with links that mean something in a terminal: the command for the page.

    Example:
        >>> in_terminal("See [races](races.md), [mkdocs](https://www.mkdocs.org).")
        'See races (`guide races`), [mkdocs](https://www.mkdocs.org).'
    """
    def instead(link):
        title, target = link.groups()
        page, _, _ = target.partition("#")
        if re.match(r"https?:", target):
            return link.group()
        if page.endswith(".md") and name_of(page[:-3]) in pages():
            return "%s (`guide %s`)" % (title, name_of(page[:-3]))
        return title
    return _LINK.sub(instead, text)
