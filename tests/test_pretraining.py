import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.layer_variables import variables_behind
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.transfer.pretraining import layerwise_autoencoders
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

both_decoders = pytest.mark.parametrize("decoder", ["dense", "tied"])


def sgd(rate):
    return lambda: tf.train.GradientDescentOptimizer(rate)


def layer(inputs, name, kernel, use_resource=False, activation=lambda signal: signal):
    """A dense layer with a kernel given as an array, and a bias of 0."""
    kernel = np.float32(kernel)
    with tf.variable_scope(name):
        kernel, bias = (variable(part, value, use_resource) for part, value in (
            ("kernel", kernel), ("bias", np.zeros(kernel.shape[1], np.float32))))
    return activation(tf.matmul(inputs, kernel) + bias)


def stack(sizes, use_resource=False, seed=0):
    """Random inputs, and tanh layers hidden1, hidden2 ... of the sizes; decoders start alike."""
    random = np.random.RandomState(seed)
    tf.get_variable_scope().set_use_resource(use_resource)
    tf.get_variable_scope().set_initializer(
        lambda shape, dtype=None, partition_info=None: tf.constant(
            np.float32(np.random.RandomState(1).randn(*shape) / 4)))
    inputs = tf.constant(np.float32(random.randn(20, sizes[0])))
    layers = [inputs]
    for number in range(1, len(sizes)):
        kernel = random.randn(sizes[number - 1], sizes[number]) / sizes[number - 1] ** 0.5
        layers.append(layer(layers[-1], "hidden%d" % number, kernel, use_resource, tf.tanh))
    return inputs, layers[1:]


@both_kinds
def test_a_step_with_a_decoder_of_its_own_by_hand(use_resource):
    with tf.Graph().as_default():
        tf.get_variable_scope().set_use_resource(use_resource)
        tf.get_variable_scope().set_initializer(tf.constant_initializer(0.25))
        x = tf.constant([[1.0]])
        phase, = layerwise_autoencoders(
            x, [layer(x, "hidden1", [[2.0]], use_resource)], sgd(0.5))
        # code 2, reconstruction 2/4: slopes -1 there, -2 and -1 for the decoder, -1/4 below.
        assert values_after(phase.train_op, phase.loss, steps=0) == 0.25
        assert values_after(phase.train_op, phase.variables) == [2.125, 0.125]
        assert values_after(phase.train_op, phase.decoder_variables) == [1.25, 0.5]


@both_kinds
def test_a_step_with_tied_weights_by_hand(use_resource):
    with tf.Graph().as_default():
        x = tf.constant([[1.0]])
        phase, = layerwise_autoencoders(
            x, [layer(x, "hidden1", [[2.0]], use_resource)], sgd(0.125), decoder="tied")
        # code 2, reconstruction 4: slope 6 there; the kernel has 6 * 2 from the decoder and
        # 6 * 2 * 1 from the layer, the layer's bias 6 * 2.
        assert values_after(phase.train_op, phase.variables) == [-1.0, -1.5]
        assert values_after(phase.train_op, phase.decoder_variables) == [-0.75]


@both_kinds
@both_decoders
def test_a_phase_leaves_all_other_variables_to_the_bit(decoder, use_resource):
    with tf.Graph().as_default():
        inputs, layers = stack([6, 5, 4, 3], use_resource)
        layer(layers[-1], "outputs", np.ones([3, 2]), use_resource)
        phases = layerwise_autoencoders(
            inputs, layers, lambda: tf.train.AdamOptimizer(0.01), decoder=decoder)
        everything = tf.global_variables()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for phase in phases:
                own = set(map(name_of, phase.variables + phase.decoder_variables))
                before, losses = session.run(everything), []
                for _ in range(5):
                    losses.append(session.run(phase.loss))
                    session.run(phase.train_op)
                moved = {name_of(each) for each, old, new in zip(
                    everything, before, session.run(everything)) if (old != new).any()}
                assert own <= moved
                trainable = {name_of(each) for each in tf.trainable_variables()}
                assert moved & trainable == own
                assert losses[-1] < losses[0]
                # And no other phase's slots: two per variable and Adam's two powers.
                assert len(moved) == 3 * len(own) + 2


