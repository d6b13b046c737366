"""Pretraining a stack of restricted Boltzmann machines by contrastive divergence (B7)."""
from __future__ import annotations

import numbers
from typing import Any, List, NamedTuple, Optional, Sequence, Union

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.layer_variables import variables_behind
from tf1_recipes.graph.types import OptimizerFactory, Tensor, Variable
from tf1_recipes.transfer.phases import (
    Phase,
    make_optimizers,
    names_of_layers,
    scope_problems,
    variables_of_layers,
    with_train_op,
)
from tf1_recipes.v1 import refuse_eager_mode, tf


def layerwise_rbms(inputs: Tensor, layers: Sequence[Tensor], make_optimizer: OptimizerFactory,
                   gibbs_steps: int = 1, sample_visible: bool = True, seed: int = 0,
                   global_step: Optional[Variable] = None, scope: str = "rbms") -> List[Phase]:
    """Makes a stack of restricted Boltzmann machines: each layer learns its input's distribution.

        p(h|v) = sigmoid(v W + b)                           the layer, as it is in the net
        p(v|h) = sigmoid(h W' + c)                          c: the visible units' bias
        v_0 = the layer's input;   h_j ~ p(h|v_j),   v_(j+1) ~ p(v|h_j)
        dW = mean(v_0' p(h|v_0) - v_k' p(h|v_k))            contrastive divergence, k Gibbs steps
        db = mean(p(h|v_0) - p(h|v_k)),   dc = mean(v_0 - v_k)

    The optimizer gets the negatives as gradients: gradient descent makes W = W + learning_rate dW.
    They are the slopes of mean F(v_0) - F(v_k), with v_k held and the free energy F(v) =
    -v c' - sum log(1 + exp(v W + b)). As k grows, their expectation becomes the gradient of the
    negative log likelihood, from which CD-1 can differ much: it learns well and estimates badly.
    The ``loss`` of a phase is the mean squared difference of the input and its reconstruction by
    probabilities, without chance. It shows whether the training runs, but is not what it minimises.

    Units are binary. An input between 0 and 1, such as a pixel's brightness or the output of the
    layer below, is the probability that a unit is on; anything else is refused when it is fed.

    Phases are trained and restored as those of `layerwise_autoencoders`. Both statistics are
    computed before any variable is written. The uniform numbers behind the samples are the tensors
    ``rbms/hidden1/uniform_0``, ``uniform_1`` ... (hidden, visible, hidden ...) of an op seed each:
    on one processor and with one graph seed, every run draws the same.

    Sources: Hinton, Training Products of Experts by Minimizing Contrastive Divergence (2002,
    https://doi.org/10.1162/089976602760128018); Hinton, A Practical Guide to Training Restricted
    Boltzmann Machines (2010, https://www.cs.toronto.edu/~hinton/absps/guideTR.pdf), sections 2 and
    3; Hands-On Machine Learning (2017), chapter 11, unsupervised pretraining.

    Args:
        inputs: floating tensor [batch, size], from 0 to 1, the input of the first layer.
        layers: list of tensors [batch, size], the output of each layer, from the lowest up:
            ``sigmoid(matmul(h_(k-1), W) + b)``, such as
            ``tf.layers.dense(x, 300, tf.sigmoid, name="hidden1")``.
        make_optimizer: function without arguments that returns a new ``tf.train.Optimizer``; it is
            called once for each layer.
        gibbs_steps: int >= 1, k.
        sample_visible: bool; False takes the probabilities p(v|h_j) for v_(j+1), which has less
            noise and another expectation (the guide, section 3.2).
        seed: int from 0 to 2^32 - 1, from which each draw gets its op seed.
        global_step: variable to which every step of every phase adds 1.
        scope: str, the variable scope of the visible biases: ``rbms/hidden1/bias``, which begin
            at 0.

    Returns:
        List of `Phase`, one for each layer. The decoder variable is the visible bias.

    Raises:
        RecipeError: with all problems in one message: a layer that is not a sigmoid of a product
            with the layer below plus a bias, variables in two layers, a scope in use, an optimizer
            for two phases, a wrong number or flag.

    Example:
        >>> x = tf.placeholder(tf.float32, [None, 8])
        >>> hidden1 = tf.layers.dense(x, 6, tf.sigmoid, name="hidden1")
        >>> hidden2 = tf.layers.dense(hidden1, 4, tf.sigmoid, name="hidden2")
        >>> phases = layerwise_rbms(
        ...     x, [hidden1, hidden2], lambda: tf.train.GradientDescentOptimizer(0.1))
        >>> for phase in phases:
        ...     print(phase.name, [v.op.name for v in phase.variables + phase.decoder_variables])
        hidden1 ['hidden1/kernel', 'hidden1/bias', 'rbms/hidden1/bias']
        hidden2 ['hidden2/kernel', 'hidden2/bias', 'rbms/hidden2/bias']
    """
    refuse_eager_mode()
    owned, problems = variables_of_layers(inputs, layers)
    machines: List[Any] = []
    if not problems:
        names = names_of_layers(layers, owned)
        machines = [_weights(source, layer)
                    for source, layer in zip([inputs] + list(layers[:-1]), layers)]
        problems = [each for each in machines if isinstance(each, str)]
        problems.extend(scope_problems(scope, names))
    optimizers, wrong = make_optimizers(make_optimizer, len(owned))
    problems.extend(wrong + _number_problems(gibbs_steps, sample_visible, seed))
    if problems:
        raise RecipeError("Cannot pretrain layers as restricted Boltzmann machines", problems)

    seeds = np.random.RandomState(seed).randint(2 ** 31 - 1, size=[len(machines), 2 * gibbs_steps])
    phases, divergences = [], []
    with tf.variable_scope(scope):
        for name, weights, variables, own_seeds in zip(names, machines, owned, seeds):
            with tf.variable_scope(name):
                bias = tf.convert_to_tensor(tf.get_variable(
                    "bias", [weights.visible.shape.as_list()[1]], weights.visible.dtype.base_dtype,
                    tf.zeros_initializer()))
                machine = _Machine(weights, bias)
                visible = _probabilities(weights.visible, name)
                reconstruction = machine.visible(weights.hidden)
                loss = tf.reduce_mean(tf.square(reconstruction - visible), name="loss")
                sampled = machine.sampled(weights.hidden, own_seeds, sample_visible)
                divergences.append(tf.subtract(
                    machine.free_energy(visible, weights.logits),
                    machine.free_energy(sampled, machine.logits(sampled)), name="divergence"))
            phases.append(Phase(
                name, loss, None, variables, variables_behind(bias).variables, reconstruction))
    return [with_train_op(phase, optimizer, divergence, global_step)
            for phase, optimizer, divergence in zip(phases, optimizers, divergences)]


