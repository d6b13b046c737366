"""How traces, comparisons and restore plans look in a notebook, whatever their names hold."""
import numpy as np
import pytest

from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.traces import MemoryTrace, compare_traces, map_traces, open_trace, write_json
from tf1_recipes.traces.stored import Chosen

HOSTILE = "<script>alert(1)</script>\x1b[2K\u202e\u3164"
ESCAPED = r"&lt;script&gt;alert(1)&lt;/script&gt;\x1b[2K\u202e\u3164"


def trace(weights, name="w", manifest=None):
    made = MemoryTrace(manifest)
    for number, weight in enumerate(weights):
        made.step(number, [("variables", name, np.float32([weight, 2.0])),
                           ("fetches", "loss", np.float32(weight))], {})
    return made


def test_a_trace_in_memory():
    made = trace([1.0, 0.5], manifest={"tensorflow": "1.15.5"})
    assert repr(made) == "<MemoryTrace: 2 steps, 1 variable, 1 fetched tensor, TensorFlow 1.15.5>"
    assert made._repr_html_() == (
        "<table><caption>&lt;MemoryTrace: 2 steps, 1 variable, 1 fetched tensor, "
        "TensorFlow 1.15.5&gt;</caption>"
        "<thead><tr><th>tensor</th><th>type</th><th>shape</th></tr></thead>\n"
        "<tbody><tr><td>variables/w</td><td>float32</td><td>2</td></tr>"
        "<tr><td>fetches/loss</td><td>float32</td><td>scalar</td></tr></tbody></table>")


def test_an_empty_trace():
    assert repr(MemoryTrace()) == "<MemoryTrace: 0 steps>"
    assert "<tbody></tbody>" in MemoryTrace()._repr_html_()


def test_a_trace_in_a_file_open_and_closed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = TraceFile("a.npz", {})
    file.step(0, [("variables", "w", np.zeros([2, 3], np.float32))], {})
    file.close({})
    opened = open_trace("a.npz")
    assert repr(opened) == "<NpzTrace 'a.npz': 1 step, 1 variable>"
    assert "<td>variables/w</td><td>float32</td><td>2x3</td>" in opened._repr_html_()
    opened.close()
    assert repr(opened) == "<NpzTrace 'a.npz': 1 step>"


def test_a_trace_in_a_json_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_json(trace([1.0]), "a.json")
    assert repr(open_trace("a.json")) == (
        "<MemoryTrace 'a.json': 1 step, 1 variable, 1 fetched tensor>")


def test_a_tensor_of_some_steps_only_is_shown():
    made = MemoryTrace()
    for number in range(1000):
        made.step(number, [("variables", "w", np.float32(0))]
                  + [("fetches", "summary", np.float32(0))] * (number == 500), {})
    assert repr(made) == "<MemoryTrace: 1000 steps, 1 variable, 1 fetched tensor>"
    assert "<td>fetches/summary</td>" in made._repr_html_()


def test_of_a_long_trace_the_first_step_and_the_last_are_shown():
    made = MemoryTrace({"tensorflow": "1.15.5"})
    for number in range(1001):
        made.step(number, [("variables", "w", np.float32(0)), ("fetches", "%d" % number, 0)], {})
    assert repr(made) == ("<MemoryTrace: 1001 steps, 1 variable, 2 fetched tensors in the first "
                          "and last step, TensorFlow 1.15.5>")


def test_a_step_that_is_damaged_does_not_hide_the_others(tmp_path):
    path = tmp_path / "a.npz"
    file = TraceFile(str(path), {})
    for number, name in enumerate("abc"):
        file.step(number, [("variables", name, np.zeros([2, 3], np.float32))], {})
    file.close({})
    path.write_bytes(path.read_bytes().replace(b"1/variables/b.npy", b"1/variables/\x1b.npy", 1))
    assert repr(open_trace(str(path))) == "<NpzTrace %r: 3 steps, 2 variables>" % str(path)


