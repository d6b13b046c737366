"""What TensorBoard shows of a training: the rate, every variable and every gradient."""
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import rows_once
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.schedules.learning_rates import Schedule
from tf1_recipes.v1 import refuse_eager_mode, tf


def summarize_training(grads_and_vars, rate=None, collections=None, name="training"):
    """Adds the summaries of the documents: a scalar of the rate, histograms of all else.

        <name>/learning_rate                scalar
        <name>/variables/<variable>         histogram
        <name>/gradients/<variable>         histogram, as the optimizer will get the gradient

    Unless they are fetched they cost nothing. Fetch them in a run of their own in front of the
    step: beside a train op nothing says whether a variable is read before or after its update (the
    gradients of this package's functions are those of that step in any case). A histogram of NaN or
    infinity is TensorFlow's ``InvalidArgumentError``.

    Args:
        grads_and_vars: list of (gradient, variable) pairs, as ``apply_gradients`` will get them. A
            gradient is a tensor, ``IndexedSlices`` (the histogram is of its rows, those of the
            same id added up), or None (of which there is no histogram).
        rate: number, scalar tensor such as a placeholder, a `Schedule` (computed at the graph's
            ``tf.train.get_or_create_global_step()``), or None for no rate.
        collections: list of the names of collections to add the summaries to; by default
            ``tf.GraphKeys.SUMMARIES``, which ``tf.summary.merge_all`` reads.
        name: str, the name scope, and so the head of every tag.

    Returns:
        Scalar string tensor, these summaries merged, for ``tf.summary.FileWriter.add_summary``.

    Raises:
        RecipeError: with all problems in one message, before any op is made: something that is no
            pair, a variable in two pairs, no pair at all, a rate that is not one finite number.

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
    pairs = list(grads_and_vars)
    problems = _pair_problems(pairs)
    scheduled = isinstance(rate, Schedule)
    wrong = None if rate is None or scheduled else problem_with(rate)
    if wrong:
        problems.append("the rate %s" % wrong)
    if problems:
        raise RecipeError("Cannot summarize the training", problems)

    with tf.name_scope(name):
        summaries = []
        if scheduled:
            rate = rate(tf.train.get_or_create_global_step())
        if rate is not None:
            summaries.append(tf.summary.scalar(
                "learning_rate", as_tensor(rate, tf.float32), collections=collections))
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


def _pair_problems(pairs):
    problems, seen = [] if pairs else ["there are no gradients and variables"], set()
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not hasattr(pair[1], "op"):
            problems.append("%r is not a (gradient, variable) pair" % (pair,))
        elif name_of(pair[1]) in seen:
            problems.append("%r is in two pairs" % name_of(pair[1]))
        else:
            seen.add(name_of(pair[1]))
    return problems
