"""How many ops a graph would hold if the release had built it.

Functions that are built from other ops today record the difference on the graph. The number is the
seed of a random op without a seed of its own.
"""
import functools
import inspect

from tf1_recipes.legacy.seeds import seed_rules
from tf1_recipes.untrusted import visible

_BOOKED = "_tf1_recipes_ops_not_built"
_UNKNOWN = "_tf1_recipes_not_counted"


def count(graph):
    """Returns how many ops a graph would hold if the release had built it."""
    return graph.version + getattr(graph, _BOOKED, 0)


def book(graph, more):
    """Counts ops that the release had built, and that were not built here."""
    setattr(graph, _BOOKED, getattr(graph, _BOOKED, 0) + more)


def counted(function, counting, get_graph):
    """Returns a function that does the same and books the ops that `seed_table` says."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*arguments, **keywords):
        graph = get_graph()
        start = count(graph)
        more = _more(function, counting, signature, arguments, keywords)
        before, after = more if type(more) is tuple else (0, more)
        book(graph, before)
        result = function(*arguments, **keywords)
        if isinstance(after, seed_rules.Total):
            book(graph, start + after.ops - count(graph))
        elif isinstance(after, seed_rules.Unknown):
            setattr(graph, _UNKNOWN, after.what)
        else:
            book(graph, after)
        return result
    return call


def _more(function, counting, signature, arguments, keywords):
    try:
        given = signature.bind(*arguments, **keywords)
        given.apply_defaults()
        return counting(**given.arguments)
    except Exception:
        # Wrong arguments, which the function itself refuses, or arguments that no rule covers.
        return seed_rules.Unknown("%s with such arguments" % function.__name__)


class Counts:
    """In the place of today's dictionary of counters of random ops."""

    def __init__(self, version):
        self.version = version

    def setdefault(self, graph, _):
        what = getattr(graph, _UNKNOWN, None)
        if what:
            setattr(graph, _UNKNOWN, None)
            say("random ops after %s may get other seeds than in TensorFlow %s: the number of "
                "ops that it built there is unknown" % (what, self.version))
        return count(graph)

    def __getitem__(self, graph):
        return 0

    def __setitem__(self, graph, seeds):
        pass


@functools.lru_cache(None)
def say(text):
    """Prints a line on stderr, once."""
    visible.say(text)
