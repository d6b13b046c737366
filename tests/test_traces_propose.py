"""Proposed maps: what values prove, what names tell, and what is left to a person."""
import json

import numpy as np
import pytest

from tf1_recipes import traces
from tf1_recipes.cli import main
from tf1_recipes.traces import MemoryTrace, compare_traces, map_traces
from tf1_recipes.traces.map_command import map_text
from tf1_recipes.traces.map_file import rules_of
from tf1_recipes.traces.propose import propose_map


def trace(arrays, **others):
    made = MemoryTrace()
    made.step(0, [("variables", name, np.asarray(each)) for name, each in arrays.items()] + [
        (kind, name, np.asarray(each)) for kind, found in others.items()
        for name, each in found.items()], {"session": 0, "initial": True})
    return made


@pytest.fixture
def random():
    return np.random.RandomState(0)


def normal(random, *shape):
    return random.standard_normal(shape).astype(np.float32)


def rules(a, b, settled=True):
    """The proposed rules without their evidence; they must make the traces agree."""
    proposal = propose_map(a, b)
    assert settled == (not proposal.unsettled), proposal.unsettled
    assert all(rule["evidence"] for rule in proposal.rules)
    a, b, names = map_traces(a, b, rules_of(json.loads(map_text(proposal))["rules"]))
    assert compare_traces(a, b, names=names).agrees or not settled
    return [{key: value for key, value in rule.items() if key != "evidence"}
            for rule in proposal.rules]


def test_dense_layers_of_pytorch(random):
    """Kernels are proven by their values; zero biases follow the kernels of their layers."""
    k1, k2 = normal(random, 3, 4), normal(random, 4, 4)
    a = trace({"hidden1/kernel": k1, "hidden1/bias": np.zeros(4, np.float32),
               "hidden2/kernel": k2, "hidden2/bias": np.zeros(4, np.float32)})
    b = trace({"fc2.weight": k2.T, "fc2.bias": np.zeros(4, np.float32),
               "fc1.weight": k1.T, "fc1.bias": np.zeros(4, np.float32)})
    assert sorted(rules(a, b), key=lambda rule: rule["a"]) == [
        {"a": "hidden1/bias", "b": "fc1.bias"},
        {"a": "hidden1/kernel", "b": "fc1.weight", "transpose": True},
        {"a": "hidden2/bias", "b": "fc2.bias"},
        {"a": "hidden2/kernel", "b": "fc2.weight", "transpose": True}]


def test_a_convolution_and_the_dense_layer_behind_its_flattened_image(random):
    conv, dense = normal(random, 3, 3, 2, 5), normal(random, 4 * 5, 6)
    flattened = dense.reshape(4, 5, 6).transpose(2, 1, 0).reshape(6, 20)  # by channel first
    assert rules(trace({"conv/kernel": conv, "dense/kernel": dense}),
                 trace({"conv.weight": conv.transpose(3, 2, 0, 1), "fc.weight": flattened})) == [
        {"a": "conv/kernel", "b": "conv.weight", "transpose": [3, 2, 0, 1]},
        {"a": "dense/kernel", "b": "fc.weight", "change_a": [
            {"reshape": [4, 5, 6]}, {"transpose": [2, 1, 0]}, {"reshape": [6, 20]}]}]


def test_queries_keys_and_values_fused(random):
    q, k, v = (normal(random, 4, 4) for _ in "qkv")
    biases = {each + "/bias": np.zeros(4, np.float32) for each in "qkv"}
    a = trace(dict({"q/kernel": q, "k/kernel": k, "v/kernel": v}, **biases))
    b = trace({"attn.in_proj_weight": np.concatenate([q.T, k.T, v.T]),
               "attn.in_proj_bias": np.zeros(12, np.float32)})
    assert rules(a, b) == [
        {"a": ["q/kernel", "k/kernel", "v/kernel"], "b": "attn.in_proj_weight",
         "change_a": [{"transpose": True}, {"concat": 0}]},
        {"a": ["q/bias", "k/bias", "v/bias"], "b": "attn.in_proj_bias",
         "change_a": [{"concat": 0}]}]
    assert rules(trace({"c": np.concatenate([q, k, v], 1)}),
                 trace({"k": k.T, "v": v.T, "q": q.T})) == [
        {"a": "c", "b": ["q", "k", "v"], "change_a": [
            {"split": [4, 4, 4], "axis": 1}, {"transpose": True}]}]


ORDER = [0, 2, 1, 3]


def lstm(random, bias):
    """An LSTM of TensorFlow 1 and of PyTorch, by the layouts that their documents state.

    TensorFlow: gates i, j, f, o; the forget gate's bias of 1 is added when it runs.
    PyTorch: gates i, f, g, o, inputs and state apart, two biases.
    """
    kernel = normal(random, 3 + 2, 4 * 2)
    i, j, f, o = np.split(kernel, 4, axis=1)
    both = np.concatenate([i, f, j, o], axis=1).T
    bi, bj, bf, bo = np.split(bias, 4)
    one = np.concatenate([bi, bf + np.float32(1), bj, bo])
    return {"lstm/kernel": kernel, "lstm/bias": bias}, {
        "rnn.weight_ih_l0": both[:, :3], "rnn.weight_hh_l0": both[:, 3:],
        "rnn.bias_ih_l0": one, "rnn.bias_hh_l0": np.zeros(8, np.float32)}


