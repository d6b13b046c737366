"""B2: gradient descent on a relu net, then on a new one that starts with its lower layers.

    w_new[hidden1 to hidden3] = w_old[hidden1 to hidden3],   w -= rate * slope

The slopes are those of `tf1_recipes.evidence.models.relu_net`.
"""
import re

from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.relu_net import update

RESTORED = re.compile("hidden[123]/")


def model(sessions):
    """The old net's training, and the new net's from the restored layers."""
    old, new = sessions
    states = replay(update)([old])
    trained = states[old.steps[-1][0]]
    restored = {name: trained[name] if RESTORED.match(name) else value
                for name, value in new.initial.items()}
    states.update(replay(update)([new._replace(initial=restored)]))
    return states
