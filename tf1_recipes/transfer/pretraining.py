"""Pretraining the lower layers of a net without labels, by a stack of auto-encoders.

Save the result with ``tf.train.Saver().save``. In the net that is trained with labels, restore it
with `plan_restore`, with the pretrained layers in ``include``, which leaves the decoders out. The
same goes for layers that are pretrained with `max_margin_loss`, or on an auxiliary task: under
another output, with labels that cost nothing (such as the angle by which an image was turned).
"""
from __future__ import annotations

from typing import Callable, List, Optional, Sequence, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.layer_variables import variables_behind
from tf1_recipes.graph.types import OptimizerFactory, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.transfer.phases import (
    Phase,
    make_optimizers,
    names_of_layers,
    scope_problems,
    variables_of_layers,
    with_train_op,
)
from tf1_recipes.v1 import refuse_eager_mode, tf

DENSE, TIED = "dense", "tied"


def layerwise_autoencoders(inputs: Tensor, layers: Sequence[Tensor],
                           make_optimizer: OptimizerFactory,
                           decoder: Union[str, Callable[[Tensor, Tensor], Tensor]] = DENSE,
                           loss: Optional[Callable[[Tensor, Tensor], Tensor]] = None,
                           global_step: Optional[Variable] = None,
                           scope: str = "decoders") -> List[Phase]:
    """Makes a stack of auto-encoders: each layer learns, by itself, to reconstruct its input.

        h_0 = inputs,   h_k = layer_k(h_(k-1))              the layers as they are in the net
        loss_k = mean (decoder_k(h_k) - h_(k-1))^2
        w = update_k(w, d loss_k / d w)                     for w of layer_k and decoder_k only

    Run the train op of the first phase until its layer has learned enough, then that of the second,
    and so on: a phase does not change any other variable. A phase computes the layers below its own
    in each step; feed ``{hidden1: values}`` to compute them once. The averages of batch
    normalisation change only if their updates are run.

    If phases share an ``AdamOptimizer``, as in the documented form, phase 2 begins with the
    ``beta1_power`` and ``beta2_power`` of phase 1, and its first steps are up to 6.6 times as long
    as Adam's. Here every phase has its own optimizer. Its gradients are gated: see
    `GroupedOptimizer`.

    Sources: Bengio et al., Greedy Layer-Wise Training of Deep Networks (2007,
    https://papers.nips.cc/paper/3048-greedy-layer-wise-training-of-deep-networks); Hands-On Machine
    Learning (2017), chapter 15, stacked auto-encoders trained one at a time.

    Args:
        inputs: tensor [batch, ...], the input of the first layer. If there is noise or dropout
            between two layers (``tf.layers.dropout(hidden1, 0.3, training=...)``), the
            reconstruction is compared with the values before it: a denoising auto-encoder.
        layers: list of tensors, the output of each layer, from the lowest up.
        make_optimizer: function without arguments that returns a new ``tf.train.Optimizer``, such
            as ``lambda: tf.train.AdamOptimizer(0.01)``; it is called once for each layer.
        decoder: ``"dense"``, a separate linear layer; ``"tied"``, the transposed weights of a dense
            layer and a separate bias; or a function of (a layer's output, a layer's input) that
            returns the reconstruction.
        loss: function of (reconstruction, a layer's input) that returns a scalar tensor; by default
            the mean squared difference.
        global_step: variable to which every step of every phase adds 1.
        scope: str, the variable scope of the decoders: ``decoders/hidden1/kernel``. Their
            initialiser is that of the enclosing variable scope.

    Returns:
        List of `Phase`, one for each layer.

    Raises:
        RecipeError: with all problems in one message: a layer without variables above the one
            below, one that does not depend on the one below, variables in two layers, weights that
            cannot be tied, a scope in use, inputs of another type than the layers, an optimizer for
            two phases, a decoder function that returns another shape than that of the layer's
            input or uses other layers, a loss function that does not return a scalar.

    Example:
        >>> x = tf.placeholder(tf.float32, [None, 8])
        >>> hidden1 = tf.layers.dense(x, 6, tf.nn.relu, name="hidden1")
        >>> hidden2 = tf.layers.dense(hidden1, 4, tf.nn.relu, name="hidden2")
        >>> phases = layerwise_autoencoders(
        ...     x, [hidden1, hidden2], lambda: tf.train.AdamOptimizer(0.01), decoder="tied")
        >>> for phase in phases:
        ...     print(phase.name, [v.op.name for v in phase.variables + phase.decoder_variables])
        hidden1 ['hidden1/kernel', 'hidden1/bias', 'decoders/hidden1/bias']
        hidden2 ['hidden2/kernel', 'hidden2/bias', 'decoders/hidden2/bias']
    """
    refuse_eager_mode()
    what = "Cannot pretrain layers as auto-encoders"
    owned, problems = variables_of_layers(inputs, layers)
    if not problems:
        sources, names = [inputs] + list(layers[:-1]), names_of_layers(layers, owned)
        problems.extend(_decoder_problems(decoder, sources, layers, owned))
        if not callable(decoder):
            problems.extend(scope_problems(scope, names))
        if loss is None:
            problems.extend(_type_problems(sources, layers))
    optimizers, wrong = make_optimizers(make_optimizer, len(owned))
    if problems + wrong:
        raise RecipeError(what, problems + wrong)

    owners = {name_of(each): name for name, own in zip(names, owned) for each in own}
    phases = []
    for name, source, code, variables in zip(names, sources, layers, owned):
        with tf.variable_scope(scope), tf.variable_scope(name):
            reconstruction = _decode(decoder, source, code, variables)
            if not _same_shape(reconstruction, source):
                problems.append("the reconstruction of %r is %r: it must be a tensor of the shape "
                                "%s" % (name, reconstruction, source.shape))
                continue
            if loss is None:
                error = tf.reduce_mean(tf.square(reconstruction - source), name="loss")
            else:
                error = loss(reconstruction, source)
            if not isinstance(error, tf.Tensor) or not error.shape.is_compatible_with([]):
                problems.append("the loss of %r is %r: it must be a scalar tensor" % (name, error))
        behind = variables_behind(reconstruction, [code, source]).variables
        decoders = [each for each in behind if name_of(each) not in owners]
        problems.extend(
            "the decoder of %r uses %r of the layer %r, which it would train" % (
                name, name_of(each), owners[name_of(each)])
            for each in behind if owners.get(name_of(each), name) != name)
        phases.append(Phase(name, error, None, variables, decoders, reconstruction))
    if problems:
        raise RecipeError(what, problems)
    return [with_train_op(phase, optimizer, phase.loss, global_step)
            for phase, optimizer in zip(phases, optimizers)]


