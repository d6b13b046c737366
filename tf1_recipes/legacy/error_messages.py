"""Errors of a session's runs: first what is wrong, as in 0.12 to 1.15, then where the op was made.

Today's begin with "Graph execution error:" and the op's traceback. Scripts that print an error's
text, or its first line, would show that instead.
"""
from tf1_recipes.legacy.patch import patch

_HEADING = "Graph execution error:\n\n"


@patch("an error of a run says first what is wrong", after="tensorflow")
def what_is_wrong_first(changes, tensorflow):
    from tensorflow.python.framework import error_interpolation

    @changes.wrap(error_interpolation, "interpolate_graph")
    def interpolate_graph(today, message, graph):
        text = today(message, graph)
        wrong = error_interpolation.parse_message(message)[0].strip()
        if not wrong or not text.startswith(_HEADING) or not text.endswith(wrong):
            return text
        where = text[len(_HEADING):-len(wrong)].strip()
        return wrong + "\n\n" + where if where else wrong
