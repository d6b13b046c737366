"""Changes of layout: by hand on small arrays, and on the cells of two frameworks."""
import numpy as np
import pytest

from tf1_recipes.traces.layouts import changed, changed_shapes, fault_of

GATES = np.arange(8.0).reshape(2, 4)  # two blocks of two columns, or four of one


@pytest.mark.parametrize("change, arrays, expected", [
    ({"transpose": True}, [[[1, 2], [3, 4]]], [[[1, 3], [2, 4]]]),
    ({"transpose": [1, 0]}, [[[1, 2, 3]]], [[[1], [2], [3]]]),
    ({"reshape": [2, -1]}, [[1, 2, 3, 4]], [[[1, 2], [3, 4]]]),
    ({"reshape": []}, [[[7]]], [7]),
    ({"split": [1, 2], "axis": 0}, [[1, 2, 3]], [[1], [2, 3]]),
    ({"split": [1, 1], "axis": -1}, [[[1, 2], [3, 4]]], [[[1], [3]], [[2], [4]]]),
    ({"split": [1, 1], "axis": 0}, [[1, 2], [3, 4]], [[1], [2], [3], [4]]),
    ({"order": [0, 2, 1, 3], "axis": 0}, [[1, 2, 3, 4]], [[1, 3, 2, 4]]),
    ({"order": [1, 0], "axis": 1}, [[[1, 2, 3, 4]]], [[[3, 4, 1, 2]]]),
    ({"concat": 0}, [[1, 2], [3]], [[1, 2, 3]]),
    ({"concat": -1}, [[[1], [2]], [[3], [4]]], [[[1, 3], [2, 4]]]),
    ({"sum": True}, [[1, 2], [10, 20], [100, 200]], [[111, 222]]),
    ({"scale": 0.5}, [[2.0, 4.0]], [[1.0, 2.0]]),
    ({"add": 1}, [[2.0, 4.0], [0.0]], [[3.0, 5.0], [1.0]]),
    ({"add": [0, 1], "axis": 0}, [[1.0, 2.0, 3.0, 4.0]], [[1.0, 2.0, 4.0, 5.0]]),
    ({"scale": [1, -1], "axis": 0}, [[[1.0, 2.0], [3.0, 4.0]]], [[[1.0, 2.0], [-3.0, -4.0]]]),
    ({"scale": [1, -1], "axis": -1}, [[[1.0, 2.0], [3.0, 4.0]]], [[[1.0, -2.0], [3.0, -4.0]]]),
])
def test_each_change_by_hand(change, arrays, expected):
    assert fault_of(change) is None
    given, arrays = arrays, [np.array(each) for each in arrays]
    found = changed([change], arrays)
    assert [each.tolist() for each in arrays] == given  # and are left as they were
    assert [each.tolist() for each in found] == expected
    assert [each.shape for each in found] == changed_shapes(
        [change], [each.shape for each in arrays])
    assert {each.dtype for each in found} == {arrays[0].dtype}


def test_the_type_of_the_elements_is_kept():
    for change in ({"scale": 0.1}, {"add": [0.1, 1], "axis": 0}, {"sum": True}):
        assert changed([change], [np.ones(2, np.float16)])[0].dtype == np.float16


@pytest.mark.parametrize("changes, shapes, words", [
    ([{"transpose": [0, 1, 2]}], [(2, 3)], r"transpose: it has 3 axes, but \[2, 3\] has 2"),
    ([{"reshape": [4, -1]}], [(6,)],
     r"reshape: \[6\] has 6 elements, which the given sides do not divide"),
    ([{"reshape": [5]}], [(6,)], r"reshape: \[6\] has 6 elements, not 5"),
    ([{"split": [1, 2], "axis": 0}], [(4, 2)],
     r"split: axis 0 of \[4, 2\] is 4 long; the sizes add up to 3"),
    ([{"split": [1, 2], "axis": 2}], [(4, 2)], r"split: \[4, 2\] has no axis 2"),
    ([{"order": [1, 0, 2], "axis": 0}], [(4,)],
     r"order: axis 0 of \[4\] is 4 long, which 3 equal blocks do not divide"),
    ([{"add": [1, 0, 2], "axis": 0}], [(4,)], "add: axis 0 of"),
    ([{"concat": 0}], [(4, 2), (3, 3)], r"concat: shapes \[4, 2\], \[3, 3\] cannot be joined"),
    ([{"concat": 0}], [(4, 2), (3,)], "cannot be joined"),
    ([{"concat": 1}], [(4,)], r"concat: \[4\] has no axis 1"),
    ([{"sum": True}], [(4,), (3,)], r"sum: shapes \[4\], \[3\] cannot be added"),
    ([{"transpose": True}, {"split": [4], "axis": 0}], [(4, 2)], "split: axis 0 of"),
])
def test_changes_that_do_not_fit(changes, shapes, words):
    with pytest.raises(ValueError, match=words):
        changed_shapes(changes, shapes)


