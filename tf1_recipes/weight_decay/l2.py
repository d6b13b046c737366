"""Weight decay as L2 in the loss, kept in collections as TF1 programs do."""
from __future__ import annotations

from typing import Iterable, Optional, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Scalar, Selector, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import refuse_eager_mode, tf
from tf1_recipes.weight_decay.decoupled import variables_to_decay

LOSSES = "losses"

# The graph's collection of the L2 losses in a collection of losses, as (tensor, names of the
# variables).
_L2 = "%s/l2_losses"


def add_l2_loss(factor: Scalar, include: Optional[Selector] = None,
                exclude: Optional[Selector] = None,
                variables: Union[Iterable[Variable], str, None] = None, collection: str = LOSSES,
                name: str = "weights_norm") -> Tensor:
    """Adds the L2 loss of weights to a collection of losses.

        L2 = sum over the weights of factor * sum(w^2) / 2,    dL2/dw = factor * w

    The documented form reads the weights from a collection "weights", which TensorFlow does not
    fill: it then adds a constant 0, and no weight decays, on every release. This function chooses
    from the trainable variables, and an empty collection is an error.

    Under plain gradient descent this is decay by learning_rate * factor before the update. Momentum
    accumulates it, and Adam divides by its size: with these, weight decay usually means
    `DecoupledWeightDecay`. The gradient is dense, even that of an embedding.

    Source: https://stackoverflow.com/questions/38882629

    Args:
        factor: number >= 0, or scalar tensor.
        include: selector of the variables: a variable, a pattern such as ``".*kernel"``, a
            predicate, or a list of these. By default all of ``variables``.
        exclude: selector of variables to leave out, such as biases, even if ``include`` matches
            them.
        variables: list of variables to choose from, or the name of a collection of them; by
            default the trainable ones.
        collection: str, the collection to add the loss to. (``tf.losses`` adds to "losses".)
        name: str, the name of the loss.

    Returns:
        Scalar tensor: the loss that was added.

    Raises:
        RecipeError: with all problems in one message: a factor that is not one finite number >= 0,
            an empty collection, a selector that matches no variable, no variable left, variables of
            several types, a variable whose L2 loss is in the collection already.

    Example:
        >>> w = tf.get_variable("w", initializer=[3.0, 4.0])
        >>> b = tf.get_variable("b", initializer=1.0)
        >>> penalty = add_l2_loss(0.1, exclude="b")
        >>> loss = total_loss(tf.square(b - 3.0))
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     ["%.2f" % value for value in session.run([penalty, loss])]
        ['1.25', '5.25']
    """
    refuse_eager_mode()
    candidates, problems = _candidates(variables)
    chosen = candidates
    if not problems:
        chosen, problems = variables_to_decay(candidates, include, exclude)
    problems.extend(_factor_problems(factor))
    present = {variable for _, names in tf.get_collection(_L2 % collection) for variable in names}
    problems.extend(
        "%r has an L2 loss in %r already, and would decay twice" % (name_of(variable), collection)
        for variable in chosen if name_of(variable) in present)
    types = sorted({variable.dtype.base_dtype.name for variable in chosen})
    if len(types) > 1:
        problems.append("the variables have the types %s, whose losses cannot be added up: add one "
                        "L2 loss for each type, to separate collections" % ", ".join(types))
    if problems:
        raise RecipeError("Cannot add an L2 loss", problems)

    with tf.name_scope(name) as scope:
        factor = as_tensor(factor, chosen[0].dtype.base_dtype)
        norms = [factor * tf.nn.l2_loss(variable) for variable in chosen]
        loss = tf.add_n(norms, name=scope)
    tf.add_to_collection(collection, loss)
    tf.add_to_collection(_L2 % collection, (loss, tuple(map(name_of, chosen))))
    return loss


def total_loss(loss: Optional[Tensor] = None, collection: str = LOSSES,
               name: str = "total_loss") -> Tensor:
    """Returns the sum of a collection of losses: what to minimise.

        total = loss of the data + L2 losses + all else in the collection

    Source: https://stackoverflow.com/questions/38882629

    Args:
        loss: scalar tensor, the loss of the data. It is added to the collection, unless it is there
            already (as those of ``tf.losses`` are).
        collection: str, the collection of losses.
        name: str, the name of the sum.

    Returns:
        Scalar tensor.

    Raises:
        RecipeError: with all problems in one message: an empty collection, one with L2 losses only,
            a loss that is in it twice, one that is not a scalar.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> penalty = add_l2_loss(0.5)
        >>> loss = total_loss(tf.square(w - 1.0))
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     print(session.run(loss))
        2.0
    """
    refuse_eager_mode()
    losses = list(tf.get_collection(collection))
    is_new = loss is not None and not any(loss is each for each in losses)
    if is_new:
        losses.append(loss)
    problems = []
    if not losses:
        problems.append(
            "the collection %r is empty: give the loss of the data to total_loss, or call "
            "tf.add_to_collection(%r, loss)" % (collection, collection))
    elif all(any(each is l2 for l2, _ in tf.get_collection(_L2 % collection)) for each in losses):
        problems.append(
            "the collection %r holds L2 losses only, and would shrink all weights to 0: give the "
            "loss of the data to total_loss, or call tf.add_to_collection(%r, loss)" % (
                collection, collection))
    problems.extend(_loss_problems(losses, collection))
    if problems:
        raise RecipeError("Cannot sum the losses", problems)
    if is_new:
        tf.add_to_collection(collection, loss)
    return tf.add_n(losses, name=name)


def _candidates(variables):
    """Returns the variables to choose from and the list of problems."""
    if variables is None:
        return tf.trainable_variables(), []
    if not isinstance(variables, str):
        return list(variables), []
    found = tf.get_collection(variables)
    if found:
        return found, []
    return [], [
        "the collection %r is empty, and no weight would decay: call tf.add_to_collection(%r, w) "
        "where each weight w is made, or leave `variables` out to choose from the trainable ones"
        % (variables, variables)]


def _factor_problems(factor):
    problem = problem_with(factor, low=0)
    return ["the factor " + problem] if problem else []


def _loss_problems(losses, collection):
    problems, seen = [], []
    for loss in losses:
        if not hasattr(loss, "op"):
            problems.append("%r is not a tensor" % (loss,))
        elif any(loss is each for each in seen):
            problems.append("%r is in the collection %r twice" % (loss.op.name, collection))
        elif not loss.shape.is_compatible_with([]):
            problems.append("%r has the shape %s: it must be a scalar" % (
                loss.op.name, tuple(loss.shape.as_list())))
        seen.append(loss)
    return problems
