"""The max margin loss: a good instance must score higher than a bad one, without any label."""
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.layer_variables import variables_behind
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import refuse_eager_mode, tf


def max_margin_loss(good, bad, margin=1.0, name="max_margin_loss"):
    """The hinge loss that ranks: a good instance must score higher than a bad one by a margin.

        loss = mean max(0, margin - s(good) + s(bad))

    The good instances are the data, the bad ones corrupted data (a sentence with one word replaced,
    an image of two halves), so that no labels are needed. Both are scored by the same weights.

    Sources: Collobert and Weston, A Unified Architecture for Natural Language Processing (2008);
    Hands-On Machine Learning, chapter 11, pretraining on an auxiliary task: max margin learning.

    Args:
        good: tensor of any shape, such as [batch], the scores of the good instances.
        bad: tensor of the same shape and type, the score of the bad instance to each good one;
            or with one more axis at the end, such as [batch, k], for k bad ones to each.
        margin: number more than 0, or scalar tensor.
        name: str, the name scope.

    Returns:
        Scalar tensor.

    Raises:
        RecipeError: with all problems in one message: shapes that do not pair up ([batch] and
            [batch, 1] are broadcast to all pairs by the plain formula), other types than floating,
            a margin that is not above 0 (equal scores would then do), scores of different weights
            (any two nets can be told apart, without having learned a thing).

    Example:
        >>> good, bad = tf.constant([2.0, 0.5]), tf.constant([0.0, 0.25])
        >>> with tf.Session() as session:
        ...     print(session.run(max_margin_loss(good, bad)))  # (0 + 0.75) / 2
        0.375
    """
    refuse_eager_mode()
    problems = _score_problems(good, bad) + _margin_problems(margin)
    if problems:
        raise RecipeError("Cannot make a max margin loss", problems)
    with tf.name_scope(name) as scope:
        rank = good.shape.ndims
        if not (good.shape.is_fully_defined() and bad.shape.is_fully_defined()):
            alike = tf.debugging.assert_equal(
                tf.shape(good), tf.shape(bad)[:rank],
                message="there must be a bad score to every good one")
            with tf.control_dependencies([alike]):
                bad = tf.identity(bad)
        if bad.shape.ndims > rank:
            good = tf.expand_dims(good, -1)
        margin = as_tensor(margin, good.dtype)
        return tf.reduce_mean(tf.nn.relu(margin - good + bad), name=scope)


def _score_problems(good, bad):
    problems = ["the %s scores are %r: they must be a tensor" % (title, each)
                for title, each in (("good", good), ("bad", bad))
                if not isinstance(each, tf.Tensor)]
    if problems:
        return problems
    if not good.dtype.is_floating or good.dtype != bad.dtype:
        problems.append("the scores are of the types %s and %s: they must be floating, and alike"
                        % (good.dtype.name, bad.dtype.name))
    ranks = good.shape.ndims, bad.shape.ndims
    if None in ranks:
        problems.append("the scores have the shapes %s and %s: they must be known but for sizes"
                        % (good.shape, bad.shape))
    elif (ranks[1] - ranks[0] not in (0, 1)
          or not good.shape.is_compatible_with(bad.shape[:ranks[0]])):
        problems.append("the scores have the shapes %s and %s: there must be a bad score to every "
                        "good one, or with one more axis several" % (good.shape, bad.shape))
    names = [list(map(name_of, variables_behind(each).variables)) for each in (good, bad)]
    for title, own, others in (("good", *names), ("bad", *reversed(names))):
        lone = [name for name in own if name not in others]
        if lone:
            problems.append("only the %s scores depend on %s: score both with the same weights "
                            "(reuse=True)" % (title, ", ".join(map(repr, lone))))
    return problems


def _margin_problems(margin):
    problem = problem_with(margin)
    value = tf.get_static_value(margin) if isinstance(margin, tf.Tensor) else margin
    if not problem and value is not None and not hasattr(value, "op") and value <= 0:
        problem = "is %s: it must be above 0" % float(value)
    return ["the margin " + problem] if problem else []
