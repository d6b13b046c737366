"""Notebooks run like scripts: cells in order, IPython's own lines told, errors in their cell."""
import json
import os
import sys
import textwrap

import pytest

from tests.scripts import Ran
from tf1_recipes.errors import Error
from tf1_recipes.legacy import notebook
from tf1_recipes.legacy.python2 import python2_builtins


def write(path, *cells, **metadata):
    """Writes a notebook of cells of code, with a cell of text first."""
    cells = [{"cell_type": "markdown", "source": "# Title"}] + [
        {"cell_type": "code", "source": textwrap.dedent(cell).strip("\n").splitlines(True)}
        for cell in cells]
    path.write_text(json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells}))


def executed(tmp_path, capsys, *cells, **metadata):
    """Runs cells in this process; returns the namespace, what was printed and what was said."""
    path = tmp_path / "x.ipynb"
    write(path, *cells, **metadata)
    code, _, _ = notebook.compile_notebook(path.read_bytes(), str(path))
    names, here = dict(python2_builtins.names(), __name__="cells"), os.getcwd()
    hook = sys.excepthook
    try:
        exec(code, names)
    finally:
        os.chdir(here)
        sys.excepthook = hook
    captured = capsys.readouterr()
    return names, captured.out, captured.err


def test_a_notebook_of_python_2_and_of_old_names(tmp_path, run_script):
    (tmp_path / "data.txt").write_text("beside the notebook")
    write(tmp_path / "old.ipynb", """
        %matplotlib inline
        import matplotlib.pyplot as plt
        import tensorflow as tf
        !pip install tensorflow
        """, """
        %%bash
        ls
        """, """
        print 7 / 2, open("data.txt").read()
        plt.plot([1, 2]);
        """, """
        def product():
            return tf.mul(2, 3)
        tf.Session().run(product())
        """, """
        def fails():
            raise ValueError("no")
        """, """
        1
        fails()
        """)
    (tmp_path / "elsewhere").mkdir()
    out, err, status = run_script(None, name=os.path.join("..", "old.ipynb"),
                                  folder=tmp_path / "elsewhere")
    assert (out, status) == (["3 beside the notebook", "6"], 1)
    assert err == textwrap.dedent("""\
        tf1-recipes: it runs in its own folder, {0}
        tf1-recipes: old.ipynb, cell 1, line 4 is not run: !pip install tensorflow
        tf1-recipes: old.ipynb runs as of TensorFlow 0.12.1 (old.ipynb, cell 4, line 2: tf.mul), \
as Python 2 (cell 3, line 1 is not Python 3)
        tf1-recipes: old.ipynb, cell 2 is not run: it is %%bash
        tf1-recipes: plt.show(): there is no screen: written to figure-1.png
        Traceback (most recent call last):
          File "{0}/old.ipynb, cell 6", line 2, in <module>
            fails()
          File "{0}/old.ipynb, cell 5", line 2, in fails
            raise ValueError("no")
        ValueError: no
        """).format(tmp_path)
    assert (tmp_path / "figure-1.png").exists()


def test_the_last_expression_is_shown_unless_a_semicolon_ends_it(tmp_path, capsys):
    _, out, _ = executed(tmp_path, capsys, "3 + 4", "3 + 4;", "x = 'a'", "None", "x", "display(x)")
    assert out == "7\n'a'\n'a'\n"


def test_what_one_cell_takes_from_the_future_holds_for_all(tmp_path, capsys):
    names, _, _ = executed(
        tmp_path, capsys, "from __future__ import division", "x = 1 / 2\nprint 'Python 2'")
    assert names["x"] == 0.5
    names, _, _ = executed(tmp_path, capsys, "x = 1 / 2", kernelspec={"name": "python2"})
    assert names["x"] == 0
    _, _, reason = notebook.compile_notebook((tmp_path / "x.ipynb").read_bytes(), "x.ipynb")
    assert reason == "its kernel"


def test_lines_of_ipython(tmp_path, capsys):
    names, out, err = executed(tmp_path, capsys, """
        %load_ext autoreload
        %time x = 1
        if x:
            %timeit -n 10 x += 1
            %cd ..
        x?
        text = '''
        %not a magic
        '''
        """, """
        %%time
        y = x
        """, """
        %%writefile other.py
        this is no Python
        """, "get_ipython().magic('matplotlib inline')\nget_ipython().system('ls')")
    assert (names["x"], names["y"], names["text"]) == (2, 2, "\n%not a magic\n")
    assert err.splitlines()[:4] == [
        "tf1-recipes: it runs in its own folder, %s" % tmp_path,
        "tf1-recipes: x.ipynb, cell 1, line 5 is not run: %cd ..",
        "tf1-recipes: x.ipynb, cell 1, line 6 is not run: x?",
        "tf1-recipes: x.ipynb, cell 3 is not run: it is %%writefile"]
    assert "get_ipython(): ls is not run" in err
    with pytest.raises(RuntimeError, match="x.ipynb, cell 2, line 1: files = !ls needs IPython"):
        executed(tmp_path, capsys, "1", "files = !ls")


def test_a_syntax_error_is_in_its_cell(tmp_path):
    write(tmp_path / "x.ipynb", "a = 1\nb = 2", "c = 3\nd = = 4")
    with pytest.raises(SyntaxError) as caught:
        notebook.compile_notebook((tmp_path / "x.ipynb").read_bytes(), "x.ipynb")
    assert (caught.value.filename, caught.value.lineno) == ("x.ipynb, cell 2", 2)


@pytest.mark.parametrize("content, message", [
    ("not JSON", "x.ipynb is not a notebook: it is not JSON with cells"),
    ('{"a": 1}', "x.ipynb is not a notebook: it is not JSON with cells"),
    ('{"cells": [], "metadata": {"language_info": {"name": "R"}}}',
     "x.ipynb is a notebook in R, not in Python"),
])
def test_what_is_no_notebook(content, message):
    with pytest.raises(Error) as caught:
        notebook.compile_notebook(content.encode(), "x.ipynb")
    assert str(caught.value) == message


def test_the_format_of_the_first_notebooks(tmp_path, run_script):
    sheet = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n", "print(x)"]}]}],
             "metadata": {}, "nbformat": 3}
    (tmp_path / "x.ipynb").write_text(json.dumps(sheet))
    assert run_script(None, name="x.ipynb") == Ran("1\n", "", 0)
