"""Notebooks: their cells of code in order, as Jupyter runs them from the first to the last.

All cells are compiled as one source, so that one's ``__future__`` imports and signs of Python 2
count for all. Each then runs by itself, under a name such as ``train.ipynb, cell 3``, with its own
line numbers. The last expression of a cell is printed. IPython's own lines:

    %matplotlib inline, %load_ext ...    passed over
    %time x, %timeit x, %%time           x, or the cell, runs once
    !command, %%bash, %%writefile ...    not run, which is reported

It runs in its own folder, as under Jupyter.
"""
import ast
import json
import linecache
import os
import re
import sys
import traceback

from tf1_recipes.errors import Error
from tf1_recipes.legacy.python2 import python2
from tf1_recipes.untrusted.visible import say

_FUTURE = re.compile(r"^from\s+__future__\s+import\s+([\w ,()]+?)\s*(#.*)?$")
_TIMES = re.compile(r"(\s*)%%?(time|timeit|prun)\s+((-\w+\s*\d*\s+)*)")
_SILENT = ("%matplotlib", "%load_ext", "%reload_ext", "%autoreload", "%config", "%%time",
           "%%timeit", "%%capture", "%reset", "%precision", "%autosave")
_NOTEBOOKS = {}


class Cell:
    """A cell of code.

    Attributes:
        name: str, what tracebacks call it.
        lines: list of str, as in the notebook.
        start: int, the line of the whole source before its first one.
        tree: ast.Module, of its statements, their lines being those of the whole source.
        notes: list of str, what is not run of it.
    """

    def __init__(self, name, lines, start):
        self.name, self.lines, self.start = name, lines, start
        self.tree = ast.Module([], [])
        self.notes = []


def compile_notebook(data, filename, python2_too=False):
    """Compiles a notebook as `python2.compile_source` does a script.

    Returns:
        (code, tree, reason): the code runs the cells; the lines in the tree are of the whole source
        (see `place`).

    Raises:
        Error: it is not a notebook in Python.
        SyntaxError: of the cell that it is in.
    """
    cells, old = _read(data, filename)
    futures, source = [], [""]
    for cell in cells:
        cell.start = len(source)
        source += _plain(cell, futures)
    if futures:
        source[0] = "from __future__ import " + ", ".join(dict.fromkeys(futures))
    _NOTEBOOKS[filename] = cells
    try:
        _, tree, reason = python2.compile_source(
            "\n".join(source).encode("utf-8"), filename, python2_too or old)
    except SyntaxError as error:
        raise _in_its_cell(error, filename) from None
    for statement in tree.body:
        if statement.lineno > 1:
            cell = _cell_at(filename, statement.lineno)
            cell.tree.body.append(statement)
    reason = re.sub(r"line (\d+)", lambda found: "%s, line %d" % _short(
        filename, int(found.group(1))), reason)
    # No file of this name: tracebacks begin with the cell.
    run = "__import__(%r, fromlist=['run']).run(%r, globals())" % (__name__, filename)
    if old and not python2_too:
        reason = "its kernel"
    return compile(run, "<notebook>", "exec"), tree, reason


def place(filename, line):
    """Returns ("train.ipynb, cell 3", the line in it) of a line of the whole source."""
    cell = _cell_at(filename, line)
    return os.path.basename(cell.name), line - cell.start


def run(filename, names):
    """Runs the cells of a notebook that was compiled, in a namespace."""
    folder = os.path.dirname(os.path.abspath(filename))
    if os.path.realpath(os.getcwd()) != os.path.realpath(folder):
        say("it runs in its own folder, %s" % folder)
        os.chdir(folder)
    names.setdefault("get_ipython", _Shell)
    names.setdefault("display", lambda *values: [print(repr(value)) for value in values] and None)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = traceback.print_exception  # Python's own looks for lines in files only
    for cell in _NOTEBOOKS[filename]:
        linecache.cache[cell.name] = (
            sum(len(line) + 1 for line in cell.lines), None,
            [line + "\n" for line in cell.lines], cell.name)
        for note in cell.notes:
            say(note)
        _run_cell(cell, names)
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot and pyplot.get_fignums() and not pyplot.isinteractive():
            pyplot.show()  # what is drawn is seen below the cell, without `plt.show()`


