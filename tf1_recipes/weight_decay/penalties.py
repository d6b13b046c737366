"""Regularization losses as a part of the graph, and its copy on other values of the weights."""
from __future__ import annotations

from typing import Dict, List, Sequence

from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.skipped_updates import VARIABLES
from tf1_recipes.graph.types import Operation, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import tf

_READS = frozenset(("Identity", "ReadVariableOp"))
_CONTROL_FLOW = frozenset((
    "Switch", "Merge", "Enter", "Exit", "If", "StatelessIf", "Case", "StatelessCase", "While",
    "StatelessWhile", "PartitionedCall", "StatefulPartitionedCall",
))


class PenaltyGraph:
    """The operations between weights and losses that depend on nothing else but numbers.

    Args:
        losses: list of scalar tensors.
        variables: list of variables, the weights; those that no loss depends on are left out.

    Example:
        >>> w = tf.get_variable("w", initializer=[3.0, 4.0])
        >>> graph = PenaltyGraph([0.5 * tf.nn.l2_loss(w)], [w])
        >>> loss = graph.built_on([tf.constant([2.0, 0.0])])
        >>> with tf.Session() as session:
        ...     session.run(loss)
        1.0
    """

    def __init__(self, losses: Sequence[Tensor], variables: Sequence[Variable]) -> None:
        self._losses = losses
        self._by_name = {name_of(variable): variable for variable in variables}
        self._depends: Dict[Operation, bool] = {}
        for loss in losses:
            self._walk(loss.op)

    def variables(self) -> List[Variable]:
        """Returns the weights on which a loss depends."""
        read = {each.name for each, depends in self._depends.items()
                if depends and each.type in VARIABLES}
        return [variable for name, variable in self._by_name.items() if name in read]

    def problems(self) -> List[str]:
        """Returns why the losses cannot be computed from other values of the weights."""
        problems = []
        for loss in self._losses:
            before = ancestors(loss.op, controls=False)
            if not any(self._depends.get(each) for each in before):
                continue
            names = [name for each in before for name in [_data(each)] if name]
            if names:
                problems.append("the regularization loss %r depends on data, %r: it is no decay; "
                                "add it to the loss" % (loss.op.name, sorted(names)[0]))
            flow = sorted(each.name for each in before
                          if self._depends.get(each) and self._is_no_copy(each))
            if flow:
                problems.append("the regularization loss %r has a condition, a loop, a function or "
                                "a look-up of rows, %r: add it to the loss" % (
                                    loss.op.name, flow[0]))
        return problems

    def built_on(self, weights: Sequence[Tensor]) -> Tensor:
        """Returns the sum of the losses on other weights.

        Args:
            weights: list of tensors, one for each of `variables`.
        """
        values = {name_of(variable): value for variable, value in zip(self.variables(), weights)}
        made = {}
        for operation, depends in self._depends.items():  # what is needed comes first
            if not depends or operation.type in VARIABLES:
                continue
            read = self._reads(operation)
            new = [values[read]] if read else _copy(
                operation, [made.get(each.name, each) for each in operation.inputs])
            made.update((old.name, value) for old, value in zip(operation.outputs, new))
        return tf.add_n([made[loss.name] for loss in self._losses if self._depends[loss.op]])

    def _walk(self, operation):
        """Finds out which operations depend on a weight; each comes behind what it needs."""
        waiting = [operation]
        while waiting:
            each = waiting[-1]
            # A Merge may be the entrance of a loop, and need what depends on itself.
            sources = [] if each.type == "Merge" else [tensor.op for tensor in each.inputs]
            missing = [source for source in sources if source not in self._depends]
            if missing and each not in self._depends:
                waiting.extend(missing)
                continue
            waiting.pop()
            if each.type == "Merge":
                weights = [source for source in ancestors(each, controls=False)
                           if source.name in self._by_name]
                self._depends.update(dict.fromkeys(weights, True))
                self._depends[each] = bool(weights)
            else:
                self._depends[each] = each.name in self._by_name or any(
                    self._depends[source] for source in sources)

    def _is_no_copy(self, operation):
        """Whether an operation cannot be done on other weights."""
        on_variable = any(tensor.op.name in self._by_name for tensor in operation.inputs)
        return operation.type in _CONTROL_FLOW or on_variable and not self._reads(operation)

    def _reads(self, operation):
        """The name of the weight that an operation reads, or None."""
        source = operation.inputs[0].op if operation.type in _READS else None
        return source.name if source is not None and source.name in self._by_name else None


def _copy(operation, inputs):
    """The outputs of the same operation on other inputs."""
    return tf.get_default_graph().create_op(
        operation.type, inputs, [each.dtype.base_dtype for each in operation.outputs],
        attrs={name: value for name, value in operation.node_def.attr.items() if name != "_class"},
        op_def=operation.op_def).outputs


def _data(operation):
    """The name of an operation that hands in data, or None."""
    if operation.inputs or operation.type in VARIABLES or operation.type == "Const":
        return None
    scalar = operation.type.startswith("Placeholder") and (
        operation.outputs[0].shape.is_compatible_with([])
        and operation.outputs[0].shape.rank == 0)
    return None if scalar else operation.name
