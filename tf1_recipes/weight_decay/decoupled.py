"""Decoupled weight decay: part of the step, but not of the loss or its gradients."""
from __future__ import annotations

from typing import Any, Iterable, List, Optional, Tuple, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.gating import (
    before_gate,
    finish,
    gate,
    is_gated,
    operation_of,
    tensors_held_by,
)
from tf1_recipes.graph.gradient_pairs import checked_pairs
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import (
    Gradient,
    GradientPairs,
    Operation,
    Optimizer,
    Scalar,
    Selector,
    Tensor,
    Variable,
)
from tf1_recipes.graph.variable_selection import name_of, select
from tf1_recipes.old_names import old_arguments
from tf1_recipes.v1 import refuse_eager_mode, tf

AFTER_UPDATE = "after_update"
BEFORE_UPDATE = "before_update"
TOUCHED_ROWS = "touched_rows"
WHOLE_VARIABLE = "whole_variable"

# Ops that take a resource variable's handle and leave the variable as it is.
_READS = frozenset((
    "ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape", "VarIsInitializedOp",
    "Identity", "IdentityN",
))
_VARIABLES = frozenset(("Variable", "VariableV2", "VarHandleOp"))


class DecoupledWeightDecay(tf.train.Optimizer):
    """Wraps an optimizer so that every step decays the weights, whatever the optimizer.

        g = dL/dw                                      for all weights, before any is written
        "after_update"                                 "before_update"
        w = update(w, g)                               w = w - weight_decay * w
        w = w - weight_decay * w                       w = update(w, g)

    "after_update" is Caffe's description (W = W * (1 - 0.0005) after the gradient is applied). With
    ref variables it has the same bits as the documented form,
    ``GradientDescentOptimizer(1.0).minimize(add_n(l2 losses))`` under
    ``control_dependencies([train_op])``. With resource variables the documented form decays the old
    weight on today's TensorFlow, and either one, at random, on 1.15. Here the order is as asked
    for, with both kinds. (L2 in the loss equals decay under plain gradient descent only; momentum
    and Adam accumulate it.)

    It is an ordinary ``tf.train.Optimizer``: call ``minimize``, or ``compute_gradients`` and, after
    any change to the gradients, ``apply_gradients``. A weight decay that is a tensor (a schedule)
    is read before any variable or the global step changes.

    Source: https://stackoverflow.com/questions/38882629; Loshchilov and Hutter, Decoupled Weight
    Decay Regularization (https://arxiv.org/abs/1711.05101).

    Args:
        optimizer: ``tf.train.Optimizer``, which may be a `GroupedOptimizer`.
        weight_decay: number >= 0, or scalar tensor: the share of a weight that one step takes off.
            It is not multiplied by the learning rate.
        order: "after_update" or "before_update".
        include: selector of the variables to decay, among those given to ``apply_gradients``; by
            default all of them. A selector is a variable, a pattern such as ``"hidden[12]"``, a
            predicate of a variable, or a list of these.
        exclude: selector of variables not to decay, such as biases, even if ``include`` matches
            them.
        sparse: for variables whose gradient is ``IndexedSlices``: "touched_rows" decays the rows
            in this step's gradient, each once even if its id occurs more often; "whole_variable"
            decays all rows.
        name: str, the name of the train op.

    Raises:
        RecipeError: for a wrong argument; from ``apply_gradients``, with all problems in one
            message, for a selector that matches no variable, if no variable is left to decay, and
            for a variable to decay that has no gradient: decay alone would shrink it to 0.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> optimizer = DecoupledWeightDecay(tf.train.GradientDescentOptimizer(0.1), 0.1)
        >>> train_op = optimizer.minimize(tf.square(w - 1.0) / 2.0)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     print("%.5f" % session.run(w))
        1.71000
    """

    @old_arguments(rate="weight_decay")
    def __init__(self, optimizer: Optimizer, weight_decay: Scalar, order: str = AFTER_UPDATE,
                 include: Optional[Selector] = None, exclude: Optional[Selector] = None,
                 sparse: str = TOUCHED_ROWS, name: str = "DecoupledWeightDecay") -> None:
        super().__init__(use_locking=False, name=name)
        problems = _number_problems(weight_decay)
        if not hasattr(optimizer, "apply_gradients"):
            problems.append("%r is not an optimizer" % (optimizer,))
        for title, given, known in (("order", order, (AFTER_UPDATE, BEFORE_UPDATE)),
                                    ("sparse", sparse, (TOUCHED_ROWS, WHOLE_VARIABLE))):
            if given not in known:
                problems.append("%s is %r: it must be %r or %r" % ((title, given) + known))
        if problems:
            raise RecipeError("Cannot decay weights", problems)
        self._optimizer = optimizer
        self._weight_decay = weight_decay
        self._order = order
        self._include = include
        self._exclude = exclude
        self._sparse = sparse

    def compute_gradients(self, loss: Tensor, *args: Any, **kwargs: Any) -> GradientPairs:
        """Computes the wrapped optimizer's gradients; none is available before all are computed.

        Args:
            loss: scalar tensor.
            *args, **kwargs: as in ``tf.train.Optimizer``.

        Returns:
            List of (gradient, variable) pairs.
        """
        refuse_eager_mode()
        pairs = self._optimizer.compute_gradients(loss, *args, **kwargs)
        gradients = [gradient for gradient, _ in pairs]
        also = [loss] + tensors_held_by(self)
        if not is_gated(gradients, also):
            gradients = gate(gradients, also, self.get_name() + "_gate")
        return [(gradient, variable) for gradient, (_, variable) in zip(gradients, pairs)]

    def apply_gradients(self, grads_and_vars: Iterable[Tuple[Gradient, Variable]],
                        global_step: Optional[Variable] = None,
                        name: Optional[str] = None) -> Operation:
        """Lets the wrapped optimizer apply the gradients and decays the weights.

        Args:
            grads_and_vars: list of (gradient, variable) pairs.
            global_step: variable to add 1 to, once, after everything else.
            name: str, the name of the returned operation.

        Returns:
            Operation that makes the step.

        Raises:
            RecipeError: see the class.
        """
        refuse_eager_mode()
        pairs, problems = checked_pairs(grads_and_vars)
        variables = [variable for _, variable in pairs]
        decayed, wrong = variables_to_decay(variables, self._include, self._exclude)
        problems += wrong
        chosen = set(map(name_of, decayed))
        problems.extend(
            "%r has no gradient, and decay alone would shrink it to 0: exclude it, or use "
            "decay_after, which decays all variables that it is given" % name_of(variable)
            for gradient, variable in pairs if gradient is None and name_of(variable) in chosen)
        if problems:
            raise RecipeError("Cannot apply gradients with %s" % self.get_name(), problems)

        with tf.name_scope(name, self.get_name()) as scope:
            gradients = [gradient for gradient, _ in pairs]
            weight_decay = self._weight_decay
            if hasattr(weight_decay, "op"):
                held = gate(gradients + [tf.convert_to_tensor(weight_decay)], tensors_held_by(self))
                gradients, weight_decay = held[:-1], held[-1]
            elif not is_gated(gradients, tensors_held_by(self)):
                gradients = gate(gradients, tensors_held_by(self))
        pairs = list(zip(gradients, variables))
        to_decay = [pair for pair in pairs if name_of(pair[1]) in chosen]

        train_ops = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
        count = len(train_ops)
        if self._order == AFTER_UPDATE:
            update = operation_of(self._optimizer.apply_gradients(pairs))
            updates = self._decay(to_decay, weight_decay, scope, [update]) + [update]
        else:
            # Behind the gate: a decay must not start before the last gradient is computed.
            decays = self._decay(to_decay, weight_decay, scope, _operations(gradients))
            with tf.control_dependencies(decays):
                updates = [operation_of(self._optimizer.apply_gradients(pairs))]
        # The wrapped optimizer took its own update for the train op.
        del train_ops[count:]
        return finish(updates, global_step, scope)

    def get_slot(self, var: Variable, name: str) -> Optional[Variable]:
        """The wrapped optimizer's slot of a variable."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> List[str]:
        """The names of the wrapped optimizer's slots."""
        return self._optimizer.get_slot_names()

    def variables(self) -> List[Variable]:
        """The wrapped optimizer's variables."""
        return self._optimizer.variables()

    def _decay(self, pairs, weight_decay, scope, behind):
        with tf.name_scope(scope):
            # None where the whole variable decays. They can be found while the gradients are
            # computed, and so wait for nothing.
            rows = [
                tf.unique(before_gate(gradient.indices))[0]
                if isinstance(gradient, tf.IndexedSlices) and self._sparse == TOUCHED_ROWS else None
                for gradient, _ in pairs
            ]
            with tf.control_dependencies(behind):
                return [_decay(variable, weight_decay, own)
                        for own, (_, variable) in zip(rows, pairs)]