def _run_cell(cell, names):
    body = [ast.increment_lineno(statement, -cell.start) for statement in cell.tree.body]
    last = []
    if body and isinstance(body[-1], ast.Expr) and not cell.lines[-1].rstrip().endswith(";"):
        last = [body.pop()]
    if body:
        exec(compile(ast.Module(body, []), cell.name, "exec", dont_inherit=True), names)
    if last:
        exec(compile(ast.Interactive(last), cell.name, "single", dont_inherit=True), names)


def _read(data, filename):
    """Returns the cells of code, and whether their Python is 2."""
    try:
        notebook = json.loads(data.decode("utf-8"))
        sheets = notebook.get("worksheets", [notebook])
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Error("%s is not a notebook: it is not JSON with cells" % filename) from None
    language = notebook.get("metadata", {}).get("language_info", {})
    kernel = notebook.get("metadata", {}).get("kernelspec", {})
    if (language.get("name") or kernel.get("language") or "python").lower() not in (
            "python", "ipython"):
        raise Error("%s is a notebook in %s, not in Python" % (
            filename, language.get("name") or kernel.get("language")))
    old = str(language.get("version", "")).startswith("2.") or kernel.get("name") == "python2"
    numbered = []
    for cell in cells:
        if cell.get("cell_type") == "code":
            text = cell.get("source", cell.get("input", ""))
            text = text if isinstance(text, str) else "".join(text)
            numbered.append(Cell("%s, cell %d" % (filename, len(numbered) + 1),
                                 text.splitlines() or [""], 0))
    return numbered, old


def _plain(cell, futures):
    """Returns a cell's lines without IPython's own, each on its line."""
    first = cell.lines[0].strip()
    if first.startswith("%%") and first.split()[0] not in _SILENT:
        cell.notes.append("%s is not run: it is %s" % (
            os.path.basename(cell.name), first.split()[0]))
        return [""] * len(cell.lines)
    plain, inside = [], _inside_strings(cell.lines)
    for number, line in enumerate(cell.lines):
        future = _FUTURE.match(line)
        bare = line.strip()
        where = "%s, line %d" % (os.path.basename(cell.name), number + 1)
        if number in inside:
            plain.append(line)
        elif future:
            futures += [name.strip(" ()") for name in future.group(1).split(",")]
            plain.append("")
        elif _TIMES.match(line) and not (number == 0 and bare.startswith("%%")):
            plain.append(_TIMES.sub(r"\1", line))
        elif bare.startswith(("%", "!")) or (bare.startswith("?") or bare.endswith("?")) \
                and "#" not in bare:
            if bare.split()[0] not in _SILENT and not bare.strip().startswith("%%"):
                cell.notes.append("%s is not run: %s" % (where, bare))
            plain.append(line[:len(line) - len(line.lstrip())] + "pass")
        elif re.match(r"\s*[\w, ]+=\s*[!%]\w", line):
            plain.append(re.sub(
                r"=.*", lambda _, where=where, bare=bare: "= __import__(%r, fromlist=['fail'])"
                ".fail(%r)" % (__name__, "%s: %s needs IPython" % (where, bare)), line))
        else:
            plain.append(line)
    return plain


def _inside_strings(lines):
    """Returns the numbers of the lines that begin inside a string of several lines."""
    inside, quotes = set(), None
    for number, line in enumerate(lines):
        if quotes:
            inside.add(number)
        for found in re.finditer(r"\"\"\"|'''", line):
            if quotes is None:
                quotes = found.group()
            elif quotes == found.group():
                quotes = None
    return inside


def fail(text):
    """Raises what a line that only IPython could run comes to."""
    raise RuntimeError(text)


class _Shell:
    """What ``get_ipython()`` returns: its magics do nothing."""

    def magic(self, line=""):
        """Ignores a line."""
        if "%" + line.split()[0].lstrip("%") not in _SILENT:
            say("get_ipython(): %s is not run" % line)

    def run_line_magic(self, name, line="", *rest):
        """Ignores a line."""
        self.magic("%s %s" % (name, line))

    def system(self, command=""):
        """Ignores a command."""
        say("get_ipython(): %s is not run" % command)

    run_cell_magic = run_line_magic
    getoutput = system


def _cell_at(filename, line):
    return [cell for cell in _NOTEBOOKS[filename] if cell.start < line or cell.start == 1][-1]


def _short(filename, line):
    return place(filename, line)[0].split(", ")[-1], place(filename, line)[1]


def _in_its_cell(error, filename):
    cell = _cell_at(filename, error.lineno or 1)
    error.filename, error.lineno = cell.name, (error.lineno or 1) - cell.start
    if getattr(error, "end_lineno", None):
        error.end_lineno -= cell.start
    return error

