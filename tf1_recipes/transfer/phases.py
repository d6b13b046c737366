"""The phases of a pretraining: one layer each, by its own optimizer, all others frozen."""
from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from tf1_recipes.graph.layer_variables import variables_behind
from tf1_recipes.graph.types import Operation, Optimizer, OptimizerFactory, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.learning_rates.grouped import FROZEN, GroupedOptimizer
from tf1_recipes.v1 import tf


class Phase(NamedTuple):
    """The training of one layer.

    name: str, the scope that holds all of the layer's variables; else the name of its output's op.
    loss: scalar tensor, the difference of the reconstruction and the layer's input.
    train_op: operation that makes a step: it changes this phase's variables and no others.
    variables: list of the layer's variables.
    decoder_variables: list of the variables that only the reconstruction needs.
    reconstruction: tensor of the shape of the layer's input.
    """

    name: str
    loss: Tensor
    train_op: Operation
    variables: List[Variable]
    decoder_variables: List[Variable]
    reconstruction: Tensor


def variables_of_layers(inputs: Tensor, layers: Any) -> Tuple[List[List[Variable]], List[str]]:
    """Returns the list of each layer's variables, and the list of problems.

    Args:
        inputs: the tensor below the layers. layers: list of their outputs, from the lowest up.
    """
    if not isinstance(layers, (list, tuple)) or not layers:
        return [], ["the layers are %r: they must be a list of tensors" % (layers,)]
    problems = ["%r is not a tensor" % (each,)
                for each in [inputs] + list(layers) if not isinstance(each, tf.Tensor)]
    if problems:
        return [], problems
    owned: List[List[Variable]] = []
    owners: Dict[str, str] = {}
    for below, layer in zip([inputs] + list(layers), layers):
        variables, reached = variables_behind(layer, [below])
        title = layer.op.name
        if not reached or layer is below:
            problems.append("%r is not computed from %r: give the layers from the lowest up"
                            % (title, below.op.name))
        elif not variables:
            problems.append("%r has no trainable variable above %r: there is nothing to pretrain"
                            % (title, below.op.name))
        else:
            problems.extend("%r is in %r and in %r, and would not stay frozen" % (
                name, owners[name], title) for name in map(name_of, variables) if name in owners)
        owners.update((name_of(each), title) for each in variables)
        owned.append(variables)
    return owned, problems


def names_of_layers(layers: Sequence[Tensor], owned: List[List[Variable]]) -> List[str]:
    """Returns the scope of each layer's variables; its op's name if it has none, or shares it."""
    scopes = []
    for variables in owned:
        parts = [name_of(each).split("/")[:-1] for each in variables]
        shared = 0
        while all(len(part) > shared and part[shared] == parts[0][shared] for part in parts):
            shared += 1
        scopes.append("/".join(parts[0][:shared]))
    return [scope if scope and scopes.count(scope) == 1 else layer.op.name
            for scope, layer in zip(scopes, layers)]


def scope_problems(scope: str, names: Sequence[str]) -> List[str]:
    """Returns a problem for each layer whose own scope within ``scope`` has variables already."""
    if tf.get_variable_scope().reuse:
        return []
    outer = tf.get_variable_scope().name
    scopes = ["/".join(part for part in (outer, scope, name) if part) for name in names]
    taken = [each for each in scopes
             if any(name_of(v).startswith(each + "/") for v in tf.global_variables())]
    return ["there are variables in %r already: give another scope" % each for each in taken]


def make_optimizers(make_optimizer: OptimizerFactory,
                    count: int) -> Tuple[List[Optimizer], List[str]]:
    """Returns an optimizer for each phase, and the list of problems."""
    if hasattr(make_optimizer, "apply_gradients") and not isinstance(make_optimizer, type):
        title = type(make_optimizer).__name__
        return [], ["make_optimizer is an optimizer, which the phases would share, with its "
                    "slots and counters: give lambda: tf.train.%s(...)" % title]
    if not callable(make_optimizer):
        return [], ["make_optimizer is %r: it must be a function that makes an optimizer"
                    % (make_optimizer,)]
    made = [make_optimizer() for _ in range(count)]
    problems = ["make_optimizer made %r: it must make a tf.train.Optimizer" % (each,)
                for each in made[:1] if not hasattr(each, "apply_gradients")]
    if not problems and len({id(each) for each in made}) < len(made):
        problems = ["make_optimizer made the same %s twice: it must make a new one each time"
                    % type(made[0]).__name__]
    return made, problems


def with_train_op(phase: Phase, optimizer: Optimizer, loss: Tensor,
                  global_step: Optional[Variable]) -> Phase:
    """Returns the phase with a train op that makes a step down a loss, all gradients gated."""
    return phase._replace(train_op=GroupedOptimizer(
        [(optimizer, phase.variables + phase.decoder_variables)], rest=FROZEN,
        name="pretrain_" + phase.name.replace("/", "_")).minimize(loss, global_step))
