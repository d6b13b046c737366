"""Where Python 2's order of dicts and sets shows is found in the source, and said."""
import ast

import pytest

from tf1_recipes.legacy.python2 import hash_order, python2


def places(text):
    return hash_order.places(python2.compile_source(text.encode(), "old.py", True)[1])


@pytest.mark.parametrize("text, found", [
    ("chars = list(set(text))", [(1, "set")]),
    ("for word in set(words):\n    print word", [(1, "set")]),
    ("for i, c in enumerate(set(text)):\n    print i, c", [(1, "set")]),
    ("d = {}\nfor k, v in d.iteritems():\n    print k", [(2, "dict")]),
    ("d = dict(a=1)\nfor k in d:\n    print k", [(2, "dict")]),
    ("names = [k for k in {'a': 1, 'b': 2}]", [(1, "dict")]),
    ("keys = config.keys()", [(1, "dict")]),
    ("vocabulary = set(words)\nids = [i for i in vocabulary]", [(2, "set")]),
    # What does not show.
    ("for word in sorted(set(words)):\n    print word", []),
    ("chars = sorted(list(set(text)))", []),
    ("n = len(set(words))", []),
    ("print sum(v for v in d.values())", []),
    ("back = dict((v, k) for k, v in d.iteritems())", []),
    ("back = {v: k for k, v in d.items()}", []),
    ("for k, v in d.iteritems():\n    back[v] = k", []),
    ("for x in [1, 2]:\n    print x", []),
    ("x = {'a': 1}['a']", []),
    ("if 'a' in set(words):\n    pass", []),
])
def test_where_an_order_shows(text, found):
    assert places(text) == found


def test_what_is_said():
    tree = ast.parse("x = list(set(a))\nfor k in list(d.items()):\n    print(k)")
    assert hash_order.warning("old.py", tree) == (
        "old.py, line 1: the order of a set went by hash in Python 2; here it is another one each "
        "time (PYTHONHASHSEED=0 keeps one); 1 more such line")
    assert hash_order.warning("old.py", ast.parse("x = 1")) == ""


def test_it_is_said_of_a_script_once_and_only_of_python_2(run_script):
    for text, said in (("print 'a'", 1), ("print('a')", 0)):
        done = run_script("import tensorflow as tf\n%s\nfor k, v in tf.__dict__.items():\n"
                          "    break\n    print(k)\n" % text, check=True)
        assert done.stderr.count("script.py, line 3: the order of a dict went by hash in Python 2"
                                 ) == said
