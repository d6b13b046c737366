"""Traces as JSON that a person can read and diff; every number comes back to the last bit.

A line per array, as ``"name": [dtype, shape, [elements in C order]]``. Floats are written with the
fewest digits that give the same number back; ``NaN``, ``Infinity`` and ``-Infinity`` are
strings, because JSON has no numbers for them (which NaN it was is lost). Complex numbers are
pairs in sequence: real, imaginary, real, imaginary ...
"""
from __future__ import annotations

import json
from typing import Iterator

import numpy as np

from tf1_recipes.recording.session_tap import FORMAT, FORMAT_VERSION
from tf1_recipes.traces.trace import (
    DTYPES,
    KINDS,
    MOST_DIMENSIONS,
    MemoryTrace,
    Trace,
    TraceError,
    element_count,
    repeated,
    wrong_facts,
)
from tf1_recipes.untrusted.visible import name_fault

_NOT_FINITE = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}


def to_json(trace: Trace) -> str:
    """Returns a trace as text."""
    return "".join(json_parts(trace))


def json_parts(trace: Trace) -> Iterator[str]:
    """Yields the text of a trace in pieces: the head, each step, the end."""
    manifest = dict(trace.manifest, format=FORMAT, format_version=FORMAT_VERSION)
    yield '{\n"manifest": %s,\n"steps": [\n' % json.dumps(manifest, sort_keys=True, indent=1)
    for position, step in enumerate(trace):
        yield ",\n" * bool(position) + _step_to_json(step)
    yield "\n]\n}\n"


def _step_to_json(step):
    parts = [' "step": %d' % step.number]
    for kind in KINDS:
        arrays = step.arrays(kind)
        if arrays:
            parts.append(' "%s": {\n%s\n }' % (kind, ",\n".join(
                "  %s: %s" % (json.dumps(name), _array_to_json(array))
                for name, array in arrays.items())))
    parts.append(' "facts": %s' % json.dumps(step.facts, sort_keys=True))
    return "{\n%s\n}" % ",\n".join(parts)


