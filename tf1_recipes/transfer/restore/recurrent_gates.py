"""Recurrent cells of other frameworks: the order of their gates fits in shape either way.

    TensorFlow 1's LSTMCell  i, j, f, o    rows of the inputs, then of the state; adds forget_bias
    PyTorch's LSTM           i, f, g, o    two matrices, two biases
    Keras' LSTM              i, f, c, o    two matrices, one bias
    TensorFlow 1's GRUCell   r, u          and the candidate apart, from the state times r
    PyTorch's GRU            r, z, n       r times the product of state and kernel
    Keras' GRU               z, r, h

Sources: tensorflow/python/ops/rnn_cell_impl.py,
https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
https://keras.io/api/layers/recurrent_layers/lstm/
"""
from __future__ import annotations

import re
from typing import Any, List, Mapping, Optional, Tuple

_PYTORCH = re.compile(r"^(?P<start>.*?)(weight|bias)_(ih|hh)(?P<end>(_l\d+)?(_reverse)?)$")
_TF1_LSTM = re.compile(r"(^|/)\w*lstm_cell(_\d+)?/(kernel|bias)$")
_TF1_GRU = re.compile(r"(^|/)\w*gru_cell(_\d+)?/(gates|candidate)/(kernel|bias)$")
_KERAS = re.compile(r"(^|/)(kernel|recurrent_kernel|bias)$")


def undeclared_gates(rows: List[Any], tensors: Mapping[str, Any]) -> List[str]:
    """Returns the problems of restored rows whose arrays are a recurrent cell's of another kind.

    Args:
        rows: list of ``PlanRow`` that are restored. tensors: dict of names to ``StoredTensor``.
    """
    names = {row.variable_name for row in rows}
    problems = []
    for row in rows:
        framework, gates = _source(row.made.tensors, tensors)
        goal = _goal(row.variable_name, names)
        ordered = any("order" in change for change in row.made.changes)
        if goal is None or framework in (None, goal):
            continue
        if goal == "gru" and gates == 3:
            problems.append(
                "%r: TensorFlow 1's GRUCell multiplies the state by the gate r before its kernel, "
                "that of %s behind it: no layout makes them equal; take a Keras GRU, reset_after"
                % (row.variable_name, framework))
        elif gates == 4 and goal == "lstm" and not ordered:
            problems.append(_lstm_question(row, framework))
        elif gates == 3 and goal == "Keras" and not ordered:
            problems.append(
                "%r: the GRU of %s has the gates r, z, n, that of Keras z, r, h: give a rule with "
                "{'order': [1, 0, 2], 'axis': %d}" % (row.variable_name, framework, _last(row)))
    return problems


def _source(names: Tuple[str, ...], tensors: Mapping[str, Any]
            ) -> Tuple[Optional[str], Optional[int]]:
    """The framework that recurrent arrays come from, and the number of their cell's gates."""
    for name in names:
        found = _PYTORCH.match(name)
        if found:
            return "PyTorch", _gates(
                tensors, "%sweight_hh%s" % (found.group("start"), found.group("end")), 0)
        plain = re.sub(r":\d+$", "", name)
        if _KERAS.search(plain):
            beside = plain.rpartition("/")[0] + "/recurrent_kernel"
            whole = [each for each in (beside, beside + ":0") if each in tensors]
            if whole:
                return "Keras", _gates(tensors, whole[0], 1)
    return None, None


def _gates(tensors, name, axis):
    shape = tensors[name].shape if name in tensors else ()
    return shape[axis] // shape[1 - axis] if len(shape) == 2 and shape[1 - axis] else None


def _goal(name, names):
    """The kind of cell that a variable belongs to, by its name, or None."""
    scope, _, last = name.rpartition("/")
    if "recurrent_kernel" in (last, *(["recurrent_kernel"] if (
            scope + "/recurrent_kernel") in names else [])):
        return "Keras"
    return "lstm" if _TF1_LSTM.search(name) else "gru" if _TF1_GRU.search(name) else None


def _last(row):
    return len(row.variable_shape or (0,)) - 1


def _lstm_question(row, framework):
    axis = _last(row)
    add = "" if axis else (
        "; and its LSTMCell adds forget_bias, 1.0 by default, to f: {'add': [0, 0, -1.0, 0], "
        "'axis': 0} takes it off again")
    return ("%r: the LSTM of %s has the gates i, f, g, o, TensorFlow 1's i, j, f, o: give a rule "
            "with {'order': [0, 2, 1, 3], 'axis': %d}%s" % (
                row.variable_name, framework, axis, add))
