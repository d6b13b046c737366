import collections
import difflib
import re
import time
import tracemalloc
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf1_recipes.graph.variable_selection import matches, name_of, select, unmatched
from tf1_recipes.untrusted.closest_names import closest_names
from tf1_recipes.v1 import tf

# All that a selection looks at.
Variable = collections.namedtuple("Variable", "op")
Operation = collections.namedtuple("Operation", "name")

NAMES = ["hidden1/kernel", "hidden1/bias", "hidden10/kernel", "hidden2/kernel", "outputs/kernel"]


def variables(names):
    return [Variable(Operation(name)) for name in names]


def selected(selector, names=NAMES):
    chosen, problems = select(selector, variables(names))
    return [name_of(each) for each in chosen], problems


@pytest.mark.parametrize("selector, chosen", [
    ("hidden1", ["hidden1/kernel", "hidden1/bias"]),
    ("hidden[12]", ["hidden1/kernel", "hidden1/bias", "hidden2/kernel"]),
    ("hidden1|outputs", ["hidden1/kernel", "hidden1/bias", "outputs/kernel"]),
    ("hidden1/kernel:0", ["hidden1/kernel"]),
    ("hidden1.kernel", ["hidden1/kernel"]),
    (".*/bias", ["hidden1/bias"]),
    ("hidden.*", NAMES[:4]),
    (".*", NAMES),
    (["outputs", "hidden1/bias", "outputs/kernel"], ["hidden1/bias", "outputs/kernel"]),
    ((["hidden2"], ("outputs",)), ["hidden2/kernel", "outputs/kernel"]),
    (lambda variable: "bias" in variable.op.name, ["hidden1/bias"]),
    (variables(["hidden2/kernel"])[0], ["hidden2/kernel"]),
    ([], []),
])
def test_what_a_selector_takes(selector, chosen):
    assert selected(selector) == (chosen, [])


def is_gamma(variable):
    return variable.op.name.endswith("gamma")


@pytest.mark.parametrize("selector, problem", [
    ("hiden1", "'hiden1' matches no variable; the closest are 'hidden1', 'hidden10', 'hidden2'"),
    ("hidden", "'hidden' matches no variable; the closest are 'hidden2', 'hidden1', 'hidden10'"),
    ("kernel", "'kernel' matches no variable; the closest are "),
    ("hidden[", "'hidden[' is not a regular expression: unterminated character set"),
    (is_gamma, "predicate is_gamma is true of no variable"),
    (variables(["other"])[0], "variable 'other' is not among the variables to choose from"),
    (3, "3 is not a variable, layer, pattern or predicate"),
])
def test_what_takes_nothing_is_said(selector, problem):
    chosen, problems = selected(selector)
    assert chosen == []
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_every_part_that_takes_nothing_is_said():
    chosen, problems = selected(["outputs", "a", "b"], ["outputs/kernel"])
    assert chosen == ["outputs/kernel"]
    assert problems == ["'a' matches no variable; the closest are 'outputs/kernel'",
                        "'b' matches no variable; the closest are 'outputs/kernel'"]


def test_without_candidates():
    assert unmatched("a", []) == "'a' matches no variable: there are none"
    assert unmatched("a", [], "tensor") == "'a' matches no tensor: there are none"


def test_closest_names_are_of_scopes_too():
    assert closest_names("hiden1", ["hidden1/kernel"]) == ["hidden1", "hidden1/kernel"]


segments = st.lists(st.text("ab1_.", min_size=1, max_size=3), min_size=1, max_size=3)
names = segments.map("/".join)


@given(name=names, others=st.lists(names, max_size=5))
def test_an_exact_name_or_scope_takes_it_and_what_is_below(name, others):
    pattern = re.escape(name)
    chosen, problems = selected(pattern, [name] + others)
    assert chosen == [each for each in [name] + others
                      if each == name or each.startswith(name + "/")]
    assert problems == []


@given(pattern=st.text("ab(|)[].*/?+\\", max_size=8), candidates=st.lists(names, unique=True))
def test_any_text_selects_some_or_says_why_not(pattern, candidates):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # FutureWarning: possible nested set
        chosen, problems = selected(pattern, candidates)
    assert bool(chosen) != bool(problems)
    assert chosen == [each for each in candidates if each in chosen]


def test_a_match_ends_at_a_boundary_even_if_a_shorter_one_would_not():
    assert matches("a|ab", "ab/c")
    assert not matches("a", "ab/c")


def test_tensorflows_variables():
    with tf.Graph().as_default():
        ref = tf.get_variable("ref", [], use_resource=False)
        resource = tf.get_variable("resource", [], use_resource=True)
        parts = tf.get_variable("parts", [4], partitioner=tf.fixed_size_partitioner(2))
        candidates = tf.trainable_variables()
        assert select([resource, ref], candidates) == ([ref, resource], [])
        assert select(parts, candidates) == (list(parts), [])
        assert select("parts", candidates) == (list(parts), [])


def test_close_names_are_found_among_names_of_thousands_of_scopes():
    names = ["layer/" * 600 + "w%d" % number for number in range(2000)]  # 7 MB; 2 GB of scopes
    tracemalloc.start()
    try:
        assert closest_names("layr", names) == ["layer", "layer/layer"]
        assert closest_names("layer/" * 600, names) == []
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


@given(st.text("abc/", max_size=8), st.lists(st.text("abc/", max_size=12), max_size=8))
def test_close_names_are_difflib_s(wanted, names):
    scopes = {name[:end] for name in names for end in range(len(name) + 1)
              if end == len(name) or name[end] == "/"}
    wanted += "a"
    assert closest_names(wanted, names) == difflib.get_close_matches(wanted, scopes, cutoff=0.4)


@pytest.mark.parametrize("wanted, part", [("ab" * 99, "ab"), ("ab/" * 66, "ab/"), ("a" * 300, "a"),
                                          ("abcdefg/" * 37, "abcdefg/")])
def test_looking_for_close_names_ends(wanted, part):
    """Each pair takes the product of the lengths: minutes for all of them."""
    names = [(part * 1200)[:1190] + str(number) for number in range(3000)]
    before = time.process_time()
    closest_names(wanted, names)
    assert time.process_time() - before < 3
