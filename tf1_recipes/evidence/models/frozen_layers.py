"""B4: gradient descent on the upper layers of a relu net; the lower ones keep their values.

The slopes are those of `tf1_recipes.evidence.models.partial_restore`; only hidden3, hidden4 and
outputs move.
"""
import re

from tf1_recipes.evidence.models import partial_restore, replay

TRAINED = re.compile("hidden[34]/|outputs/")


def update(state, feeds, rate=0.1):
    moved = partial_restore.update(state, feeds, rate)
    return {name: moved[name] if TRAINED.match(name) else value for name, value in state.items()}


model = replay(update)