def _decoder_problems(decoder, sources, layers, owned):
    if callable(decoder):
        return []
    if decoder not in (DENSE, TIED):
        return ['the decoder is %r: it must be "dense", "tied" or a function' % (decoder,)]
    problems = []
    for source, layer, variables in zip(sources, layers, owned):
        shapes = [source.shape.as_list(), layer.shape.as_list()] if (
            source.shape.ndims == layer.shape.ndims == 2) else []
        if not shapes or None in (shapes[0][1], shapes[1][1]):
            problems.append("%r has the shape %s and comes from %s: a %s decoder needs [batch, "
                            "size] with known sizes; give a function" % (
                                layer.op.name, layer.shape, source.shape, decoder))
        elif decoder == TIED and len(_kernels(source, layer, variables)) != 1:
            problems.append("%r has %d variables of shape [%d, %d] to tie the decoder to (%s)" % (
                layer.op.name, len(_kernels(source, layer, variables)), shapes[0][1], shapes[1][1],
                ", ".join(map(name_of, variables))))
    return problems


def _type_problems(sources, layers):
    return ["%r is of type %s and comes from %s: the difference needs one floating type; give a "
            "loss" % (layer.op.name, layer.dtype.base_dtype.name, source.dtype.base_dtype.name)
            for source, layer in zip(sources, layers)
            if layer.dtype.base_dtype != source.dtype.base_dtype
            or not layer.dtype.base_dtype.is_floating]


def _kernels(source, layer, variables):
    shape = [source.shape.as_list()[1], layer.shape.as_list()[1]]
    return [each for each in variables if each.shape.as_list() == shape]


def _decode(decoder, source, code, variables):
    if callable(decoder):
        return decoder(code, source)
    size, dtype = source.shape.as_list()[1], code.dtype.base_dtype
    if decoder == TIED:
        kernel, = _kernels(source, code, variables)
    else:
        kernel = tf.get_variable("kernel", [code.shape.as_list()[1], size], dtype)
    bias = tf.get_variable("bias", [size], dtype, tf.zeros_initializer())
    return tf.matmul(code, kernel, transpose_b=decoder == TIED) + bias


def _same_shape(one, other):
    return (isinstance(one, tf.Tensor) and one.shape.ndims == other.shape.ndims
            and one.shape.is_compatible_with(other.shape))
