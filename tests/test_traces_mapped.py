"""Maps: their files, what they make of two traces, and what is refused before comparing."""
import json
import tracemalloc

import numpy as np
import pytest

from tf1_recipes import traces
from tf1_recipes.cli import main
from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.traces import MemoryTrace, compare_traces, map_traces, read_map
from tf1_recipes.traces.map_file import FORMAT


def trace(*steps):
    """Steps as dicts ``{name: array}`` of variables; ``feeds/x`` is a feed."""
    made = MemoryTrace()
    for number, arrays in enumerate(steps):
        made.step(number, [
            (name.partition("/")[0], name.partition("/")[2], np.asarray(each))
            if name.startswith(("feeds/", "fetches/")) else ("variables", name, np.asarray(each))
            for name, each in arrays.items()], {"session": 0})
    return made


@pytest.fixture
def rules(tmp_path):
    def write(*entries, **keys):
        path = tmp_path / "map.json"
        path.write_text(json.dumps(dict({"format": FORMAT, "format_version": 1,
                                         "rules": list(entries)}, **keys)))
        return read_map(str(path))
    return write


def outcome(a, b, rules, **options):
    a, b, names = map_traces(a, b, rules)
    return compare_traces(a, b, names=names, **options)


M = np.arange(6.0).reshape(2, 3)


def test_renames_exact_and_by_pattern(rules):
    a = trace({"l1/w": 1.0, "l2/w": 2.0, "b": 3.0, "same": 4.0})
    b = trace({"m.1.weight": 1.0, "m.2.weight": 2.0, "bias": 3.0, "same": 4.0})
    assert outcome(a, b, rules({"a": r"l(\d)/w", "b": r"m.\1.weight", "regex": True},
                               {"a": "b", "b": "bias", "evidence": "said so"})).agrees


def test_an_exact_name_goes_before_a_pattern(rules):
    a, b = trace({"w": 1.0, "v": 2.0}), trace({"first": 1.0, "x": 2.0})
    assert outcome(a, b, rules({"a": ".", "b": "x", "regex": True},
                               {"a": "w", "b": "first"})).agrees


def test_transposes(rules):
    conv = np.arange(24.0).reshape(1, 2, 3, 4)
    a, b = trace({"k": M, "c": conv}), trace({"k": M.T, "c": conv.transpose(3, 2, 0, 1)})
    assert not compare_traces(a, b).agrees
    assert outcome(a, b, rules({"a": "k", "b": "k", "transpose": True},
                               {"a": "c", "b": "c", "transpose": [3, 2, 0, 1]})).agrees


def test_separate_kernels_against_a_fused_one(rules):
    q, k, v = M, M + 10, M + 20
    a, b = trace({"q": q, "k": k, "v": v}), trace({"in_proj": np.concatenate([q.T, k.T, v.T])})
    found = outcome(a, b, rules({"a": ["q", "k", "v"], "b": "in_proj",
                                 "change_a": [{"transpose": True}, {"concat": 0}]}))
    assert found.agrees
    assert [(row.name, row.name_in_b) for row in found.rows] == [("q, k, v", "in_proj")]


def test_a_fused_kernel_against_separate_ones_and_a_sum_of_biases(rules):
    kernel, bias = np.arange(20.0).reshape(5, 4), np.float64([1, 2, 3, 4])
    order = [0, 2, 1, 3]
    a = trace({"lstm/kernel": kernel, "lstm/bias": bias})
    b = trace({"w_ih": kernel[:3, order].T, "w_hh": kernel[3:, order].T,
               "b_ih": np.float64([1, 2, 1, 0]), "b_hh": np.float64([0, 2, 1, 4])})
    entries = ({"a": "lstm/kernel", "b": ["w_ih", "w_hh"], "change_a": [
                    {"split": [3, 2], "axis": 0}, {"order": order, "axis": 1},
                    {"transpose": True}]},
               {"a": "lstm/bias", "b": ["b_ih", "b_hh"], "change_b": [{"sum": True}], "change_a": [
                   {"order": order, "axis": 0}, {"add": [0, 1, 0, 0], "axis": 0}]})
    found = outcome(a, b, rules(*entries))
    assert found.agrees
    assert [(row.name, row.name_in_b) for row in found.rows] == [
        ("lstm/kernel/(1 of 2)", "w_ih"), ("lstm/kernel/(2 of 2)", "w_hh"),
        ("lstm/bias", "b_ih + b_hh")]
    found = outcome(a, b, rules(*entries), variables="lstm/kernel")
    assert [row.name for row in found.rows] == ["lstm/kernel/(1 of 2)", "lstm/kernel/(2 of 2)"]


def test_a_pattern_for_several_tensors(rules):
    a = trace({"l%d/%s" % (i, each): M + i for i in (1, 2) for each in "qk"})
    b = trace({"m.%d" % i: np.concatenate([M + i, M + i]) for i in (1, 2)})
    assert outcome(a, b, rules({"a": [r"l(\d)/q", r"l\1/k"], "b": r"m.\1", "regex": True,
                                "change_a": [{"concat": 0}]})).agrees