@old_arguments(rate="weight_decay")
def decay_after(train_op: Union[Operation, Tensor], weight_decay: Scalar,
                include: Optional[Selector] = None, exclude: Optional[Selector] = None,
                variables: Optional[Iterable[Variable]] = None,
                name: str = "decay_after") -> Operation:
    """Decays weights after a given train op.

        train_op, then w = w - weight_decay * w

    With a train op that exists already, only this order is possible; `DecoupledWeightDecay` can
    also decay before the update. A loss fetched beside the returned train op may be read before or
    after the step, unless the given train op has an order for it.

    Source: https://stackoverflow.com/questions/38882629

    Args:
        train_op: operation or tensor that makes the step.
        weight_decay: number >= 0, or scalar tensor: the share of a weight that one step takes off.
            A tensor must not depend on a variable that the step writes, such as the global step: it
            could be read before or after that.
        include: selector of the variables to decay; by default all of ``variables``.
        exclude: selector of variables not to decay, even if ``include`` matches them.
        variables: list of variables to choose from; by default the trainable ones. All their rows
            decay, also if the train op does not write them.
        name: str, the name of the returned operation.

    Returns:
        Operation that makes the step and decays the weights.

    Raises:
        RecipeError: with all problems in one message: a selector that matches no variable, no
            variable left to decay, a weight decay that is not one finite number >= 0 or may be read
            before or after the step.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> train_op = tf.train.GradientDescentOptimizer(0.1).minimize(tf.square(w - 1.0) / 2.0)
        >>> train_op = decay_after(train_op, 0.1)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     print("%.5f" % session.run(w))
        1.71000
    """
    refuse_eager_mode()
    candidates = tf.trainable_variables() if variables is None else list(variables)
    decayed, problems = variables_to_decay(candidates, include, exclude)
    problems.extend(_number_problems(weight_decay))
    is_op = isinstance(train_op, (tf.Operation, tf.Tensor, tf.Variable))
    if not is_op:
        problems.append("%r is not a train op" % (train_op,))
    elif hasattr(weight_decay, "op"):
        written = _written_by(operation_of(train_op)).union(map(name_of, decayed))
        problems.extend(
            "the weight decay depends on %r, which this step writes: it could be read before or "
            "after that; use DecoupledWeightDecay, which reads it before" % name
            for name in sorted(_read_by(operation_of(weight_decay)) & written))
    if problems:
        raise RecipeError("Cannot decay weights after the train op", problems)
    step = operation_of(train_op)
    with tf.name_scope(name) as scope:
        with tf.control_dependencies([step]):
            decays = [_decay(variable, weight_decay) for variable in decayed]
        return tf.group(step, *decays, name=scope)


