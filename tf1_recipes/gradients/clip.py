"""Gradients clipped between ``compute_gradients`` and ``apply_gradients``, by value or norm."""
from __future__ import annotations

from typing import Iterable, List, NamedTuple, Optional, Tuple, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import components, gate, own_buffer, rows_once
from tf1_recipes.graph.gradient_pairs import checked_pairs, given_twice
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Gradient, GradientPairs, Operation, Scalar, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.untrusted.closest_names import closest_names
from tf1_recipes.v1 import refuse_eager_mode, tf

VALUE = "value"
NORM = "norm"
GLOBAL_NORM = "global_norm"
AVERAGE_NORM = "average_norm"

ERROR = "error"
SKIP = "skip"
PROPAGATE = "propagate"


class ClippedGradients(NamedTuple):
    """What `clip_gradients` returns.

    grads_and_vars: list of (gradient, variable) pairs in the order given, for ``apply_gradients``.
    norms: list of scalar tensors, the L2 norm of each gradient before clipping; None for None. With
        by="average_norm" it is divided by the number of elements, as the limit is.
    global_norm: scalar tensor, the L2 norm of all gradients together before clipping.
    checked: operation, done once all gradients are computed, clipped and checked. In a step that
        fails or is skipped neither it nor anything with a control dependency on it runs.
    """

    grads_and_vars: GradientPairs
    norms: List[Optional[Tensor]]
    global_norm: Tensor
    checked: Operation


