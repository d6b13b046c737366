"""NumPy models of the recipes, from their formulas; they share nothing with the recipes' code.

A model is given the initial values and the feeds of a trace, and returns what every variable must
be after every step. It computes in the dtype of the initial values: float32 as TensorFlow does, or
float64 for the true result. The model of a recipe is in its folder, in
`tf1_recipes.evidence.recipes`; here is what models share.
"""
import collections

Session = collections.namedtuple("Session", "number initial steps")
Session.__doc__ = """One session of a training.

number: int, the step that holds the initial values.
initial: dict {variable name: array}.
steps: list of (number, feeds), feeds being a dict {tensor name: array}.
"""


def replay(update):
    """Returns the model of a training from its update: ``state = update(state, feeds)``.

    Args:
        update: function of (dict {variable name: array}, dict {feed name: array}) that returns the
            dict of the variables after the step.

    Returns:
        A function of a list of `Session`s that returns ``{step number: {variable name: array}}``.

    >>> model = replay(lambda state, feeds: {"w": state["w"] - feeds["step"]})
    >>> model([Session(0, {"w": 5}, [(1, {"step": 2})])])
    {0: {'w': 5}, 1: {'w': 3}}
    """
    def model(sessions):
        states = {}
        for session in sessions:
            state = states[session.number] = dict(session.initial)
            for number, feeds in session.steps:
                state = states[number] = update(state, feeds)
        return states
    return model
