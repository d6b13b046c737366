"""Python 2 source compiled with its own meaning; the expected values are Python 2.7's."""
import traceback

import numpy as np
import pytest

from tf1_recipes.legacy.python2 import python2, python2_builtins


def run(text, **names):
    code, _, reason = python2.compile_source(text.encode("utf-8"), "old.py")
    names.update(python2_builtins.names() if reason else {})
    exec(code, names)
    return names


@pytest.mark.parametrize("text, printed", [
    ("print 'a', 1", "a 1\n"),
    ("print", "\n"),
    ("print 'a',\nprint 'b'", "a b\n"),
    ("print 1 / 2, -1 / 2, 1 / 2.0, 1 // 2", "0 -1 0.5 0\n"),
    ("x = 7\nx /= 2\nprint x", "3\n"),
    ("from __future__ import division\nprint 1 / 2", "0.5\n"),
    ("print 0.1 + 0.2, 1e16, 100.0, 1e-5", "0.3 1e+16 100.0 1e-05\n"),
    ("print\nprint (0.1 + 0.2,)", "\n(0.30000000000000004,)\n"),
    ("print round(2.5), round(-0.5), round(2.675, 2)", "3.0 -1.0 2.68\n"),
    ("print [x for x in xrange(3)], range(3), map(str, [1])", "[0, 1, 2] [0, 1, 2] ['1']\n"),
    ("d = {'a': 1}\nprint d.has_key('a'), d.items(), d.keys()[0]", "True [('a', 1)] a\n"),
    ("for k, v in {'a': 1}.iteritems():\n    print k, v", "a 1\n"),
    ("try:\n    raise ValueError, 'no'\nexcept ValueError, e:\n    print e", "no\n"),
    ("print `1`, 0777, 10L, u'x', 1 <> 2", "1 511 10 x True\n"),
    ("print sorted([3, 1, 2], lambda a, b: cmp(b, a))", "[3, 2, 1]\n"),
    ("def f((a, b), c):\n    return a + b + c\nprint f((1, 2), 3)", "6\n"),
    ("x = [3, 1, 2]\nx.sort(lambda a, b: cmp(b, a))\nprint x\nx.sort()\nprint x",
     "[3, 2, 1]\n[1, 2, 3]\n"),
    ("x = [3, 1, 2]\nx.sort(cmp=lambda a, b: b - a)\nprint x", "[3, 2, 1]\n"),
    ("x = [5, 2.]\nx[0] /= 2\nx[1] /= 4\nprint x", "[2, 0.5]\n"),
    ("class A: v = 5\nA.v /= 2\nprint A.v", "2\n"),
    ("print str(1 / 3.) + ' %s' % (0.1 + 0.2) + ' {}'.format(2 / 3.)",
     "0.333333333333 0.3 0.666666666667\n"),
    ("x = b'abc'\nprint x, '%s' % x, str(x)", "abc abc abc\n"),
    ("print '%s %r %.2f %d' % (1 / 3., 1 / 3., 1 / 3., 3.7)",
     "0.333333333333 0.3333333333333333 0.33 3\n"),
    ("try:\n    raise ValueError('no')\nexcept ValueError, e:\n    print e.message", "no\n"),
    ("exec 'print 5'", None),
    ("if 1:\n        print 1\n\tprint 2", "1\n2\n"),
])
def test_it_means_what_it_meant(capsys, text, printed):
    if printed is None:
        python2.compile_source(text.encode(), "old.py")
        return
    run(text)
    assert capsys.readouterr().out == printed


def test_a_tensor_decides_how_a_number_is_divided_by_it():
    class Tensor:
        def __rdiv__(self, left):
            return "%s by a tensor" % left

        def __rtruediv__(self, left):
            return "true division"
    assert run("x = 8 / tensor\nprint", tensor=Tensor())["x"] == "8 by a tensor"


def test_an_array_is_divided_in_place():
    floats, integers = np.array([4., 5.]), np.array([4, 5])
    run("x = a\nx /= 2\na[0:1] /= 2\nb[:] /= 2\nprint", a=floats, b=integers)
    assert floats.tolist() == [1.0, 2.5]
    assert integers.tolist() == [2, 2]


def test_division_of_arrays_floors_where_both_hold_integers():
    names = run("a = x / y\nb = x / 2.0\nc = x / 2\nprint", x=np.array([3, -3]), y=np.array([2, 2]))
    assert names["a"].tolist() == [1, -2]
    assert names["b"].tolist() == [1.5, -1.5]
    assert names["c"].tolist() == [1, -2]


@pytest.mark.parametrize("text, reason", [
    ("print 'a'", "line 1 is not Python 3"),
    ("x = 1\nfor i in xrange(3): pass", "line 2: xrange"),
    ("import cPickle", "line 1: cPickle"),
    ("{}.iteritems()", "line 1: .iteritems"),
    ("import pandas\n{}.iteritems()\nprint('a')", "line 2: .iteritems"),
])
def test_what_tells_it(text, reason):
    assert python2.compile_source(text.encode(), "old.py")[2] == reason


@pytest.mark.parametrize("text", [
    "print('a', 1 / 2)",
    "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle",
    "try:\n    xrange\nexcept NameError:\n    xrange = range\nxrange(3)",
    "from six.moves import xrange\nxrange(3)",
    "import pandas as pd\nfor name, column in pd.DataFrame().iteritems(): print(name, column)",
    "import sys\nif sys.version_info[0] == 2:\n    x = unicode('a')",
])
def test_what_runs_on_both_is_left_alone(text):
    assert python2.compile_source(text.encode(), "new.py")[2] == ""


def test_a_traceback_shows_the_line_of_the_file():
    with pytest.raises(ZeroDivisionError) as caught:
        run("import cPickle\nfor i in xrange(2):\n    print i\n\ndef f(): return 1 % 0\nf()")
    assert [(frame.name, frame.lineno) for frame in traceback.extract_tb(caught.tb)
            if frame.filename == "old.py"] == [("<module>", 6), ("f", 5)]


@pytest.mark.parametrize("text", ["x = = 1", "print 'a'\nx = = 1", "def f(:\n  pass"])
def test_neither_python_is_the_syntax_error_of_python_3(text):
    with pytest.raises(SyntaxError) as ours:
        python2.compile_source(text.encode(), "bad.py")
    with pytest.raises(SyntaxError) as theirs:
        compile(text, "bad.py", "exec")
    assert str(ours.value) == str(theirs.value)
    assert ours.value.line_that_is_no_python_2 == text.count("print") + 1


def test_latin_1_in_a_comment_is_no_reason_to_stop(capsys):
    code, _, _ = python2.compile_source(b"# caf\xe9\nprint 'a'", "old.py")
    exec(code, python2_builtins.names())
    assert capsys.readouterr().out == "a\n"