def clip_gradients(grads_and_vars: Iterable[Tuple[Gradient, Variable]], by: str,
                   limit: Union[Scalar, Tuple[Scalar, Scalar]], on_non_finite: str = ERROR,
                   name: str = "clip_gradients") -> ClippedGradients:
    """Clips gradients, by value or by norm.

        "value"           g = min(max(g, -limit), limit), or of a pair: min(max(g, low), high)
        "norm"            g = g * limit / max(|g|, limit),          |g| = sqrt(sum g^2)
        "global_norm"     g = g * limit / max(|all|, limit),        |all| = sqrt(sum |g|^2)
        "average_norm"    g = g * limit / max(|g| / n, limit),      n = number of elements of g

    "value" is the documented ``clip_by_value(gradient, -1, 1)`` on each pair, to the bit; it
    changes the gradient's direction. "global_norm" keeps the direction. A gradient within its limit
    keeps its bits. (``tf.clip_by_norm`` and ``tf.clip_by_global_norm`` multiply by the limit and
    divide by it: with a limit of 41, the latter turns 0.1 into 0.09999999.)

    A sparse gradient stays sparse and is clipped as the dense gradient that it stands for: rows of
    the same id are added up first. TensorFlow's functions (1.15 to 2.21) clip and measure the rows
    as listed: an id that occurs twice moves by up to twice the limit, and its rows [3] and [4] have
    a norm of 5, though the gradient is [7]. (``tf.clip_by_average_norm`` makes it dense.)

    Gradients count as non-finite if their global norm is: if an element is NaN or infinite, or so
    large that its square is infinite (in float32 beyond 1.8e19; float16 and bfloat16 are measured
    in float32). TensorFlow's functions differ. ``clip_by_value`` (measured on 0.12.1 to 2.21) keeps
    NaN and clips infinity to the limit. ``clip_by_norm`` and ``clip_by_average_norm`` turn
    [inf, 1, 3] into [nan, 0, 0] and the finite [1e20, 1e20, 0] into zeros. ``clip_by_global_norm``
    turns every gradient into NaN on 1.15.5 and 2.21, but a gradient beside an infinite one into
    zeros on 0.12.1. Here the caller chooses, and all four do the same:

        "error"       the step fails with ``InvalidArgumentError``, which lists every norm, before
                      anything is written: variables, slots and the global step keep their values,
                      and can be saved or trained further. This is the default: clipping does not
                      remove a NaN, and one step with a NaN destroys all weights.
        "skip"        the same without the error, for training in which an overflow is expected:
                      nothing that depends on the gradients runs, in any optimizer: updates, slots,
                      Adam's powers, decay, global step. A tensor computed from the clipped
                      gradients (a histogram) cannot be fetched in such a step; the norms can. Not
                      for use inside ``tf.while_loop``.
        "propagate"   by value, as ``clip_by_value``; by a norm, every gradient that a non-finite
                      norm measures becomes NaN. By value it costs no pass over the gradients.

    With "error" and "skip" there is one exception: Adam decays its moments of sparse gradients in
    operations that do not wait for a gradient. For it, build the step under
    ``with tf.control_dependencies([clipped.checked])``.

    Sources: Hands-On Machine Learning (2017), chapter 11; Pascanu et al., On the difficulty of
    training recurrent neural networks (https://arxiv.org/abs/1211.5063).

    Args:
        grads_and_vars: list of (gradient, variable) pairs from ``compute_gradients``; a gradient
            is a floating tensor, ``IndexedSlices``, or None (and is passed on).
        by: "value", "norm", "global_norm" or "average_norm".
        limit: number > 0, or scalar tensor (checked in every step). By value also a pair (low,
            high) of these, with low <= 0 <= high, so that a gradient of 0 remains 0.
        on_non_finite: "error", "skip" or "propagate".
        name: str, the name scope.

    Returns:
        `ClippedGradients`. All gradients are computed before any of the clipped ones is available.
        The norms cost nothing unless they are fetched or needed.

    Raises:
        RecipeError: with all problems in one message, before anything is added to the graph: a
            wrong argument, a variable in two pairs, no gradient at all.

    Example:
        >>> w = tf.get_variable("w", initializer=[3.0, 4.0])
        >>> optimizer = tf.train.GradientDescentOptimizer(1.0)
        >>> pairs = optimizer.compute_gradients(tf.nn.l2_loss(w))       # the gradient is w
        >>> clipped = clip_gradients(pairs, "global_norm", 2.5)
        >>> train_op = optimizer.apply_gradients(clipped.grads_and_vars)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     print(session.run([clipped.global_norm, train_op])[0])
        ...     print(session.run(w))
        5.0
        [1.5 2. ]
    """
    refuse_eager_mode()
    pairs, problems = checked_pairs(grads_and_vars)
    problems += _gradient_problems(pairs) or (
        [] if problems else ["there is no gradient to clip"] * all(
            gradient is None for gradient, _ in pairs))
    problems += _choice_problems("by", by, (VALUE, NORM, GLOBAL_NORM, AVERAGE_NORM))
    problems += _choice_problems("on_non_finite", on_non_finite, (ERROR, SKIP, PROPAGATE))
    problems += _limit_problems(limit, by)
    if problems:
        raise RecipeError("Cannot clip gradients", problems)

    with tf.name_scope(name):
        variables = [variable for _, variable in pairs]
        gradients = [_summed(gradient) for gradient, _ in pairs]
        halves = [_half_square_sum(gradient) for gradient in gradients]
        norms = _roots(halves)
        if by == AVERAGE_NORM:
            norms = [_average(norm, *pair) for norm, pair in zip(norms, zip(gradients, variables))]
        present = [half for half in halves if half is not None]
        widest = max((half.dtype for half in present), key=lambda dtype: dtype.size)
        total = 2 * tf.add_n([tf.cast(half, widest) for half in present])
        global_norm = tf.sqrt(total, name="global_norm")

        low, high = limit if isinstance(limit, (tuple, list)) else (-limit, limit)
        if by == VALUE:
            clipped = [_clip_by_value(gradient, low, high) for gradient in gradients]
        elif by == GLOBAL_NORM:
            factor = _factor(global_norm, limit)
            clipped = [_times(gradient, factor) for gradient in gradients]
        else:
            clipped = [_times(gradient, None if norm is None else _factor(norm, limit))
                       for gradient, norm in zip(gradients, norms)]

        checks = [_within_reason(low, high)] if any(map(_is_tensor, (low, high))) else []
        if on_non_finite != PROPAGATE:
            finite = tf.is_finite(total)
            if on_non_finite == SKIP:
                clipped = [_only_if(finite, gradient) for gradient in clipped]
            else:
                checks.append(_error_unless(finite, norms, variables))
        # The gate comes after the clipping, which is cheap on a gradient that was just computed.
        clipped = gate(clipped, checks)
        checked = tf.group(*[part.op for gradient in clipped for part in components(gradient)],
                           name="checked")
        return ClippedGradients(list(zip(clipped, variables)), norms, global_norm, checked)


def _clip_by_value(gradient, low, high):
    # Two passes, but as fast as ClipByValue's one, which turns bfloat16's NaN into a limit.
    return _each(lambda values: tf.clip_by_value(
        values, as_tensor(low, values.dtype), as_tensor(high, values.dtype)), gradient)


def _factor(norm, limit):
    """Exactly 1 within the limit; and not the 0 of a division by infinity."""
    limit = as_tensor(limit, norm.dtype)
    return tf.where(tf.is_finite(norm), limit / tf.maximum(norm, limit),
                    as_tensor(float("nan"), norm.dtype))


def _times(gradient, factor):
    return _each(lambda values: values * tf.cast(factor, values.dtype), gradient)


def _summed(gradient):
    """The gradient in memory of its own, with each id of a sparse one once."""
    if isinstance(gradient, tf.IndexedSlices):
        return rows_once(gradient)
    return None if gradient is None else own_buffer(gradient)


