"""Writes the guide's page of versions: which recipe holds on which TensorFlow and Python.

    python tests/matrix.py --python PATH [PATH ...] [--genuine RELEASE ...] [--out PAGE.md]

On a genuine release the legacy example is recorded, unmodified, and held to the recipe's NumPy
model. With an interpreter of today (``--python``) ``tf1-recipes verify`` checks the whole chain of
evidence. Every interpreter imports this checkout. For what is not asked for, or not to be had here,
the page keeps what it has.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.genuine.environments import REQUIREMENTS, Unavailable, python_of  # noqa: E402
from tf1_recipes.errors import Error  # noqa: E402
from tf1_recipes.evidence.agreement import agreement, expected  # noqa: E402
from tf1_recipes.evidence.catalogue import RECIPES  # noqa: E402
from tf1_recipes.traces import open_trace  # noqa: E402

HOLDS = "holds"
PAGE = ROOT / "tf1_recipes" / "guide" / "versions.md"
# Columns of the page, filled or not: the newest release stands last.
RELEASES = [*REQUIREMENTS, "2.15", "2.16", "2.17", "2.18", "2.19", "2.20", "2.21"]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


@dataclass
class Environment:
    """One interpreter and its TensorFlow.

    Attributes:
        tensorflow, python, numpy: str, their versions.
        outcomes: dict {recipe's name: `HOLDS`, or why it does not}.
    """

    tensorflow: str
    python: str
    numpy: str
    outcomes: dict = field(default_factory=dict)

    def place(self):
        """Its column and its Python: what a cell names once."""
        column = next((number for number, release in enumerate(RELEASES) if self.is_of(release)),
                      len(RELEASES))
        return column, tuple(map(int, self.python.split(".")[:2]))

    def is_of(self, release):
        return (self.tensorflow + ".").startswith(release + ".")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", nargs="*", default=[], metavar="PATH")
    parser.add_argument("--genuine", nargs="*", default=list(REQUIREMENTS), metavar="RELEASE",
                        choices=list(REQUIREMENTS))
    parser.add_argument("--out", default=PAGE, type=Path, metavar="PAGE.md")
    options = parser.parse_args()
    for python in options.python:
        reason = unusable(python)
        if reason:
            print("matrix.py: --python %s %s" % (python, reason), file=sys.stderr)
            return 2
    kept = (options.out if options.out.exists() else PAGE).read_text(encoding="utf-8")
    environments = []
    for release in options.genuine:
        try:
            environments.append(genuine(release, python_of(release)))
        except Unavailable as reason:
            print("%s: not run: %s" % (release, reason), file=sys.stderr)
    environments += [verified(python) for python in options.python]
    options.out.write_text(page(merged(parsed(kept), environments)), encoding="utf-8")
    print(options.out)
    return 0


def unusable(python):
    """Returns why ``verify`` cannot be run by an interpreter, or None."""
    question = "import sys; print('new' if sys.version_info >= (3, 10) else 'old')"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True,
                                check=False)
    except OSError as error:
        return "cannot be run: %s" % error.strerror
    return {"new": None, "old": "is too old: verify needs Python 3.10 or later"}.get(
        answer.stdout.strip(), "is not a Python interpreter")


def parsed(text):
    """Returns the `Environment`s of a page, as `page` writes it."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines() if line.startswith("|") and not line.startswith("|-")]
    runs = rows.index(["TensorFlow", "Python", "NumPy", "recipes that hold"])
    (_, *releases), *recipes = rows[:runs]
    reasons = re.findall(r"^\d+\. `(.+)`$", text, re.M)
    environments = [Environment(*row[:3]) for row in rows[runs + 1:]]
    for name, *cells in recipes:
        for release, cell in zip(releases, cells):
            run = [each for each in environments if each.is_of(release)]
            for each, part in zip(run, cell.split(", ")):
                number = re.fullmatch(r"no \((\d+)\)", part)
                if part != "not run":
                    each.outcomes[name] = reasons[int(number.group(1)) - 1] if number else HOLDS
    return environments


def merged(kept, found):
    """Returns the environments of two lists, of those on the same Python the second list's."""
    by_place = {each.place(): each for each in [*kept, *found]}
    return [by_place[place] for place in sorted(by_place)]


def genuine(release, python):
    """Records every legacy example on a genuine release; returns its `Environment`."""
    versions = "import sys, numpy; print('%d.%d.%d' % sys.version_info[:3], numpy.__version__)"
    answer = subprocess.run([python, "-c", versions], capture_output=True, text=True, check=True)
    found = Environment(release, *re.findall(r"[\d.]+", answer.stdout))
    for recipe in RECIPES:
        with tempfile.TemporaryDirectory() as folder:
            found.outcomes[recipe.name] = _recorded(recipe, python, os.path.join(folder, "t.npz"))
        print(release, recipe.name, found.outcomes[recipe.name], flush=True)
    return found


def _recorded(recipe, python, out):
    done = subprocess.run(
        [sys.executable, "-m", "tf1_recipes", "record", recipe.example_path(), "-o", out,
         "--python", python], capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode:
        errors = re.findall(r"^\w*(?:Error|Exception): .+$", done.stderr, re.M)
        return errors[-1] if errors else (done.stderr.splitlines() or ["no message"])[-1]
    try:
        newest = open_trace(recipe.trace_path(recipe.releases[-1]))
        held = agreement(expected(recipe, newest), open_trace(out))
    except Error as error:
        return str(error)
    return HOLDS if held.holds else held.what


def verified(python):
    """Runs ``tf1-recipes verify`` by an interpreter; returns its `Environment`."""
    done = subprocess.run([python, "-m", "tf1_recipes", "verify", "--json"], capture_output=True,
                          text=True, env=_environment(), check=False)
    if done.returncode > 1 or not done.stdout:
        sys.exit("%s: verify ended with status %d: %s" % (python, done.returncode, done.stderr))
    answer = json.loads(done.stdout)
    found = Environment(*(answer["installed"][name] for name in ("tensorflow", "python", "numpy")))
    for row in answer["recipes"]:
        wrong = ["%s: %s" % (link, check["what"]) for link, check in row["checks"].items()
                 if check and not check["holds"]]
        found.outcomes[row["name"]] = HOLDS if row["holds"] else "; ".join(wrong)
    print(python, sum(what == HOLDS for what in found.outcomes.values()), "hold", flush=True)
    return found


def _environment():
    left_out = ("TF2_BEHAVIOR", "TF_USE_LEGACY_KERAS")
    return dict({name: value for name, value in os.environ.items() if name not in left_out},
                PYTHONPATH=str(ROOT))


def page(environments):
    """Returns the page, as Markdown."""
    reasons = []
    columns = _columns(environments)
    lines = [_HEAD, "| | %s |" % " | ".join(columns), "|---" * (len(columns) + 1) + "|"]
    for recipe in RECIPES:
        cells = [_cell(found, recipe, reasons) for found in columns.values()]
        lines.append("| %s | %s |" % (recipe.name, " | ".join(cells)))
    lines += ["", "## What was run", "", "| TensorFlow | Python | NumPy | recipes that hold |",
              "|---|---|---|---|"]
    for each in environments:
        held = sum(what == HOLDS for what in each.outcomes.values())
        lines.append("| %s | %s | %s | %d of %d |" % (
            each.tensorflow, each.python, each.numpy, held, len(each.outcomes)))
    lines += ["", "Of Python %s to %s, those that a cell does not name were not run." % (
        PYTHONS[0], PYTHONS[-1])]
    if reasons:
        lines += ["", "## Why a recipe does not hold", ""]
        lines += ["%d. %s" % (number, reason) for number, reason in enumerate(reasons, 1)]
    return "\n".join(lines) + "\n"


def _columns(environments):
    """``{heading: environments}``; neighbours of which none was run share a column."""
    columns, unrun = {}, []
    for release in RELEASES:
        found = [each for each in environments if each.is_of(release)]
        if not found:
            unrun.append(release)
        if unrun and (found or release == RELEASES[-1]):
            columns[" to ".join(sorted({unrun[0], unrun[-1]}, key=unrun.index))] = []
            unrun = []
        if found:
            columns[release] = found
    return columns


def _cell(environments, recipe, reasons):
    """The Pythons on which a recipe holds; for each other one the number of the reason."""
    parts = []
    for each in environments:
        python, what = ".".join(each.python.split(".")[:2]), each.outcomes.get(recipe.name)
        if what is None:  # a recipe that is newer than the run
            python = "not run"
        elif what != HOLDS:
            reason = _short(what)
            if reason not in reasons:
                reasons.append(reason)
            python = "no (%d)" % (reasons.index(reason) + 1)
        parts.append(python)
    return ", ".join(parts) or "not run"


def _short(reason):
    """A reason in a line of Markdown."""
    reason = " ".join(reason.split())
    return "`%s`" % (reason if len(reason) <= 160 else reason[:157] + "...").replace("`", "'")


_HEAD = """# Versions

Which recipe holds on which TensorFlow. A cell names the Python versions on which it holds.

Under 0.12.1 to 1.15.5 the legacy example was run, unmodified, on the genuine release, and every
variable at every step lies within what the recipe's NumPy model allows. From 2.15 on
`tf1-recipes verify` checked the whole chain of evidence.

`python tests/matrix.py --python PATH ...` writes this page from runs.
"""

if __name__ == "__main__":
    sys.exit(main())