def test_ref_and_resource_variables_learn_the_same():
    found = []
    for use_resource in (False, True):
        with tf.Graph().as_default():
            inputs, layers = stack([6, 4], use_resource)
            phase, = layerwise_autoencoders(inputs, layers, sgd(0.1))
            found.append(values_after(
                phase.train_op, phase.variables + phase.decoder_variables, steps=5))
    # The same kernels: see `tests.rounding`.
    for ref, resource in zip(*found):
        np.testing.assert_array_equal(ref, resource)


@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
       decoder=st.sampled_from(["dense", "tied"]))
def test_a_phase_is_the_documented_minimize_with_a_var_list(sizes, decoder):
    def train(make_train_op):
        with tf.Graph().as_default():
            inputs, layers = stack(sizes)
            phases = layerwise_autoencoders(inputs, layers, sgd(0.1), decoder=decoder)
            train_op = tf.group(*map(make_train_op, phases[:1]))
            return values_after(train_op, tf.trainable_variables(), steps=3)

    ours = train(lambda phase: phase.train_op)
    documented = train(lambda phase: tf.train.GradientDescentOptimizer(0.1).minimize(
        phase.loss, var_list=phase.variables + phase.decoder_variables,
        gate_gradients=tf.train.Optimizer.GATE_GRAPH))
    # The same kernels: see `tests.rounding`.
    for one, other in zip(ours, documented):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "own"])
def test_an_adam_that_phases_share_takes_its_first_steps_too_long(shared):
    # A constant slope: Adam's step is its rate, from the first one on.
    with tf.Graph().as_default():
        w, v = variable("w", 0.0), variable("v", 0.0)
        first = tf.train.AdamOptimizer(1.0)
        second = first if shared else tf.train.AdamOptimizer(1.0)
        phase1 = first.minimize(-w, var_list=[w])
        phase2 = second.minimize(-v, var_list=[v])
        powers = [each for each in first.variables() if "power" in each.name]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(phase1)
            session.run([tf.assign(each, 0.0) for each in powers])  # after some 10,000 steps
            steps = [-session.run(v)]
            for _ in range(20):
                session.run(phase2)
                steps[-1] += session.run(v)
                steps.append(-session.run(v))
    if shared:
        assert "%.2f" % steps[0] == "3.16"  # 0.1 / sqrt(0.001)
        assert "%.1f" % max(steps) == "6.6"
    else:
        np.testing.assert_allclose(steps[:20], 1.0, atol=1e-5)


def test_noise_before_a_layer_is_not_what_it_gives_back():
    with tf.Graph().as_default():
        x = tf.constant([[1.0]])
        noisy = x + 2.0  # in place of something random
        phase, = layerwise_autoencoders(x, [layer(noisy, "hidden1", [[2.0]])], sgd(0.0),
                                        decoder="tied")
        loss, reconstruction = values_after(phase.train_op, [phase.loss, phase.reconstruction])
        assert reconstruction == 3 * 2 * 2
        assert loss == (12 - 1) ** 2


def test_what_comes_into_a_layer_may_be_fed_in_place_of_the_layers_below():
    with tf.Graph().as_default():
        random = np.random.RandomState(0)
        tf.get_variable_scope().set_initializer(tf.constant_initializer(0.25))
        # Of whole numbers, so that what is fed is exact, whatever kernel is taken for it alone.
        inputs = tf.constant(np.float32(random.randint(-2, 3, [20, 6])))
        hidden = layer(inputs, "hidden1", random.randint(-1, 2, [6, 5]), activation=tf.nn.relu)
        layers = [hidden, layer(hidden, "hidden2", random.randn(5, 4) / 8, activation=tf.tanh)]
        phases = layerwise_autoencoders(inputs, layers, sgd(0.1))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            cached = session.run(layers[0])
        variables = phases[1].variables
        computed = values_after(phases[1].train_op, variables, steps=3)
        fed = values_after(phases[1].train_op, variables, steps=3, feed={layers[0]: cached})
        assert np.ptp(cached) >= 2
        for one, other in zip(computed, fed):
            np.testing.assert_array_equal(one, other)