def _half_square_sum(gradient):
    if gradient is None:
        return None
    values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
    if values.dtype.size < 4:
        values = tf.cast(values, tf.float32)
    return tf.nn.l2_loss(values)  # one pass, where the sum of a square takes two


def _roots(halves):
    """The norms of all gradients of a type in one operation; None for None."""
    roots = {}
    for dtype in dict.fromkeys(half.dtype for half in halves if half is not None):
        places = [place for place, half in enumerate(halves)
                  if half is not None and half.dtype == dtype]
        norms = tf.sqrt(2 * tf.stack([halves[place] for place in places]))
        roots.update(zip(places, tf.unstack(norms)))
    return [roots.get(place) for place in range(len(halves))]


def _average(norm, gradient, variable):
    """A norm divided by the number of elements; a sparse gradient's absent rows count too."""
    if norm is None:
        return None
    count = variable.shape.num_elements()
    if count is None:
        count = tf.size(variable if isinstance(gradient, tf.IndexedSlices) else gradient)
    return norm / tf.maximum(as_tensor(count, norm.dtype), 1)


def _each(change, gradient):
    """A gradient with its values changed."""
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(change(gradient.values), gradient.indices, gradient.dense_shape)
    return None if gradient is None else change(gradient)


def _only_if(condition, gradient):
    """A gradient that is available only if ``condition`` holds; else nothing that needs it runs.

    ``tf.cond`` puts the same op before a branch. A ``tf.cond`` itself would have to stand around
    ``apply_gradients``, which is the caller's; and zeros would move the weights under Adam and
    momentum.
    """
    held = [tf.raw_ops.Switch(data=part, pred=condition).output_true
            for part in components(gradient)]
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(*held)
    return held[0] if held else None


def _error_unless(finite, norms, variables):
    present = [(norm, name_of(variable)) for norm, variable in zip(norms, variables)
               if norm is not None]
    data = ["A gradient is not finite; nothing was written. The norm of each:"]
    for norm, title in present:
        data += [title, norm]
    return tf.raw_ops.Assert(
        condition=finite, data=[tf.convert_to_tensor(each) for each in data], summarize=1)


def _within_reason(low, high):
    low, high = as_tensor(low, tf.float64), as_tensor(high, tf.float64)
    right = tf.is_finite(high - low) & (low <= 0) & (high >= 0) & (low < high)
    return tf.raw_ops.Assert(
        condition=right, data=[tf.constant("The limits to clip gradients by are"), low, high])


def _gradient_problems(pairs):
    problems = given_twice([variable for _, variable in pairs])
    for gradient, variable in pairs:
        if gradient is None:
            continue
        if not isinstance(gradient, (tf.Tensor, tf.IndexedSlices)):
            problems.append("the gradient of %r is %r: it must be a tensor, IndexedSlices or None"
                            % (name_of(variable), gradient))
        elif not gradient.dtype.base_dtype.is_floating:
            problems.append("the gradient of %r has the type %s: it must be floating"
                            % (name_of(variable), gradient.dtype.base_dtype.name))
    return problems


def _choice_problems(title, given, known):
    known = list(known)
    if given in known:
        return []
    nearest = closest_names(str(given), known, count=1)
    return ["%s is %r: it must be one of %s%s" % (
        title, given, ", ".join(map(repr, known)),
        "; perhaps %r" % nearest[0] if nearest else "")]


def _limit_problems(limit, by):
    if not isinstance(limit, (tuple, list)):
        problem = problem_with(limit, above=0)
        return ["the limit " + problem] if problem else []
    if by in (NORM, GLOBAL_NORM, AVERAGE_NORM):
        return ["the limit is %r: it must be one number" % (limit,)]
    if len(limit) != 2:
        return ["the limit is %r: it must be one number or a pair (low, high)" % (limit,)]
    problems = ["the limit's %s %s" % (title, problem_with(each))
                for title, each in zip(("low", "high"), limit) if problem_with(each)]
    if problems:
        return problems
    low, high = map(_known, limit)
    if low is not None and low > 0:
        problems.append("the limit's low is %s: it must be <= 0, or a gradient of 0 would change"
                        % low)
    if high is not None and high < 0:
        problems.append("the limit's high is %s: it must be >= 0, or a gradient of 0 would change"
                        % high)
    if low is not None and low == high:
        problems.append("the limit's low and high are both %s: low must be < high" % low)
    return problems


def _known(number):
    """The value of a valid number; None if it is known only in the step."""
    if isinstance(number, tf.Tensor):
        value = tf.get_static_value(number)
        return None if value is None else float(value)
    return None if _is_tensor(number) else float(number)


def _is_tensor(number):
    return hasattr(number, "op")