def _decay(variable, decay, rows=None):
    """w = w - decay * w, each operation rounded in the variable's type; in the given rows only."""
    with tf.get_default_graph().colocate_with(variable.op):
        decay = as_tensor(decay, variable.dtype.base_dtype)
        if rows is not None:
            return _decay_rows(variable, decay, rows)
        # read_value and not the variable, whose kept read may be older than the update.
        weights = variable.read_value()
        if hasattr(variable, "handle"):
            # The product releases the value that was read, so the write need not copy it.
            return operation_of(tf.assign_sub(variable, decay * weights))
        # Gradient descent with the weight as its own gradient: one pass over the memory.
        return tf.raw_ops.ApplyGradientDescent(
            var=variable.op.outputs[0], alpha=decay, delta=weights).op


def _decay_rows(variable, decay, rows):
    # The rows are unique, so they can be put back instead of subtracted from: a scatter that only
    # copies takes a fraction of the time of one that computes.
    if hasattr(variable, "handle"):
        # Rows only: a read of the whole variable would copy it.
        weights = variable.sparse_read(rows)
    else:
        weights = tf.gather(variable.read_value(), rows)
    return operation_of(tf.scatter_update(variable, rows, weights - decay * weights))


def _operations(gradients):
    """One operation for each gradient there is, of those that gated gradients come from."""
    return [
        (gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient).op
        for gradient in gradients if gradient is not None
    ]


def _number_problems(weight_decay):
    problem = problem_with(weight_decay, low=0)
    return ["the weight decay " + problem] if problem else []


def variables_to_decay(variables: List[Variable], include: Optional[Selector],
                       exclude: Optional[Selector]) -> Tuple[List[Variable], List[str]]:
    """Returns the variables to decay, and the list of problems."""
    chosen, problems = (variables, []) if include is None else select(include, variables)
    left_alone, more_problems = ([], []) if exclude is None else select(exclude, variables)
    problems = ["include: " + line for line in problems]
    problems.extend("exclude: " + line for line in more_problems)
    names = set(map(name_of, left_alone))
    chosen = [variable for variable in chosen if name_of(variable) not in names]
    if not chosen and not problems:
        problems.append("no variable is left to decay")
    return chosen, problems


def _written_by(operation):
    """The names of the variables that an operation, or one that it waits for, may write."""
    return {
        source.op.name
        for each in ancestors(operation) if each.type not in _READS
        for tensor in each.inputs
        if tensor.dtype == tf.resource or tensor.dtype._is_ref_dtype
        for source in [_origin(tensor)] if source.op.type in _VARIABLES
    }


def _read_by(operation):
    """The names of the variables that an operation's value, or its moment, depends on."""
    return {each.name for each in ancestors(operation) if each.type in _VARIABLES}


def _origin(tensor):
    """The handle that a handle is passed on from."""
    while tensor.op.type in ("Identity", "IdentityN", "Enter", "Switch", "RefEnter", "RefSwitch"):
        index = tensor.value_index if tensor.op.type == "IdentityN" else 0
        tensor = tensor.op.inputs[index]
    return tensor