def test_what_is_ignored_is_on_no_side(rules):
    a, b = trace({"w": 1.0, "global_step": 5}), trace({"w": 1.0, "n.1.count": 7, "n.2.count": 8})
    assert outcome(a, b, rules({"a": "global_step", "ignore": True},
                               {"b": ".*count", "regex": True, "ignore": True})).agrees


def test_a_rule_may_be_for_one_kind_only(rules):
    a = trace({"x": M, "feeds/x": M})
    b = trace({"x": M, "feeds/images": M.T})
    assert outcome(a, b, rules(
        {"a": "x", "b": "images", "kind": "feeds", "transpose": True})).agrees
    # Without: where both sides have it.
    assert outcome(a, b, rules({"a": "x", "b": "images", "transpose": True})).agrees


def test_differences_are_found_through_a_map(rules):
    other = M.T.copy()
    other[2, 1] += 0.5
    found = outcome(trace({"k": M}), trace({"w": other}),
                    rules({"a": "k", "b": "w", "transpose": True}))
    assert found.first.startswith("step 0, variables/k [2, 1]: 5.0 against 5.5")


def test_a_tensor_that_begins_in_mid_training_is_mapped_too(rules):
    steps_a = [{"l1/w": 1.0}] * 9
    steps_b = [{"m1": 1.0}] * 9
    steps_a[3], steps_b[3] = {"l1/w": 1.0, "l2/w": M}, {"m1": 1.0, "m2": M}
    assert outcome(trace(*steps_a), trace(*steps_b),
                   rules({"a": r"l(\d)/w", "b": r"m\1", "regex": True})).agrees
    assert outcome(trace(*steps_a), trace(*steps_b),
                   rules({"a": "l1/w", "b": "m1"}, {"a": "l2/w", "b": "m2"})).agrees


def test_a_batch_of_another_size_is_laid_out_by_its_own_shape(rules):
    a = trace({"feeds/x": np.ones([2, 3])}, {"feeds/x": np.ones([1, 3])})
    b = trace({"feeds/x": np.ones([3, 2])}, {"feeds/x": np.ones([3, 1])})
    assert outcome(a, b, rules({"a": "x", "b": "x", "transpose": True})).agrees


def test_a_shape_that_fits_no_longer_is_said_with_its_step(rules):
    a = trace(*[{"feeds/x": np.ones([2, 3])}] * 4 + [{"feeds/x": np.ones([2])}] * 2)
    with pytest.raises(Error, match=r"step 4, rule 1 \(x\): transpose: it has 2 axes, but"):
        outcome(a, a, rules({"a": "x", "b": "x", "transpose": [1, 0]}))


# --- Refused before comparing, all faults in one message ---


def test_rules_that_do_not_fit_are_refused_together(rules):
    a = trace({"dense/kernel": M, "dense/bias": np.ones(3), "n": np.int64([1]), "free": 1.0})
    b = trace({"fc.weight": M.T, "fc.bias": np.ones(3), "n": np.int64([1]), "free": 1.0})
    with pytest.raises(RecipeError) as caught:
        map_traces(a, b, rules(
            {"a": "dense/kernle", "b": "fc.weight"},
            {"a": "dense/kernel", "b": "fc.wieght"},
            {"a": "dense/bias", "b": "fc.bias", "transpose": [1, 0]},
            {"a": "free", "b": "free"}, {"a": "free", "b": "n"},
            {"a": "n", "b": "n", "change_a": [{"add": 1}]},
            {"a": "dense/kernel", "b": "fc.weight", "change_a": [{"split": [1, 2], "axis": 0}]},
            {"b": "fc/(.*)", "regex": True, "ignore": True}), "map.json")
    assert str(caught.value).splitlines() == [
        "map.json:",
        "  - rule 1 (dense/kernle): 'dense/kernle' matches no name of the first trace; the closest "
        "are 'dense/kernel', 'dense', 'dense/bias'",
        "  - rule 2 (dense/kernel): 'fc.wieght' matches no name of the second trace; the closest "
        "are 'fc.weight', 'fc.bias'",
        "  - rule 8 (fc/(.*)): 'fc/(.*)' matches no name of the second trace; the closest are "
        "'fc.bias'",
        "  - variables/free of the first trace is claimed by rule 4 (free) and rule 5 (free)",
        "  - variables/n of the second trace is claimed by rule 5 (free) and rule 6 (n)",
        "  - rule 3 (dense/bias), dense/bias of the first trace: transpose: it has 2 axes, but "
        "[3] has 1",
        "  - rule 7 (dense/kernel), dense/kernel of the first trace: split: axis 0 of [2, 3] is 2 "
        "long; the sizes add up to 3"]