class _Weights(NamedTuple):
    """A layer that was found in the graph: v, p(h|v), v W + b, W, b, and whether W is W'."""

    visible: Tensor
    hidden: Tensor
    logits: Tensor
    kernel: Tensor
    hidden_bias: Tensor
    transposed: bool


class _Machine:
    """A layer's weights and the visible bias, as a restricted Boltzmann machine."""

    def __init__(self, weights: _Weights, visible_bias: Tensor) -> None:
        self._weights, self.visible_bias = weights, visible_bias

    def visible(self, hidden: Tensor) -> Tensor:
        """p(v|h)."""
        return tf.sigmoid(self._product(hidden, True) + self.visible_bias)

    def logits(self, visible: Tensor) -> Tensor:
        """v W + b, of which the sigmoid is p(h|v)."""
        return self._product(visible) + self._weights.hidden_bias

    def sampled(self, hidden: Tensor, seeds: Sequence[int], sample_visible: bool) -> Tensor:
        """v_k, from p(h|v_0): two uniform tensors and seeds for each Gibbs step."""
        for number, op_seed in enumerate(seeds):
            if number % 2 == 0:
                state = _drawn(hidden, number, op_seed)
                visible = self.visible(state)
            else:
                if sample_visible:
                    visible = _drawn(visible, number, op_seed)
                hidden = tf.sigmoid(self.logits(visible))
        return tf.stop_gradient(visible)

    def free_energy(self, visible: Tensor, logits: Tensor) -> Tensor:
        """The mean of F(v) over the batch."""
        return tf.reduce_mean(-tf.reduce_sum(visible * self.visible_bias, 1)
                              - tf.reduce_sum(tf.nn.softplus(logits), 1))

    def _product(self, units, back=False):
        return tf.matmul(units, self._weights.kernel, transpose_b=self._weights.transposed != back)


