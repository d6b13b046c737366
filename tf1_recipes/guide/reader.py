"""``tf1-recipes guide``: shows a page in the terminal, lists the pages, finds a word in them.

The index says which pages there are, in which order, and what each is about.
"""
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, Optional

from tf1_recipes.errors import Error
from tf1_recipes.untrusted.closest_names import closest_names
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
        name: a page's name, or None.
        word: what to look for, in upper or lower case: in all pages, or in the one that is named.
        others: names that are no pages but may have been meant.

    Returns:
        0, or 1 if no page has the word.

    Raises:
        Error: there is no page of that name.
    """
    known = pages()
    if name is not None and name not in known:
        close = closest_names(name, [*known, *others])
        raise Error("no page%s is called %s%s; `tf1-recipes guide` lists the pages" % (
            " or command" if others else "", name,
            ": perhaps %s" % ", ".join(close) if close else ""))
    chosen = known if name is None else {name: known[name]}
    if word is not None:
        return _find(word, chosen)
    if name is None:
        width = max(map(len, known))
        for each, page in known.items():
            print("%s  %s" % (each.ljust(width), page.about))
    else:
        _show(known[name].text)
    return 0


def _find(word, chosen):
    found = ["%s: %s" % (name, line.strip()) for name, page in chosen.items()
             for line in page.text.splitlines() if word.lower() in line.lower()]
    print("\n".join(found) or "no page has the word %s" % visible(word))
    return 0 if found else 1


def _show(text):
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=WIDTH)
    with console.capture() as captured:
        console.print(Markdown(in_terminal(text), code_theme="ansi_dark", hyperlinks=False))
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