@pytest.mark.parametrize("bias", [np.zeros(8, np.float32), np.float32([1, 2, 3, 4, 5, 6, 7, 8])])
def test_an_lstm_of_pytorch(random, bias):
    a, b = lstm(random, bias)
    assert rules(trace(a), trace(b)) == [
        {"a": "lstm/kernel", "b": ["rnn.weight_ih_l0", "rnn.weight_hh_l0"], "change_a": [
            {"order": ORDER, "axis": 1}, {"split": [3, 2], "axis": 0}, {"transpose": True}]},
        {"a": "lstm/bias", "b": ["rnn.bias_ih_l0", "rnn.bias_hh_l0"], "change_b": [{"sum": True}],
         "change_a": [{"order": ORDER, "axis": 0}, {"add": [0.0, 1.0, 0.0, 0.0], "axis": 0}]}]


def test_the_biases_of_an_lstm_s_layers_are_not_mixed_up(random):
    a, b = {}, {}
    for layer in range(2):
        ours, theirs = lstm(random, np.zeros(8, np.float32))
        a.update(("rnn/cell_%d/%s" % (layer, name), array) for name, array in ours.items())
        b.update((name.replace("_l0", "_l%d" % layer), array) for name, array in theirs.items())
    assert [rule["b"] for rule in rules(trace(a), trace(b)) if "bias" in rule["a"]] == [
        ["rnn.bias_ih_l0", "rnn.bias_hh_l0"], ["rnn.bias_ih_l1", "rnn.bias_hh_l1"]]


def test_the_other_way_round(random):
    """From PyTorch to TensorFlow the kernel is joined; a sum of biases is not taken apart."""
    a, b = lstm(random, np.zeros(8, np.float32))
    del a["lstm/bias"], b["rnn.bias_ih_l0"], b["rnn.bias_hh_l0"]
    assert rules(trace(b), trace(a)) == [
        {"a": ["rnn.weight_ih_l0", "rnn.weight_hh_l0"], "b": "lstm/kernel", "change_a": [
            {"transpose": True}, {"concat": 0}, {"order": ORDER, "axis": 1}]}]


def test_a_model_of_another_precision(random):
    kernel = normal(random, 3, 4)
    assert propose_map(trace({"k": kernel}), trace({"w": kernel.T.astype(np.float64)})).rules == [
        {"a": "k", "b": "w", "transpose": True,
         "evidence": "the values are equal, so laid out"}]


def test_equal_names_need_no_rule_even_where_values_differ(random):
    a, b = {"w": normal(random, 3, 3), "n": np.int64(0)}, {"w": normal(random, 3, 3), "n": 0}
    proposal = propose_map(trace(a), trace(b))
    assert (proposal.rules, proposal.unsettled) == ([], [])
    assert proposal.same == [("variables", "n", "same name, equal values"),
                             ("variables", "w", "same name and shape; the values differ")]


def test_an_equal_name_that_is_transposed(random):
    w = normal(random, 3, 3)
    assert rules(trace({"w": w}), trace({"w": w.T})) == [{"a": "w", "b": "w", "transpose": True}]


# --- Where the values differ ---


def test_shapes_roles_and_numbers_settle_what_is_unique(random):
    a = {"conv/kernel": normal(random, 3, 3, 2, 5), "l1/kernel": normal(random, 4, 4, 6),
         "bn/gamma": np.ones(5, np.float32), "bn/beta": np.zeros(5, np.float32),
         "bn/moving_mean": np.zeros(5, np.float32), "bn/moving_variance": np.ones(5, np.float32)}
    b = {"bn.weight": np.ones(5, np.float32), "bn.bias": np.zeros(5, np.float32),
         "bn.running_mean": np.zeros(5, np.float32), "bn.running_var": np.ones(5, np.float32)}
    del a["conv/kernel"], a["l1/kernel"]
    found = propose_map(trace(a), trace(b))
    assert not found.unsettled
    assert {rule["a"]: rule["b"] for rule in found.rules} == {
        "bn/gamma": "bn.weight", "bn/beta": "bn.bias", "bn/moving_mean": "bn.running_mean",
        "bn/moving_variance": "bn.running_var"}


def test_the_only_one_of_a_shape_is_taken_and_said(random):
    a, b = {"k": normal(random, 2, 3)}, {"other": normal(random, 3, 2)}
    assert propose_map(trace(a), trace(b)).rules == [
        {"a": "k", "b": "other", "transpose": True,
         "evidence": "the only one of its shape; the values differ"}]


def test_a_square_that_could_be_transposed_is_not_guessed(random):
    found = propose_map(trace({"k": normal(random, 3, 3)}), trace({"w": normal(random, 3, 3)}))
    assert found.rules == []
    assert found.unsettled == [
        {"kind": "variables", "a": "k", "candidates": ["w (in 2 layouts)"],
         "why": "nothing else tells its layout"},
        {"kind": "variables", "b": "w", "candidates": ["k (in 2 layouts)"],
         "why": "nothing else tells its layout"}]


