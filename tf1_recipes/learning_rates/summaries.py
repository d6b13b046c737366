"""What TensorBoard shows of a training: learning rate, variables and gradients."""
from __future__ import annotations

from typing import Iterable, List, Optional, Tuple, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import rows_once
from tf1_recipes.graph.gradient_pairs import checked_pairs, given_twice
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Gradient, Scalar, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.old_names import old_arguments
from tf1_recipes.schedules.learning_rates import Schedule
from tf1_recipes.v1 import refuse_eager_mode, tf


@old_arguments(rate="learning_rate")
def summarize_training(grads_and_vars: Iterable[Tuple[Gradient, Variable]],
                       learning_rate: Union[Scalar, Schedule, None] = None,
                       collections: Optional[List[str]] = None, name: str = "training") -> Tensor:
    """Adds a scalar summary of the learning rate and histograms of variables and gradients.

        <name>/learning_rate                scalar
        <name>/variables/<variable>         histogram
        <name>/gradients/<variable>         histogram, as the optimizer will get the gradient

    They cost nothing unless they are fetched. Fetch them in a run of their own, before the step: if
    they are fetched beside a train op, a variable may be read before or after its update. (The
    gradients of this package's functions are always those of that step.) TensorFlow raises
    ``InvalidArgumentError`` for a histogram of NaN or infinity.

    Source: https://stackoverflow.com/questions/34945554

    Args:
        grads_and_vars: list of (gradient, variable) pairs, as ``apply_gradients`` will get them. A
            gradient is a tensor, ``IndexedSlices`` (its histogram is of the rows, after rows of the
            same id are added up), or None (which has no histogram).
        learning_rate: number, scalar tensor such as a placeholder, `Schedule` (computed at the
            graph's ``tf.train.get_or_create_global_step()``), or None for no summary of it.
        collections: list of str, the collections to add the summaries to; by default
            ``tf.GraphKeys.SUMMARIES``, which ``tf.summary.merge_all`` reads.
        name: str, the name scope, with which every tag begins.

    Returns:
        Scalar string tensor, these summaries merged, for ``tf.summary.FileWriter.add_summary``.

    Raises:
        RecipeError: with all problems in one message, before any op is made: something that is
            not a pair, a variable in two pairs, no pair at all, a learning rate that is not one
            finite number.

    Example:
        >>> w = tf.get_variable("w", initializer=[1.0, 2.0])
        >>> rate = tf.placeholder(tf.float32, [])
        >>> optimizer = tf.train.GradientDescentOptimizer(rate)
        >>> pairs = optimizer.compute_gradients(tf.nn.l2_loss(w))
        >>> summaries = summarize_training(pairs, rate)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     summary = tf.Summary.FromString(session.run(summaries, {rate: 0.5}))
        >>> [value.tag for value in summary.value]
        ['training/learning_rate', 'training/variables/w', 'training/gradients/w']
        >>> summary.value[0].simple_value
        0.5
    """
    refuse_eager_mode()
    pairs, problems = checked_pairs(grads_and_vars)
    if not pairs and not problems:
        problems.append("there are no gradients and variables")
    problems += given_twice([variable for _, variable in pairs])
    if learning_rate is not None and not isinstance(learning_rate, Schedule):
        wrong = problem_with(learning_rate)
        problems.extend(["the learning rate " + wrong] if wrong else [])
    if problems:
        raise RecipeError("Cannot summarize the training", problems)

    with tf.name_scope(name):
        summaries = []
        if isinstance(learning_rate, Schedule):
            learning_rate = learning_rate(tf.train.get_or_create_global_step())
        if learning_rate is not None:
            summaries.append(tf.summary.scalar(
                "learning_rate", as_tensor(learning_rate, tf.float32), collections=collections))
        for gradient, variable in pairs:
            # The op's name: a variable's own, such as "w:0", is no valid tag.
            title = name_of(variable)
            summaries.append(
                tf.summary.histogram("variables/" + title, variable, collections=collections))
            if gradient is not None:
                if isinstance(gradient, tf.IndexedSlices):
                    gradient = rows_once(gradient).values
                summaries.append(
                    tf.summary.histogram("gradients/" + title, gradient, collections=collections))
        return tf.summary.merge(summaries, name="merged")