def test_a_damaged_trace_can_be_shown(tmp_path):
    path = tmp_path / "a.npz"
    file = TraceFile(str(path), {})
    file.step(0, [("variables", "w", np.zeros([2, 3], np.float32))], {})
    file.close({})
    path.write_bytes(path.read_bytes().replace(b"_order': False", b"_order': True "))
    assert repr(open_trace(str(path))) == "<NpzTrace %r: 1 step>" % str(path)


def test_what_a_map_or_a_choice_makes_of_a_trace_is_shown_as_that():
    made = trace([1.0])
    mapped, _, _ = map_traces(made, made, [])
    assert repr(mapped) == "<MappedTrace: 1 step, 1 variable, 1 fetched tensor>"
    assert repr(Chosen(made, ["fetches"])) == "<Chosen: 1 step, 1 fetched tensor>"


def test_a_comparison_that_agrees():
    compared = compare_traces(trace([1.0]), trace([1.0]))
    assert repr(compared) == "<Comparison: AGREE: 2 tensors at 1 step; every element is equal.>"
    assert "<td>variables/w</td><td>agrees</td><td>0</td><td>0</td>" in compared._repr_html_()


def test_a_comparison_that_does_not():
    compared = compare_traces(trace([1.0, 1.0]), trace([1.0, 1.5, 1.0]))
    assert repr(compared) == (
        "<Comparison: DIFFERENT: 2 of 2 tensors at 2 steps differ; only in B: 1 step. "
        "First: step 1, variables/w [0]: 1.0 against 1.5 (4194304 ULP)>")
    page = compared._repr_html_()
    assert ("<tr><td>variables/w</td><td>from step 1</td><td>4194304</td><td>0.5</td></tr>" in page)
    assert "<tr><td>2</td><td>Steps only in B</td><td></td><td></td></tr>" in page


def test_hostile_names_are_escaped_and_visible():
    made = trace([1.0], HOSTILE, {"tensorflow": HOSTILE})
    for shown in (made, compare_traces(made, trace([2.0], HOSTILE)),
                  compare_traces(made, trace([2.0]))):
        for text in (repr(shown), shown._repr_html_()):
            assert not any(each in text for each in "\x1b\u202e\u3164")
        assert "<script>" not in shown._repr_html_()
        assert ESCAPED in shown._repr_html_()


def test_a_long_table_is_cut_and_counted():
    made = MemoryTrace()
    made.step(0, [("variables", "w%03d" % each, np.float32(0)) for each in range(150)], {})
    page = made._repr_html_()
    assert page.count("<tr>") == 101 and page.endswith("<p>and 50 more</p>")


def test_a_restore_plan():
    from tf1_recipes import plan_restore
    from tf1_recipes.v1 import tf
    with tf.Graph().as_default():
        tf.get_variable("hidden/kernel", [2, 3])
        tf.get_variable("head", initializer=1.0)
        plan = plan_restore({"hidden/kernel": np.zeros([3, 2], np.float32), HOSTILE: np.zeros(2)},
                            transpose={"hidden/kernel": True}, include="hidden")
    assert repr(plan) == "<RestorePlan %r: %s>" % (
        plan.checkpoint.prefix,
        "1 restored, 1 initialised, 1 missing in the graph, 0 problems")
    page = plan._repr_html_()
    assert ("<tr><td>hidden/kernel</td><td>hidden/kernel, transposed</td><td>restored</td>"
            "<td>2x3 float32</td><td>3x2 float32</td></tr>") in page
    assert "<script>" not in page and ESCAPED in page


@pytest.mark.parametrize("name", ["to_pandas", "to_xarray"])
def test_a_library_that_is_missing_is_one_line(monkeypatch, name):
    from tf1_recipes.errors import Error
    library = name[3:]
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(Error) as error:
        getattr(trace([1.0]), name)()
    assert str(error.value) == "%s needs %s: pip install %s" % (name, library, library)