def test_a_symmetric_matrix_is_no_proof_of_its_layout():
    s = np.float32([[1, 2], [2, 3]])
    assert propose_map(trace({"k": s}), trace({"w": s})).rules == []


def test_two_that_fit_alike_are_listed(random):
    a = {"x": normal(random, 3), "y": normal(random, 3)}
    b = {"p": normal(random, 3), "q": normal(random, 3)}
    found = propose_map(trace(a), trace(b))
    assert found.rules == []
    assert [(each.get("a", each.get("b")), sorted(each["candidates"]), each["why"])
            for each in found.unsettled] == [
        ("x", ["p", "q"], "several fit"), ("y", ["p", "q"], "several fit"),
        ("p", ["x", "y"], "several fit"), ("q", ["x", "y"], "several fit")]


def test_equal_values_twice_are_listed(random):
    w = normal(random, 3)
    found = propose_map(trace({"x": w, "y": w}), trace({"p": w, "q": w}))
    assert found.rules == [] and len(found.unsettled) == 4


def test_gates_that_are_equal_leave_their_order_open():
    """An LSTM whose kernel is constant by gates of which two are equal."""
    kernel = np.concatenate([np.full([5, 2], value, np.float32) for value in (1, 2, 2, 3)], 1)
    b = np.concatenate([np.full([5, 2], value, np.float32) for value in (2, 1, 2, 3)], 1)
    found = propose_map(trace({"k": kernel}), trace({"ih": b[:3].T, "hh": b[3:].T}))
    assert not found.rules


def test_what_has_no_partner_is_said():
    found = propose_map(trace({"global_step": np.int64(0)}), trace({"w": np.float32([1, 2])}))
    assert [(each.get("a", each.get("b")), each["why"]) for each in found.unsettled] == [
        ("global_step", "nothing of its shape is left in B"),
        ("w", "nothing of its shape is left in A")]


def test_feeds_and_fetches_are_mapped_by_their_values(random):
    x = normal(random, 5, 2)
    a = trace({}, feeds={"x": x, "y": np.float32([1, 2])}, fetches={"loss": 0.5})
    b = trace({}, feeds={"inputs": x, "labels": np.float32([1, 2])}, fetches={"cost": 0.5})
    assert {rule["a"]: (rule["b"], "kind" in rule) for rule in propose_map(a, b).rules} == {
        "x": ("inputs", False), "y": ("labels", False), "loss": ("cost", False)}


def test_one_name_of_two_kinds_is_told_apart(random):
    x, w = normal(random, 5, 2), normal(random, 2, 3)
    a, b = trace({"x": w}, feeds={"x": x}), trace({"w": w.T}, feeds={"images": x})
    assert rules(a, b) == [{"a": "x", "b": "w", "kind": "variables", "transpose": True},
                           {"a": "x", "b": "images", "kind": "feeds"}]


# --- On the command line ---


def test_the_command_writes_a_map_that_compare_takes(tmp_path, monkeypatch, capsys, random):
    monkeypatch.chdir(tmp_path)
    a, b = lstm(random, np.zeros(8, np.float32))
    for path, arrays in (("a.npz", a), ("b.npz", b)):
        with traces.writer(path) as t:
            t.initial(arrays)
    assert main(["map", "a.npz", "b.npz", "-o", "map.json"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("0 tensors alike in both, 2 rules in map.json\n"
                          "  lstm/kernel -> rnn.weight_ih_l0 + rnn.weight_hh_l0, change_a ")
    assert "Not settled" not in out
    assert main(["compare", "a.npz", "b.npz", "--map", "map.json"]) == 0
    assert "AGREE: 3 tensors at 1 step; every element is equal." in capsys.readouterr().out


def test_the_command_says_what_is_open(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for path, arrays in (("a.npz", {"n": [1], "w": [1.0]}), ("b.npz", {"w": [1.0]})):
        with traces.writer(path) as t:
            t.initial(arrays)
    assert main(["map", "a.npz", "b.npz", "-o", "map.json"]) == 1
    assert capsys.readouterr().out == (
        "1 tensor alike in both, 0 rules in map.json\n\n"
        "Not settled; write rules for them, or {\"a\": NAME, \"ignore\": true}:\n"
        "  A: variables/n: nothing of its shape is left in B\n")
    # What is unsettled stands in the file, and is no rule.
    assert main(["compare", "a.npz", "b.npz", "--map", "map.json"]) == 1
    assert "only in A: 1 tensor" in capsys.readouterr().out
    assert main(["map", "a.npz", "b.npz", "-o", "none/map.json"]) == 2
    assert main(["map", "a.npz", "none.npz"]) == 2


def test_traces_without_a_common_step(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for path, number in (("a.npz", 1), ("b.npz", 2)):
        with traces.writer(path) as t:
            t.step({"w": [1.0]}, number=number)
    assert main(["map", "a.npz", "b.npz"]) == 2
    assert capsys.readouterr().err == "tf1-recipes: a.npz and b.npz have no step in common\n"
