"""B4: gradient descent on the upper layers of a relu net; the lower ones keep their values.

The slopes are those of `tf1_recipes.evidence.models.relu_net`; only hidden3, hidden4 and
outputs move.
"""
import re

from tf1_recipes.evidence.models import relu_net, replay

TRAINED = re.compile("hidden[34]/|outputs/")


def update(state, feeds, rate=0.1):
    moved = relu_net.update(state, feeds, rate)
    return {name: moved[name] if TRAINED.match(name) else value for name, value in state.items()}


model = replay(update)