def _drawn(probabilities, number, op_seed):
    """1 with these probabilities, else 0."""
    # Uniform numbers of 16 bits are too coarse: 1 of 1,024 would be 0.
    uniform = tf.identity(tf.random_uniform(tf.shape(probabilities), seed=int(op_seed)),
                          name="uniform_%d" % number)
    return tf.cast(uniform < tf.cast(probabilities, tf.float32), probabilities.dtype.base_dtype)


def _probabilities(visible, name):
    """The layer's input, once all of it is from 0 to 1; NaN is not."""
    within = tf.reduce_all(tf.logical_and(visible >= 0, visible <= 1))
    message = ("The inputs of the restricted Boltzmann machine %s must be from 0 to 1: they are "
               "probabilities. Found from, and to:" % name)
    right = tf.Assert(within, [message, tf.reduce_min(visible), tf.reduce_max(visible)])
    with tf.control_dependencies([right]):
        return tf.stop_gradient(tf.identity(visible))


def _weights(source: Tensor, layer: Tensor) -> Union[_Weights, str]:
    """Returns the weights of a layer, or the problem if it is no sigmoid of v W + b."""
    problem = ("%r is not sigmoid(matmul(%s, kernel) + bias), of which p(h|v) consists" % (
        layer.op.name, source.op.name))
    sigmoid = _behind_identities(layer)
    if sigmoid.op.type != "Sigmoid":
        return problem + ": its op is %s" % sigmoid.op.type
    addition = _behind_identities(sigmoid.op.inputs[0])
    if addition.op.type not in ("BiasAdd", "Add", "AddV2"):
        return problem + ": there is no bias, but %s" % addition.op.type
    terms = list(addition.op.inputs)
    for product, bias in (terms, terms[::-1]):
        product = _behind_identities(product)
        if product.op.type == "MatMul" and not product.op.get_attr("transpose_a"):
            visible, kernel = product.op.inputs
            if _behind_identities(visible).name == _behind_identities(source).name and (
                    bias.shape.ndims == 1 and None not in kernel.shape.as_list()):
                return _Weights(source, layer, addition, kernel, bias,
                                product.op.get_attr("transpose_b"))
    return problem


def _behind_identities(tensor):
    while tensor.op.type == "Identity" and not tensor.op.inputs[0].dtype._is_ref_dtype:
        tensor = tensor.op.inputs[0]
    return tensor


def _number_problems(gibbs_steps, sample_visible, seed):
    problems = []
    if not _is_whole(gibbs_steps) or gibbs_steps < 1:
        problems.append("gibbs_steps is %r: it must be a whole number >= 1" % (gibbs_steps,))
    if not isinstance(sample_visible, (bool, np.bool_)):
        problems.append("sample_visible is %r: it must be True or False" % (sample_visible,))
    if not _is_whole(seed) or not 0 <= seed < 2 ** 32:
        problems.append("seed is %r: it must be a whole number from 0 to 2^32 - 1" % (seed,))
    return problems


def _is_whole(number):
    return isinstance(number, numbers.Integral) and not isinstance(number, bool)