def test_results_must_be_as_many_on_both_sides(rules):
    a = trace({"k": np.ones(4), "i": np.int64([1])})
    with pytest.raises(RecipeError) as caught:
        map_traces(a, a, rules(
            {"a": "k", "b": "k", "change_a": [{"split": [2, 2], "axis": 0}]},
            {"a": "i", "b": "i", "change_a": [{"scale": 2}]}))
    assert caught.value.problems == [
        "rule 1 (k): it makes 2 of the first trace's and 1 of the second's",
        "rule 2 (i), i of the first trace: int64 takes no scale and no add"]


@pytest.mark.parametrize("entry, words", [
    ([], "rule 1: it is not an object"),
    ({"a": "x", "b": "y", "transposed": True}, "rule 1: unknown key 'transposed'; there are a, b,"),
    ({"a": "x"}, "rule 1: it needs 'a' and 'b'"),
    ({"a": [], "b": "y"}, "rule 1: 'a' must be a name or a list of names"),
    ({"a": ["x", "x"], "b": "y"}, "rule 1: a name appears twice in 'a'"),
    ({"a": "x", "b": 3}, "rule 1: 'b' must be a name or a list of names"),
    ({"a": "x", "b": "y", "ignore": True}, "rule 1: 'ignore' goes with names in 'a' or in 'b'"),
    ({"a": "x", "ignore": True, "transpose": True}, "'ignore' and 'transpose' do not go together"),
    ({"a": "x", "b": "y", "kind": "weights"}, "'kind' must be one of variables, fetches, feeds"),
    ({"a": "x", "b": "y", "evidence": 3}, "'evidence' must be a string"),
    ({"a": "x", "b": "y", "transpose": "yes"}, "write true or a permutation"),
    ({"a": "x", "b": "y", "transpose": True, "change_a": []}, "'transpose' is short for a"),
    ({"a": "x", "b": "y", "change_b": {"sum": True}}, "'change_b' must be a list of changes"),
    ({"a": "(", "b": "y", "regex": True}, "( is not a regular expression: "),
    ({"a": "(x)", "b": "\\2", "regex": True}, "\\2: invalid group reference 2"),
    ({"a": "x", "b": "y", "regex": "yes"}, "'regex' must be true or false"),
])
def test_rules_that_are_none(rules, entry, words):
    with pytest.raises(RecipeError) as caught:
        rules(entry, {"a": "k", "b": "k", "ignore": 1})
    assert words in caught.value.problems[0]
    assert caught.value.problems[-1] == "rule 2: 'ignore' must be true or false"


@pytest.mark.parametrize("text, words", [
    ("", "it is not JSON: "), ("[]", 'it is not a map file: it has no "format": "tf1_recipes map"'),
    ('{"format": "tf1_recipes map", "format_version": 2}', "it has format version 2; this program"),
    ('{"format": "tf1_recipes map", "format_version": 1}', 'it has no list of "rules"'),
    ('{"a": 1, "a": 2}', "the key 'a' appears twice"), ("[" * 100000, "it is not JSON"),
])
def test_files_that_are_no_maps(tmp_path, text, words):
    path = tmp_path / "map.json"
    path.write_text(text)
    with pytest.raises(RecipeError) as caught:
        read_map(str(path))
    assert words in str(caught.value) and str(caught.value).startswith("%s:\n" % path)


# --- On the command line ---


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, arrays in (("a.npz", {"dense/kernel": M, "dense/bias": [1.0]}),
                         ("b.npz", {"fc.weight": M.T, "fc.bias": [1.0]})):
        with traces.writer(name) as t:
            t.initial(arrays)
    (tmp_path / "map.json").write_text("""{"format": "tf1_recipes map", "format_version": 1,
        "rules": [{"a": "dense/kernel", "b": "fc.weight", "transpose": true}]}""")


def test_compare_takes_map_files_and_renames_together(files, capsys):
    assert main(["compare", "a.npz", "b.npz", "--map", "map.json",
                 "--map", "dense/bias=fc.bias"]) == 0
    assert "AGREE: 2 tensors at 1 step" in capsys.readouterr().out
    assert main(["compare", "a.npz", "b.npz", "--map", "map.json"]) == 1
    assert "only in A: 1 tensor; only in B: 1 tensor" in capsys.readouterr().out
    assert main(["compare", "a.npz", "b.npz", "--map", "map.json", "--map", "x=y"]) == 2
    assert capsys.readouterr().err.startswith(
        "tf1-recipes: map.json:\n  - --map x=y: 'x' matches no name of the first trace")


def test_no_more_than_a_rule_s_tensors_are_in_memory(tmp_path, rules):
    """Forty tensors of 1 MB a step: one at a time, and what its change makes of it."""
    big = np.arange(1 << 18, dtype=np.float32).reshape(1 << 9, 1 << 9)
    for name, array in (("a.npz", big), ("b.npz", big.T)):
        with traces.writer(str(tmp_path / name)) as t:
            for _ in range(3):
                t.step({"w%d" % i: array for i in range(40)})
    a, b = (traces.open_trace(str(tmp_path / name)) for name in ("a.npz", "b.npz"))
    tracemalloc.start()
    try:
        assert outcome(a, b, rules({"a": "(.*)", "b": r"\1", "regex": True,
                                    "transpose": True})).agrees
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()
