"""How the optimizers' slots are related after the first step, where both sides have them.

The first gradients are the same, and every slot is a function of them:

    B = c A               the same quantity in another unit: Keras' momentum is -r times TF1's
    A = c0 + c1 B         an accumulator with another start: TF1's RMSProp at 1, so c0 = 0.9

PyTorch makes its slots in the first step, so no trace of it has their start.
"""
from __future__ import annotations

from typing import List, Tuple

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, Diagnosis
from tf1_recipes.traces.explain.window import Window

_ENOUGH = 8
STARTS = "The optimizer's accumulators start from different values"


def first_slots(window: Window) -> Tuple[List[Diagnosis], List[Diagnosis]]:
    """Returns (diagnoses of slots in another unit, diagnoses of slots with another start)."""
    units, starts = [], []
    for kind, slots in _by_kind(window).items():
        a, b = (np.concatenate([pair[side] for _, _, pair in slots]) for side in (0, 1))
        if a.size < _ENOUGH or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            continue
        epsilon = max(window.samples.epsilon(name, window.step) or 0.0 for name, _, _ in slots)
        factor = _factor(a, b, epsilon)
        names = [name for name, _, _ in slots]
        if factor is None:
            starts += _started_elsewhere(kind, names, a, b, epsilon, window)
        elif abs(factor - 1) > 1e-3 and all(
                window.updates[owner].signal <= 2 for _, owner, _ in slots):
            units.append(_unit(kind, slots, factor, window))
    return units, starts


def _by_kind(window):
    kinds = {}
    for name, owner, pair in window.slots(".*"):
        kinds.setdefault(window.roles.slots[name][1], []).append((name, owner, pair))
    return kinds


def _factor(a, b, epsilon):
    """c of b = c a; None if there is none."""
    if not a.any() or not b.any():
        return None
    factor = float(a @ b / (a @ a))
    return factor if _length(b - factor * a) <= (1e-4 + 16 * epsilon) * _length(b) else None


def _unit(kind, slots, factor, window):
    moved = np.concatenate([window.updates[owner].b for _, owner, _ in slots])
    kept = np.concatenate([pair[1] for _, _, pair in slots])
    update = _length(moved - kept) <= 1e-3 * _length(kept)
    return Diagnosis(
        "Slots kept in another unit",
        "%s of B is %.6g times A's, and the weights move alike%s." % (
            kind, factor, ": B keeps the update itself, with the rate and the sign (Keras), A what "
            "the rate is applied to" if update else ""),
        window.step, [name for name, _, _ in slots],
        ["the slots after step %d, over %d elements" % (window.step, kept.size),
         'in a map file, "change_a": [{"scale": %.6g}] makes them alike' % factor],
        HIGH, {"factor": factor})


def _started_elsewhere(kind, names, a, b, epsilon, window):
    # The side that is farther above 0 is the other one's plus what its start has left there.
    (side, target), (other, base) = sorted(
        (("A", a), ("B", b)), key=lambda each: -abs(np.mean(each[1])) / (np.std(each[1]) or 1))
    columns = np.stack([np.ones_like(base), base], axis=1)
    (offset, slope), _, rank, _ = np.linalg.lstsq(columns, target, rcond=None)
    left = _length(target - columns @ (offset, slope)) / np.sqrt(target.size)
    noise = 4 * epsilon * np.max(np.abs(target))
    if rank < 2 or left > 1e-3 * np.std(target) + noise or (
            abs(offset) < 1e-3 * np.max(np.abs(target)) + 8 * noise):
        return []
    evidence = ["after step %d %s's is %.5g + %.4g times %s's, over %d elements" % (
        window.step, side, offset, slope, other, target.size)]
    begin = window.samples.tensors("variables", names[0], window.before)
    for name, tensor in zip("AB", begin):
        if tensor is not None:
            evidence.append("at step %d it is %.5g in %s" % (
                window.before, tensor.read().reshape(-1)[0], name))
    if abs(slope * np.std(base)) > 100 * noise and abs(slope - 1) > 1e-2:
        evidence.append("a gradient weighs %.4g times as much in %s, too" % (slope, side))
    return [Diagnosis(
        STARTS, "%s begins higher in %s: of its start %.5g is left after the first step." % (
            kind, side, offset), window.step, names, evidence, HIGH,
        {"offset_in_%s" % side.lower(): float(offset), "factor": float(slope)})]


def _length(values):
    return float(np.linalg.norm(values))