@pytest.mark.parametrize("change, words", [
    ("transpose", "is not a change"), ({}, "names none of the changes transpose, reshape"),
    ({"transpose": True, "sum": True}, "names more than one"),
    ({"transpose": False}, "write true or a permutation"),
    ({"transpose": [0, 2]}, "write true or a permutation"),
    ({"transpose": [0, True]}, "write true or a permutation"),
    ({"transpose": True, "axis": 0}, "has 'axis', which 'transpose' does not take"),
    ({"reshape": [-1, -1]}, "write the sizes, one of which may be -1"),
    ({"split": 2, "axis": 0}, "write the sizes of the pieces"),
    ({"split": [2]}, "needs an \"axis\""), ({"split": [0], "axis": 0}, "write the sizes"),
    ({"order": [0, 0], "axis": 0}, "write a permutation"),
    ({"order": [0, 1], "axis": "0"}, "needs an \"axis\""),
    ({"concat": None}, "write an axis"), ({"sum": 1}, "write true"),
    ({"scale": "2"}, "write a number"), ({"add": float("nan")}, "write a number"),
    ({"add": [1, 2]}, "needs an \"axis\""), ({"add": 1, "axis": 0}, "has 'axis'"),
])
def test_changes_that_are_none(change, words):
    assert words in fault_of(change)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_an_lstm_s_fused_kernel_computes_the_same_in_both_layouts():
    """Each framework's formula as its documents have it, on the mapped weights.

    TensorFlow 1: [i, j, f, o] = [x, h] K + b, c' = c s(f + 1) + s(i) tanh(j), h' = tanh(c') s(o).
    PyTorch: [i, f, g, o] = W_ih x + b_ih + W_hh h + b_hh, c' = s(f) c + s(i) tanh(g).
    """
    random = np.random.RandomState(0)
    kernel, bias = random.standard_normal((3 + 2, 8)), random.standard_normal(8)
    x, h, c = (random.standard_normal(size) for size in (3, 2, 2))
    i, j, f, o = np.split(np.concatenate([x, h]) @ kernel + bias, 4)
    cell = c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
    expected = np.tanh(cell) * sigmoid(o)

    w_ih, w_hh = changed([{"split": [3, 2], "axis": 0}, {"order": [0, 2, 1, 3], "axis": 1},
                          {"transpose": True}], [kernel])
    both, = changed([{"order": [0, 2, 1, 3], "axis": 0}, {"add": [0, 1, 0, 0], "axis": 0}], [bias])
    i, f, g, o = np.split(w_ih @ x + w_hh @ h + both, 4)
    cell = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    np.testing.assert_allclose(np.tanh(cell) * sigmoid(o), expected, rtol=1e-12)


def test_pytorch_s_own_lstm_computes_the_same():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    random = np.random.RandomState(0)
    kernel, bias = random.standard_normal((3 + 2, 8)), random.standard_normal(8)
    x = random.standard_normal(3)
    h = c = np.zeros(2)
    i, j, f, o = np.split(np.concatenate([x, h]) @ kernel + bias, 4)
    expected = np.tanh(c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)) * sigmoid(o)

    order = {"order": [0, 2, 1, 3], "axis": -1}
    w_ih, w_hh = changed([{"split": [3, 2], "axis": 0}, order, {"transpose": True}], [kernel])
    both, = changed([order, {"add": [0, 1, 0, 0], "axis": 0}], [bias])
    lstm = torch.nn.LSTM(3, 2).double()
    lstm.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in (
        ("weight_ih_l0", w_ih), ("weight_hh_l0", w_hh), ("bias_ih_l0", both),
        ("bias_hh_l0", np.zeros(8)))})
    found = lstm(torch.from_numpy(x)[None])[0][0].detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_convolution_computes_the_same_in_both_layouts():
    """HWIO to OIHW: the sum over the window, written out in both layouts."""
    random = np.random.RandomState(0)
    kernel, window = random.standard_normal((2, 3, 4, 5)), random.standard_normal((2, 3, 4))
    other, = changed([{"transpose": [3, 2, 0, 1]}], [kernel])
    assert other.shape == (5, 4, 2, 3)
    np.testing.assert_allclose(np.einsum("hwi,hwio->o", window, kernel),
                               np.einsum("ihw,oihw->o", window.transpose(2, 0, 1), other))
