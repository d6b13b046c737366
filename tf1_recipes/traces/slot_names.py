"""Which variables are slots that an optimizer keeps for others, by their names."""
import re

_SLOT = re.compile(
    r"(.+)[/.](Momentum|Adam|AdamW|MomentumW|RMSProp|Adagrad|Adadelta|Ftrl|LazyAdam|NadamOptimizer|"
    r"m|v|vhat|rms|mg|accum|accumulator|accum_update|momentum|momentum_buffer|exp_avg|exp_avg_sq|"
    r"square_avg|sum|ExponentialMovingAverage)(_\d+)?$")


def slot_of(name, names):
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
