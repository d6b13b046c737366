import numpy as np

from tf1_recipes.traces import MemoryTrace
from tf1_recipes.traces.trace import Tensor, element_count, initial_values


def test_a_trace_in_memory_copies_what_it_is_given():
    array, trace = np.ones(3), MemoryTrace({"tensorflow": "1.7.1"})
    trace.step(0, [("variables", "w", array), ("fetches", "w", np.zeros([]))], {"session": 0})
    array[:] = 7.0
    assert trace[0].arrays("variables")["w"].tolist() == [1.0, 1.0, 1.0]
    assert trace[0].arrays("fetches")["w"].shape == ()
    assert trace[0].arrays("feeds") == {}
    assert (trace.numbers, len(trace), 0 in trace, 1 in trace) == ([0], 1, True, False)
    assert [step.number for step in trace] == [0]
    assert trace.manifest == {"tensorflow": "1.7.1"}


def test_chunks_are_the_elements_in_order():
    tensor = Tensor(np.arange(10.0).reshape(2, 5).T)
    pieces = list(tensor.chunks(24))
    assert [piece.size for piece in pieces] == [3, 3, 3, 1]
    assert np.concatenate(pieces).tolist() == [0, 5, 1, 6, 2, 7, 3, 8, 4, 9]
    assert tensor.read().shape == (5, 2)
    assert [piece.tolist() for piece in Tensor(np.float64(3)).chunks(1)] == [[3.0]]
    assert list(Tensor(np.zeros([0, 2])).chunks(8)) == []


def test_initial_values_are_those_of_every_start():
    trace = MemoryTrace()
    trace.step(0, [("variables", "w", np.array(1.0))], {"session": 0, "initial": True})
    trace.step(1, [("variables", "w", np.array(2.0))], {"session": 0})
    trace.step(2, [("variables", "w", np.array(3.0))], {"session": 1, "initial": True})
    trace.step(3, [("variables", "w", np.array(4.0)), ("variables", "late", np.array(5.0))],
               {"session": 1, "initialises": ["1/late#1", "1/left_out#1"]})
    assert initial_values(trace) == {"0/w": 1.0, "1/w": 3.0, "1/late#1": 5.0}


def test_element_count():
    assert [element_count(shape) for shape in ((), (3,), (2, 3), (5, 0))] == [1, 3, 6, 0]
