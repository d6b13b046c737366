"""Builds the site of the guide into a folder, and fails on any warning: a link that leads nowhere.

    python .ci/build_site.py OUT

The pages keep their places beside each other, so that a link means the same on the site, in a
checkout and on a code host. The page of recipes and the reference are made while it builds.
"""
import ast
import logging
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = "tf1_recipes/guide"
PAGES = ("*.md", "tf1_recipes/**/*.md", "legacy_examples/**/*.md", "tests/**/*.md")
sys.path.insert(0, str(ROOT))


def main(out):
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    with tempfile.TemporaryDirectory() as folder:
        stage(Path(folder))
        build(load_config(str(ROOT / ".ci" / "mkdocs.yml"), docs_dir=folder, site_dir=out,
                          strict=True, nav=navigation()))


def stage(folder):
    """Puts the pages, the files that they link to and the generated pages into a folder."""
    from tf1_recipes.guide.recipes import recipes_page

    for page in sorted({page for pattern in PAGES for page in ROOT.glob(pattern)}):
        _copy(page, folder)
        for target in re.findall(r"\]\((?!https?:|#)([^)\s#]+)", page.read_text("utf-8")):
            linked = (page.parent / target).resolve()
            if linked.is_file() and linked.suffix != ".md":
                _copy(linked, folder)
    (folder / GUIDE / "recipes.md").write_text(recipes_page(), "utf-8")
    for name, names in public_names().items():
        lines = ["# tf1_recipes.%s" % name, ""] + ["::: tf1_recipes.%s\n" % each for each in names]
        (folder / GUIDE / ("api-%s.md" % name)).write_text("\n".join(lines), "utf-8")


def _copy(path, folder):
    copy = folder / path.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, copy)


def public_names():
    """Returns ``{folder: [module.name, ...]}`` of the package, from its tables of lazy names."""
    found = {}
    for path in sorted((ROOT / "tf1_recipes").glob("*/__init__.py")):
        folder = path.parent.name
        tables = [node.args[1] for node in ast.walk(ast.parse(path.read_text("utf-8")))
                  if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "lazy_names"]
        if tables and folder != "guide":
            homes = ast.literal_eval(tables[0])
            found[folder] = ["%s.%s.%s" % (folder, homes[name], name) for name in sorted(homes)]
    return found


def navigation():
    """The index's headings and entries, then what is generated."""
    sections = [{"tf1_recipes": "README.md"}, {"The guide": GUIDE + "/index.md"}]
    index = (ROOT / GUIDE / "index.md").read_text("utf-8")
    for part in index.split("\n## ")[1:]:
        entries = re.findall(r"^\* \[([^]]+)\]\(([^)]+)\)", part, re.M)
        paths = [(ROOT / GUIDE / target).resolve().relative_to(ROOT) for _, target in entries]
        sections.append({part.splitlines()[0]: [
            {title: path.as_posix()} for (title, _), path in zip(entries, paths)]})
    sections[-1]["Reference"].insert(0, {"Recipes": GUIDE + "/recipes.md"})
    return sections + [{"Functions": [{name: "%s/api-%s.md" % (GUIDE, name)}
                                      for name in public_names()]}]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
