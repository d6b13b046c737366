"""The max margin loss: a good instance must score higher than a bad one; no labels are needed."""
from __future__ import annotations

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.layer_variables import variables_behind
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Scalar, Tensor
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import refuse_eager_mode, tf


def max_margin_loss(good: Tensor, bad: Tensor, margin: Scalar = 1.0,
                    name: str = "max_margin_loss") -> Tensor:
    """The ranking hinge loss: a good instance must score higher than a bad one, by a margin.

        loss = mean max(0, margin - s(good) + s(bad))

    The good instances are the data, the bad ones corrupted data (a sentence with one word replaced,
    an image of two halves), so no labels are needed. The same weights score both.

    Sources: Collobert and Weston, A Unified Architecture for Natural Language Processing (2008,
    https://doi.org/10.1145/1390156.1390177); Hands-On Machine Learning (2017), chapter 11,
    pretraining on an auxiliary task, max margin learning.

    Args:
        good: floating tensor of any shape, such as [batch], the scores of the good instances.
        bad: tensor of the same shape and type, the score of the bad instance for each good one;
            or with one more axis at the end, such as [batch, k], for k bad ones each.
        margin: number > 0, or scalar tensor.
        name: str, the name scope.

    Returns:
        Scalar tensor.

    Raises:
        RecipeError: with all problems in one message: shapes that do not match (the plain formula
            broadcasts [batch] and [batch, 1] to all pairs), types other than floating, a margin
            that is not > 0 (equal scores would then be enough), scores of different weights (two
            different nets can have different scores without having learned anything).

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
                message="there must be a bad score for every good one")
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
        problems.append("the scores have the types %s and %s: they must have the same floating type"
                        % (good.dtype.name, bad.dtype.name))
    ranks = good.shape.ndims, bad.shape.ndims
    if None in ranks:
        problems.append("the scores have the shapes %s and %s: their ranks must be known"
                        % (good.shape, bad.shape))
    elif (ranks[1] - ranks[0] not in (0, 1)
          or not good.shape.is_compatible_with(bad.shape[:ranks[0]])):
        problems.append("the scores have the shapes %s and %s: there must be a bad score for every "
                        "good one, or several with one more axis" % (good.shape, bad.shape))
    names = [list(map(name_of, variables_behind(each).variables)) for each in (good, bad)]
    for title, own, others in (("good", *names), ("bad", *reversed(names))):
        lone = [name for name in own if name not in others]
        if lone:
            problems.append("only the %s scores depend on %s: score both with the same weights "
                            "(reuse=True)" % (title, ", ".join(map(repr, lone))))
    return problems


def _margin_problems(margin):
    problem = problem_with(margin, above=0)
    return ["the margin " + problem] if problem else []
