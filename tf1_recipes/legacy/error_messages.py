"""Errors of a session's runs: first what is wrong, as in 0.12 to 1.15, then where the op was made.

Today's begin with "Graph execution error:" and the op's traceback, which scripts that print an
error's text, or its first line, would show instead.
"""
import functools

_HEADING = "Graph execution error:\n\n"


def restore():
    """Puts what is wrong first."""
    from tensorflow.python.framework import error_interpolation

    now = error_interpolation.interpolate_graph
    if hasattr(now, "what_is_wrong_first"):
        return

    @functools.wraps(now)
    def interpolate_graph(message, graph):
        text = now(message, graph)
        wrong = error_interpolation.parse_message(message)[0].strip()
        if not wrong or not text.startswith(_HEADING) or not text.endswith(wrong):
            return text
        where = text[len(_HEADING):-len(wrong)].strip()
        return wrong + "\n\n" + where if where else wrong
    interpolate_graph.what_is_wrong_first = True
    error_interpolation.interpolate_graph = interpolate_graph