def test_a_decoder_and_a_loss_of_one_s_own():
    with tf.Graph().as_default():
        images = tf.constant(np.random.RandomState(0).rand(2, 4, 4, 1).astype(np.float32))
        maps = tf.layers.conv2d(images, 3, 3, padding="same", name="conv1")
        smaller = tf.layers.conv2d(maps, 2, 2, strides=2, name="conv2")

        def decode(code, source):
            strides = source.shape.as_list()[1] // code.shape.as_list()[1]
            return tf.layers.conv2d_transpose(
                code, source.shape.as_list()[-1], 3, strides, "same", name="up")

        phases = layerwise_autoencoders(
            images, [maps, smaller], sgd(0.1), decoder=decode,
            loss=lambda given, wanted: tf.reduce_sum(tf.abs(given - wanted)))
        assert [phase.name for phase in phases] == ["conv1", "conv2"]
        assert list(map(name_of, phases[1].decoder_variables)) == [
            "decoders/conv2/up/kernel", "decoders/conv2/up/bias"]
        given, loss = values_after(phases[0].train_op, [phases[0].reconstruction, phases[0].loss],
                                   steps=0)
        assert given.shape == (2, 4, 4, 1)
        assert loss > 1


def test_decoders_that_are_in_the_graph_already():
    # The document's graph: all four layers stand in one net, two decode the two others.
    with tf.Graph().as_default():
        x = tf.constant([[1.0, 2.0]])
        weights = [variable("weights%d" % number, np.ones(shape, np.float32))
                   for number, shape in enumerate([[2, 3], [3, 1], [1, 3], [3, 2]], start=1)]
        hidden1 = tf.tanh(tf.matmul(x, weights[0]))
        hidden2 = tf.tanh(tf.matmul(hidden1, weights[1]), name="codings")
        hidden3 = tf.tanh(tf.matmul(hidden2, weights[2]))
        phases = layerwise_autoencoders(
            x, [hidden1], sgd(0.1), lambda code, _: tf.matmul(code, weights[3]))
        phases += layerwise_autoencoders(hidden1, [hidden2], sgd(0.1), lambda *_: hidden3)
        assert [(phase.name, phase.variables, phase.decoder_variables) for phase in phases] == [
            ("Tanh", [weights[0]], [weights[3]]), ("codings", [weights[1]], [weights[2]])]


def test_variables_in_parts_and_a_step_that_is_counted():
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        x = tf.constant(np.ones([2, 4], np.float32))
        with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
            hidden = tf.layers.dense(x, 3, name="hidden1")
        phase, = layerwise_autoencoders(x, [hidden], sgd(0.1), global_step=step)
        assert phase.name == "net/hidden1"
        assert list(map(name_of, phase.variables)) == [
            "net/hidden1/kernel/part_0", "net/hidden1/kernel/part_1", "net/hidden1/bias/part_0",
            "net/hidden1/bias/part_1"]
        assert values_after(phase.train_op, step, steps=3) == 3


@both_kinds
def test_pretrained_layers_end_in_a_new_net_and_their_decoders_do_not(tmp_path, use_resource):
    with tf.Graph().as_default():
        inputs, layers = stack([6, 5, 4], use_resource)
        phases = layerwise_autoencoders(inputs, layers, sgd(0.1))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for phase in phases:
                session.run(phase.train_op)
            checkpoint = tf.train.Saver().save(session, os.path.join(str(tmp_path), "net.ckpt"))
            pretrained = session.run([each for phase in phases for each in phase.variables])
    with tf.Graph().as_default():
        _, layers = stack([6, 5, 4], use_resource, seed=7)
        layer(layers[-1], "outputs", np.ones([4, 2]), use_resource)
        plan = plan_restore(checkpoint, include="hidden[12]")
        with tf.Session() as session:
            result = plan.restore(session)
            restored = session.run([
                each for phase in phases for name in map(name_of, phase.variables)
                for each in tf.global_variables() if name_of(each) == name])
        for old, new in zip(pretrained, restored):
            np.testing.assert_array_equal(old, new)
        assert result.initialised == ["outputs/kernel", "outputs/bias"]
        assert {row.tensor_name for row in plan.rows if row.status == "missing in the graph"} == {
            "decoders/hidden%d/%s" % (number, part)
            for number in (1, 2) for part in ("kernel", "bias")}


def test_variables_behind_a_loop_and_a_condition():
    with tf.Graph().as_default():
        w, v, u = (variable(name, 1.0) for name in ("w", "v", "u"))
        looped = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * w), [0, v])[1]
        chosen = tf.cond(looped > 1, lambda: looped, lambda: u * 2)
        assert variables_behind(looped).variables == [w, v]
        assert variables_behind(chosen).variables == [w, v, u]
        assert variables_behind(chosen, [looped]).reached == [looped]


