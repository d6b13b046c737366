"""Weight decay as L2 in the loss, kept in collections as TF1 programs do."""
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decoupled import variables_to_decay

LOSSES = "losses"

# In the graph's collection of this name, behind the name of a collection of losses: what
# add_l2_loss put there, as (tensor, names of the variables).
_L2 = "%s/l2_losses"


def add_l2_loss(factor, include=None, exclude=None, variables=None, collection=LOSSES,
                name="weights_norm"):
    """Adds the L2 loss of weights to a collection of losses.

        L2 = sum over the weights of factor * sum(w^2) / 2,    dL2/dw = factor * w

    The documented form reads the weights from a collection "weights", which nothing fills by
    itself: it then adds a constant 0, and no weight decays, on every release. Here the trainable
    variables are what there is to choose from, and a collection that is empty is an error.

    For plain gradient descent this is decay by learning rate * factor before the update. Momentum
    accumulates it, and Adam divides its size out again: there `DecoupledWeightDecay` is what is
    meant by weight decay as a rule. The gradient is dense, an embedding's too.

    Args:
        factor: number of at least 0, or scalar tensor.
        include: selector of the variables, by default all there are to choose from: a variable, a
            pattern such as ``".*kernel"``, a predicate, or a list of these.
        exclude: selector of variables to leave out, such as biases; it wins over ``include``.
        variables: list of variables to choose from, or the name of a collection of them; by
            default the trainable ones.
        collection: str, the collection to add the loss to. ("losses" is where ``tf.losses`` puts
            its own.)
        name: str, the name of the loss.

    Returns:
        Scalar tensor: the loss that was added.

    Raises:
        RecipeError: with all problems in one message: a factor that is not one finite number of at
            least 0, an empty collection, a selector that matches no variable, no variable left,
            variables of several types, a variable whose L2 loss is in the collection already.

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
        problems.append("the variables are of the types %s, whose losses cannot be added: add one "
                        "L2 loss for each type, to collections of their own" % ", ".join(types))
    if problems:
        raise RecipeError("Cannot add an L2 loss", problems)

    with tf.name_scope(name) as scope:
        factor = as_tensor(factor, chosen[0].dtype.base_dtype)
        norms = [factor * tf.nn.l2_loss(variable) for variable in chosen]
        loss = tf.add_n(norms, name=scope)
    tf.add_to_collection(collection, loss)
    tf.add_to_collection(_L2 % collection, (loss, tuple(map(name_of, chosen))))
    return loss


def total_loss(loss=None, collection=LOSSES, name="total_loss"):
    """Returns the sum of a collection of losses: what to minimise.

        total = loss of the data + L2 losses + whatever else the collection holds

    Args:
        loss: scalar tensor to add to the collection first, unless it is in it already (as those
            of ``tf.losses`` are); or None.
        collection: str.
        name: str, the name of the sum.

    Returns:
        Scalar tensor.

    Raises:
        RecipeError: with all problems in one message: an empty collection, one that holds L2
            losses only, a loss that is in it twice, one that is not a scalar.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> penalty = add_l2_loss(0.5)
        >>> loss = total_loss(tf.square(w - 1.0))
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     print(session.run(loss))
        2.0
    """
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
            "the collection %r holds L2 losses only, and the weights would only fade: give the "
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
    problem = problem_with(factor)
    if not problem and not hasattr(factor, "op") and factor < 0:
        problem = "is %s: it must not be negative" % float(factor)
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
