"""Which variables are slots that an optimizer keeps for others, by their names."""
from __future__ import annotations

import re
from typing import Any

_SLOT = re.compile(
    r"(.+)[/.](Momentum|MomentumW|Adam|AdamW|LazyAdam|NadamOptimizer|RMSProp|Adagrad|Adadelta|Ftrl|"
    r"m|v|mu|nu|vhat|rms|mg|accum|accumulator|accum_update|momentum|momentum_buffer|"
    r"exp_avg|exp_avg_sq|square_avg|sum|sum_of_squares|trace|ExponentialMovingAverage)(_\d+)?$")


def slot_of(name: str, names: Any) -> Any:
    """Returns (variable, kind of slot), or None: ``("w", "Adam_1")`` for ``w/Adam_1``."""
    found = _SLOT.match(name)
    if not found:
        return None
    owner, kind = found.group(1), name[len(found.group(1)) + 1:]
    while owner not in names:  # Keras and estimators put a scope before it
        _, separator, owner = owner.partition("/")
        if not separator:
            return None
    return owner, kind