def test_what_are_no_layers_is_refused():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        first = layer(x, "hidden1", np.ones([3, 2]))
        assert refused(layerwise_autoencoders, x, first, 3) == [
            "the layers are %r: they must be a list of tensors" % first,
            "make_optimizer is 3: it must be a function that makes an optimizer"]
        assert refused(layerwise_autoencoders, x, [first, "hidden2"], sgd(0.1)) == [
            "'hidden2' is not a tensor"]


def test_decoders_that_cannot_be():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        first = layer(x, "hidden1", np.ones([3, 2]))
        assert refused(layerwise_autoencoders, x, [first], sgd(0.1), decoder="tide") == [
            "the decoder is 'tide': it must be \"dense\", \"tied\" or a function"]
        scaled = first * variable("hidden1/scale", np.ones([3, 2], np.float32))[0]
        assert refused(layerwise_autoencoders, x, [scaled], sgd(0.1), decoder="tied") == [
            "%r has 2 variables of shape [3, 2] to tie the decoder to (hidden1/kernel, "
            "hidden1/bias, hidden1/scale)" % scaled.op.name]
        shapeless = tf.placeholder(tf.float32, [None, None])
        deep = tf.tensordot(tf.reshape(shapeless, [-1, 5, 3]), tf.trainable_variables()[0], 1)
        problem, = refused(layerwise_autoencoders, shapeless, [deep], sgd(0.1))
        assert problem.startswith("'Tensordot' has the shape (") and problem.endswith(
            "a dense decoder needs [batch, size] with known sizes; give a function")


def test_inputs_of_another_type_and_a_scope_in_use():
    with tf.Graph().as_default():
        counts = tf.placeholder(tf.int32, [None, 3])
        first = layer(tf.cast(counts, tf.float32), "hidden1", np.ones([3, 2]))
        variable("decoders/hidden1/kernel", 1.0)
        assert refused(layerwise_autoencoders, counts, [first], sgd(0.1)) == [
            "there are variables in 'decoders/hidden1' already: give another scope",
            "%r is of type float32 and comes from int32: the difference needs one floating type; "
            "give a loss" % first.op.name]
        phase, = layerwise_autoencoders(
            counts, [first], sgd(0.1), scope="others", loss=lambda given, wanted:
            tf.reduce_mean(tf.abs(given - tf.cast(wanted, tf.float32))))
        assert name_of(phase.decoder_variables[0]) == "others/hidden1/kernel"


def test_what_a_decoder_function_may_not_return():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        first = layer(x, "hidden1", np.ones([3, 2]))
        second = layer(first, "hidden2", np.ones([2, 1]))

        def problems(decoder, loss=None):
            with pytest.raises(RecipeError) as error:
                layerwise_autoencoders(x, [first, second], sgd(0.1), decoder, loss)
            return error.value.problems

        assert problems(lambda code, source: None) == [
            "the reconstruction of 'hidden1' is None: it must be a tensor of the shape (?, 3)"
            .replace("(?, 3)", str(x.shape)),
            "the reconstruction of 'hidden2' is None: it must be a tensor of the shape (?, 2)"
            .replace("(?, 2)", str(first.shape))]
        kernel = tf.trainable_variables()[0]
        assert problems(lambda code, source: source * tf.reduce_sum(kernel)) == [
            "the decoder of 'hidden2' uses 'hidden1/kernel' of the layer 'hidden1', which it would "
            "train"]
        assert problems(lambda code, source: source, lambda given, wanted: 3) == [
            "the loss of 'hidden1' is 3: it must be a scalar tensor",
            "the loss of 'hidden2' is 3: it must be a scalar tensor"]


def test_optimizers_that_phases_cannot_have():
    with tf.Graph().as_default():
        inputs, layers = stack([3, 2, 1])
        adam = tf.train.AdamOptimizer(0.1)
        assert refused(layerwise_autoencoders, inputs, layers, lambda: adam) == [
            "make_optimizer made the same AdamOptimizer twice: it must make a new one each time"]
        assert refused(layerwise_autoencoders, inputs, layers, lambda: "adam") == [
            "make_optimizer made 'adam': it must make a tf.train.Optimizer"]
        grouped = layerwise_autoencoders(
            inputs, layers, lambda: GroupedOptimizer([(tf.train.AdamOptimizer(0.1), ".*")]))
        assert len(grouped) == 2