def parse_json(text: str, path: str) -> MemoryTrace:
    """Returns the `MemoryTrace` that a text holds.

    Args:
        text: str.
        path: str, the file that it comes from, for the messages.

    Raises:
        TraceError: it is not a trace, or damaged; the message says where.
    """
    def no_trace(what):
        return TraceError("%s is not a trace: %s" % (path, what))

    def damaged(what):
        return TraceError("%s is damaged: %s" % (path, what))

    try:
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
        if r"\ud" in text.lower():  # Half a character could not be printed.
            json.dumps(content, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise no_trace("it is not JSON (%s)" % error) from None
    manifest = content.get("manifest") if isinstance(content, dict) else None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise no_trace("it has no manifest that names the format")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise TraceError("%s has format version %r; this program reads version %d" % (
            path, manifest.get("format_version"), FORMAT_VERSION))
    steps = content.get("steps")
    if not isinstance(steps, list):
        raise damaged("it has no list of steps")
    trace = MemoryTrace(manifest, path)
    for position, step in enumerate(steps):
        number, facts = (step.get("step"), step.get("facts")) if isinstance(step, dict) else (0, 0)
        if type(number) is not int or number < 0 or not isinstance(facts, dict):
            raise damaged("entry %d of its steps has no number or no facts" % position)
        if number in trace:
            raise damaged("step %d appears twice" % number)
        if wrong_facts(facts):
            raise damaged("step %d: %s" % (number, wrong_facts(facts)))
        trace.step(number, _arrays_of_step(step, damaged), facts)
    return trace


def _arrays_of_step(step, damaged):
    arrays = []
    for kind in KINDS:
        members = step.get(kind, {})
        if not isinstance(members, dict):
            raise damaged("step %d: %s is not an object" % (step["step"], kind))
        for name, value in members.items():
            if name_fault(name):
                raise damaged("step %d: the name %r in its %s %s" % (
                    step["step"], name, kind, name_fault(name)))
            try:
                arrays.append((kind, name, _array_from_json(value)))
            except (ValueError, TypeError, ArithmeticError) as error:
                raise damaged("step %d, %s/%s: %s" % (step["step"], kind, name, error)) from None
    return arrays


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("the name %r appears twice" % repeated(name for name, _ in pairs))
    return found


def _refuse_constant(name):
    raise ValueError("%s is not a JSON number: write it as a string" % name)


def _array_to_json(array):
    flat = array.reshape(-1)
    if array.dtype.kind == "c":
        flat = flat.view(np.float32 if array.dtype.itemsize == 8 else np.float64)
    if flat.dtype.kind == "f":
        elements = _floats_to_json(flat)
    else:
        elements = [json.dumps(element) for element in flat.tolist()]
    return "[%s, %s, [%s]]" % (
        json.dumps(array.dtype.name), json.dumps(list(array.shape)), ", ".join(elements))


def _floats_to_json(flat):
    """The texts of floats, as `_float_to_json` gives them; most are what `str` gives, much faster.
    """
    with np.printoptions(legacy=False):  # A program may print as an old NumPy did.
        texts = [str(element) for element in flat]
    read = np.array([float(text) for text in texts])
    with np.errstate(over="ignore"):
        usual = (read.astype(flat.dtype) == flat).tolist()
    return [text if as_it_was and "e" not in text and "n" not in text else _float_to_json(element)
            for text, as_it_was, element in zip(texts, usual, flat)]


def _float_to_json(element):
    if np.isnan(element):
        return '"NaN"'
    if np.isinf(element):
        return '"Infinity"' if element > 0 else '"-Infinity"'
    shortest = np.format_float_positional(element, unique=True, trim="0")
    if not 1e-5 <= abs(element) < 1e16 and element != 0:
        shortest = np.format_float_scientific(element, unique=True, trim="0")
    # The digits are the fewest for this width; read as a double and rounded they could, in
    # principle, fall on the neighbour. Then all digits are written.
    if element.dtype.type(float(shortest)) != element:
        shortest = repr(float(element))
    return shortest


def _array_from_json(value):
    if not (isinstance(value, list) and len(value) == 3 and isinstance(value[1], list)
            and isinstance(value[2], list)):
        raise ValueError("it is not [dtype, shape, elements]")
    name, shape, elements = value
    if not isinstance(name, str) or name not in DTYPES:
        raise ValueError("dtype %r is not one of %s" % (name, ", ".join(DTYPES)))
    if len(shape) > MOST_DIMENSIONS:
        raise ValueError("its shape has %d dimensions, and the most are %d" % (
            len(shape), MOST_DIMENSIONS))
    if not all(type(side) is int and 0 <= side < 1 << 63 for side in shape):
        raise ValueError("its shape is %r" % (shape,))
    dtype = DTYPES[name]
    parts = 2 if dtype.kind == "c" else 1
    if element_count(shape) * parts != len(elements):
        raise ValueError("shape %r does not hold its %d elements" % (shape, len(elements)))
    if parts == 2 or dtype.kind == "f":
        if not all(each in _NOT_FINITE or type(each) in (int, float) and abs(each) != np.inf
                   for each in elements):
            raise ValueError("its elements are not all numbers")
        elements = [_NOT_FINITE.get(each, each) for each in elements]
    elif not all(type(each) is (bool if dtype.kind == "b" else int) for each in elements):
        raise ValueError("its elements are not all of %s" % name)
    if dtype.kind in "iu" and elements:
        limits = np.iinfo(dtype)
        if min(elements) < limits.min or max(elements) > limits.max:
            raise ValueError("its elements do not all fit into %s" % name)
    scalar = {"complex64": np.float32, "complex128": np.float64}.get(name, dtype)
    with np.errstate(over="raise"):
        flat = np.array(elements, dtype=scalar)
    return (flat.view(dtype) if parts == 2 else flat).reshape(shape)
