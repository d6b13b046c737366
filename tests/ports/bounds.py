"""Which tensors of a port lie within what any float32 evaluation of the recipe may be off.

Its tolerance in ULPs says how near a port comes on one machine; on another one, frameworks add and
contract otherwise, and the bound of the recipe's model is what has to hold.
"""
import numpy as np

from tf1_recipes.evidence.agreement import bounded_sessions, expected
from tf1_recipes.evidence.models.bounded import as_array
from tf1_recipes.evidence.recipes.B5_cached_layer import model as cached_layer
from tf1_recipes.traces import MemoryTrace, map_traces, open_trace


def within_bounds(recipe, rules, port):
    """Returns what lies within its bounds: set of (kind, name in the genuine trace).

    That is of variables, and of the rows that B5 caches and feeds.

    Args:
        recipe: `tf1_recipes.evidence.recipe.Recipe`.
        rules: list of the map's rules, may be empty.
        port: the port's trace.
    """
    newest = open_trace(recipe.trace_path(recipe.releases[-1]))
    wanted = expected(recipe, newest, bounds=True)
    rows = cached_layer.cached_rows(bounded_sessions(newest)) if recipe.name == "B5" else {}
    ends = [limits(newest, wanted, rows, sign) for sign in (-1, 1)]
    inside, outside = set(), set()
    for low, high in zip(*(mapped(end, rules, port) for end in ends)):
        for key, found, one, other in zip(*low, high[2]):
            least, most = np.minimum(one, other), np.maximum(one, other)
            fits = found.shape == least.shape and np.all((least <= found) & (found <= most))
            (inside if fits else outside).add(key)
    return inside - outside


def limits(newest, wanted, rows, sign):
    """A trace of the lower or the upper ends of the bounds, rounded outward."""
    trace = MemoryTrace()
    for number, state in wanted.items():
        arrays = [("variables", name, end(value, sign)) for name, value in state.items()]
        # The map's rules are of the fetches and feeds, too.
        for kind in ("fetches", "feeds"):
            arrays += [(kind, name, end(rows[number], sign) if name == "hidden2/relu" else array)
                       for name, array in newest[number].arrays(kind).items()]
        trace.step(number, arrays, newest[number].facts)
    return trace


def end(value, sign):
    if value.dtype != np.float32:
        return value
    outermost = np.float32(as_array(value) + sign * getattr(value, "error", 0.0))
    return np.nextafter(outermost, np.float32(sign * np.inf))


def mapped(trace, rules, port):
    """Yields, for each step, kinds and names, their numbers in the port and in the trace."""
    names = None
    if rules:
        trace, port, names = map_traces(trace, port, rules)
    for number in trace.numbers:
        pairs = []
        for kind in ("variables", "feeds"):
            ours, theirs = trace[number].arrays(kind), port[number].arrays(kind)
            pairs += [((kind, name), theirs[named], ours[name]) for name in ours
                      for named in [names(kind, name) if names else name] if named in theirs]
        yield tuple(zip(*pairs)) or ((), (), ())
