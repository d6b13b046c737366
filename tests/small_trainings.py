"""What the recipes' tests share: a variable of either kind, and its value after some steps."""
import pytest

from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

both_kinds = pytest.mark.parametrize("use_resource", [False, True], ids=["ref", "resource"])


def variable(name, value, use_resource=False, **settings):
    return tf.get_variable(name, initializer=value, use_resource=use_resource, **settings)


def refused(request, *arguments, **settings):
    """Returns the problems of a request that is refused and leaves the graph as it was."""
    before = len(tf.get_default_graph().get_operations())
    with pytest.raises(RecipeError) as error:
        request(*arguments, **settings)
    assert len(tf.get_default_graph().get_operations()) == before
    return error.value.problems


def values_after(train_op, fetches, steps=1, feed=None):
    """Initialises all variables, runs the train op ``steps`` times and returns the fetches."""
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run(train_op, feed)
        return session.run(fetches)
