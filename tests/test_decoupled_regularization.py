"""Decay by the layers' own regularizers, beside the documented form and a NumPy model."""
import numpy as np
import pytest

from tests.graph_order import races
from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes import DecoupledRegularization, DecoupledWeightDecay, add_l2_loss, total_loss
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

both_orders = pytest.mark.parametrize("order", ["after_update", "before_update"])

W, V, B = np.array([[2.0, -1.5], [0.25, 3.0]]), np.array([0.75, -0.5]), np.array([1.0, 2.0])


def l2(scale):
    """As tf.contrib.layers.l2_regularizer and slim's: scale * sum(w^2) / 2."""
    return lambda weights: tf.identity(scale * tf.nn.l2_loss(weights), name="l2")


def keras_l2(scale):
    return tf.keras.regularizers.l2(scale)


def l1(scale):
    return lambda weights: scale * tf.reduce_sum(tf.abs(weights))


def elastic(scale):
    return lambda weights: l1(scale)(weights) + l2(scale)(weights)


# The regularizers with the gradient of their loss.
REGULARIZERS = {
    "l2": (l2, lambda scale, w: scale * w),
    "l2 by hand": (lambda scale: lambda w: scale / 2.0 * tf.reduce_sum(w * w),
                   lambda scale, w: scale * w),
    "Keras's l2": (keras_l2, lambda scale, w: 2 * scale * w),
    "l1": (l1, lambda scale, w: scale * np.sign(w)),
    "both": (elastic, lambda scale, w: scale * (np.sign(w) + w)),
}


def sgd(rate):
    return tf.train.GradientDescentOptimizer(rate)


def momentum(rate):
    return tf.train.MomentumOptimizer(rate, 0.5)


def built(regularizer, use_resource):
    """Variables with a regularizer of its own scale each, one without, and a loss of the data."""
    w = variable("w", W, use_resource, regularizer=regularizer(0.25))
    v = variable("v", V, use_resource, regularizer=regularizer(0.125))
    b = variable("b", B, use_resource)
    return [w, v, b], tf.nn.l2_loss(tf.matmul(w, v[:, None]) + b[:, None] - 1.0)


def model(gradient_of_penalty, order, steps, rate=0.0625):
    """NumPy, in float64: momentum, and the penalties' gradient behind or before the update."""
    weights, scales, memory = [W, V, B], [0.25, 0.125, 0.0], [0.0, 0.0, 0.0]

    def pulled(each, scale):
        return each - gradient_of_penalty(scale, each) if scale else each

    for _ in range(steps):
        w, v, b = weights
        error = w @ v + b - 1.0
        gradients = [np.outer(error, v), w.T @ error, error]
        memory = [0.5 * m + g for m, g in zip(memory, gradients)]
        if order == "before_update":
            weights = [pulled(*pair) for pair in zip(weights, scales)]
        weights = [each - rate * m for each, m in zip(weights, memory)]
        if order == "after_update":
            weights = [pulled(*pair) for pair in zip(weights, scales)]
    return weights


@pytest.mark.parametrize("regularizer", REGULARIZERS)
@both_orders
@both_kinds
def test_each_variable_follows_its_own_regularizer(regularizer, order, use_resource):
    make, gradient = REGULARIZERS[regularizer]
    with tf.Graph().as_default():
        variables, loss = built(make, use_resource)
        train_op = DecoupledRegularization(momentum(0.0625), order=order).minimize(loss)
        assert races(train_op) == []
        found = values_after(train_op, variables, steps=4)
    for value, expected in zip(found, model(gradient, order, 4)):
        # The scales and rates are powers of 2, which float32 keeps.
        np.testing.assert_allclose(value, expected, rtol=1e-13, atol=1e-14)


@both_kinds
def test_the_documented_form_to_the_last_bit(use_resource):
    def documented(loss):
        step = momentum(0.0625).minimize(loss, gate_gradients=tf.train.Optimizer.GATE_GRAPH)
        with tf.control_dependencies([step]):
            penalty = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
            return sgd(1.0).minimize(penalty, gate_gradients=tf.train.Optimizer.GATE_GRAPH)

    def trained(make_train_op, use_resource):
        with tf.Graph().as_default():
            variables, loss = built(l2, use_resource)
            return values_after(make_train_op(loss), variables, steps=5)

    # With ref variables, where it has one meaning; ours is compared with both kinds.
    for one, other in zip(
            trained(documented, False),
            trained(lambda loss: DecoupledRegularization(momentum(0.0625)).minimize(loss),
                    use_resource)):
        np.testing.assert_array_equal(one, other)


@both_orders
@both_kinds
def test_l2_is_a_decay_for_each_layer_by_nesting(order, use_resource):
    def trained(make_optimizer):
        with tf.Graph().as_default():
            variables, loss = built(l2, use_resource)
            return values_after(make_optimizer().minimize(loss), variables, steps=3)

    nested = trained(lambda: DecoupledWeightDecay(
        DecoupledWeightDecay(momentum(0.0625), 0.25, order, include="w"), 0.125, order,
        include="v"))
    for one, other in zip(nested, trained(
            lambda: DecoupledRegularization(momentum(0.0625), order=order))):
        np.testing.assert_allclose(one, other, rtol=1e-14)


@both_kinds
def test_layers_with_a_kernel_regularizer_and_parts_of_a_variable(use_resource):
    with tf.Graph().as_default():
        with tf.variable_scope("net", use_resource=use_resource,
                               initializer=tf.ones_initializer(),
                               regularizer=l2(0.5), partitioner=tf.fixed_size_partitioner(2)):
            scoped = tf.get_variable("scoped", [4, 1])
        x = tf.ones([1, 4])
        hidden = tf.layers.dense(x, 1, name="hidden", kernel_initializer=tf.ones_initializer(),
                                 kernel_regularizer=l2(0.25), bias_regularizer=l2(0.125),
                                 bias_initializer=tf.ones_initializer())
        train_op = DecoupledRegularization(sgd(0.0)).minimize(tf.reduce_sum(
            tf.matmul(x, scoped) + hidden))
        kernel, bias = (each for each in tf.trainable_variables() if "hidden" in each.op.name)
        found = values_after(train_op, [tf.concat(list(scoped), 0), kernel, bias])
    for value, expected in zip(found, (0.5, 0.75, 0.875)):
        assert set(value.ravel()) == {expected}


@both_orders
@both_kinds
def test_a_rate_and_scales_that_change(order, use_resource):
    """All are read before the step: a schedule of the step, and a scale that the step trains."""
    with tf.Graph().as_default():
        scale = variable("scale", 0.5, use_resource)
        w = variable("w", 4.0, use_resource,
                     regularizer=lambda weight: scale * tf.nn.l2_loss(weight))
        fed = tf.placeholder(tf.float32, [])
        v = variable("v", 4.0, use_resource, regularizer=lambda weight: l2(1.0)(weight) * fed)
        step = tf.train.get_or_create_global_step()
        rate = tf.train.piecewise_constant(step, [0], [1.0, 0.5])
        optimizer = DecoupledRegularization(sgd(0.25), rate, order=order)
        pairs = [(tf.zeros([]), w), (tf.zeros([]), v), (tf.ones([]), scale)]
        with pytest.raises(RecipeError) as error:  # it would be its own regularizer
            optimizer.apply_gradients([(None, scale)] + pairs[:2])
        assert error.value.problems == [
            "'scale' has a regularizer and no gradient, and would shrink to 0: leave it out of the "
            "variables to train"]
        train_op = optimizer.apply_gradients(pairs[:2], step)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train_op, {fed: 0.25})
            assert session.run([w, v, step]) == [2.0, 3.0, 1]
            session.run(train_op, {fed: 0.5})
            assert session.run([w, v, step]) == [1.5, 2.25, 2]


@both_orders
@both_kinds
def test_a_loss_of_two_weights_reads_both_before_either_moves(order, use_resource):
    with tf.Graph().as_default():
        w, v = variable("w", 2.0, use_resource), variable("v", 3.0, use_resource)
        penalty = 0.125 * tf.square(w * v)
        train_op = DecoupledRegularization(sgd(0.0), losses=[penalty], order=order).minimize(w + v)
        assert races(train_op) == []
        assert values_after(train_op, [w, v]) == [2.0 - 0.25 * 2 * 9, 3.0 - 0.25 * 4 * 3]


@both_kinds
def test_constraints_and_skipped_steps(use_resource):
    with tf.Graph().as_default():
        w = variable("w", 2.0, use_resource, regularizer=l2(0.5),
                     constraint=lambda weight: tf.maximum(weight, 1.25))
        factor = tf.placeholder(tf.float32, [])
        experimental = tf.train.experimental
        optimizer = DecoupledRegularization(experimental.MixedPrecisionLossScaleOptimizer(
            sgd(0.0), experimental.DynamicLossScale(2.0)))
        train_op = optimizer.minimize(factor * w)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train_op, {factor: float("nan")})
            assert session.run(w) == 2.0
            session.run(train_op, {factor: 1.0})
            assert session.run(w) == 1.25


def test_a_loss_that_has_the_penalty_already_is_refused():
    with tf.Graph().as_default():
        w = variable("w", 2.0, regularizer=l2(0.5))
        tf.losses.mean_squared_error(tf.ones([]), w)
        with pytest.raises(RecipeError) as error:
            DecoupledRegularization(sgd(0.1)).minimize(tf.losses.get_total_loss())
        assert error.value.problems == [
            "the loss contains the regularization loss 'w/Regularizer/l2', which would act twice: "
            "minimise the loss of the data alone (of tf.losses: "
            "get_total_loss(add_regularization_losses=False))"]
        data = tf.losses.get_total_loss(add_regularization_losses=False)
        train_op = DecoupledRegularization(sgd(0.0)).minimize(data)
        assert values_after(train_op, w) == 1.0


def test_losses_of_another_collection():
    with tf.Graph().as_default():
        w, b = variable("w", 2.0), variable("b", 2.0)
        add_l2_loss(0.5, exclude="b", collection="decays")
        loss = total_loss(w * b)
        train_op = DecoupledRegularization(sgd(0.0), losses="decays").minimize(loss)
        assert values_after(train_op, [w, b]) == [1.0, 2.0]


def refusal(**settings):
    optimizer = DecoupledRegularization(sgd(0.1), **settings)
    pairs = [(tf.ones([]), each) for each in tf.trainable_variables()]
    return refused(optimizer.apply_gradients, pairs)


def test_what_is_no_decay_is_refused():
    with tf.Graph().as_default():
        w = variable("w", 2.0)
        assert refusal() == [
            "there are no regularization losses in the collection 'regularization_losses': give "
            "the layers a regularizer"]
        assert refusal(losses=[]) == [
            "there are no regularization losses: give the layers a regularizer"]
        assert refusal(losses=[tf.constant(1.0, name="one")]) == [
            "no regularization loss depends on a variable of this step"]
        assert refusal(losses=[w * [1.0, 2.0], 3.0])[1] == "3.0 is not a scalar tensor"
        x = tf.placeholder(tf.float32, [None], name="x")
        assert refusal(losses=[tf.reduce_sum(x * w, name="activity")]) == [
            "the regularization loss 'activity' depends on data, 'x': it is no decay; add it to "
            "the loss"]
        chosen = tf.cond(tf.constant(True), lambda: w * w, lambda: w, name="choice")
        assert refusal(losses=[tf.identity(chosen, "total")])[0].startswith(
            "the regularization loss 'total' has a condition, a loop, a function or a look-up of "
            "rows, 'choice/")


def test_rows_of_a_table():
    """Of a resource variable they are looked up in the variable itself, not in a read of it."""
    def trained(use_resource):
        with tf.Graph().as_default():
            table = variable("table", np.ones([3, 2]), use_resource)
            losses = [tf.nn.l2_loss(tf.nn.embedding_lookup(table, [0, 2]), name="rows")]
            return refusal(losses=losses) if use_resource else values_after(
                DecoupledRegularization(sgd(0.0), 0.5, losses).minimize(
                    tf.reduce_sum(table)), table)

    assert trained(use_resource=False).tolist() == [[0.5, 0.5], [1.0, 1.0], [0.5, 0.5]]
    problem, = trained(use_resource=True)
    assert problem.startswith(
        "the regularization loss 'rows' has a condition, a loop, a function or a look-up of rows, "
        "'embedding_lookup")


def test_a_penalty_without_gradient_is_refused():
    with tf.Graph().as_default():
        w = variable("w", 2.0)
        optimizer = DecoupledRegularization(sgd(0.1), losses=[tf.stop_gradient(w * w)])
        with pytest.raises(RecipeError, match="the regularization losses have no gradient by 'w'"):
            optimizer.minimize(w * 1.0)


def test_wrong_arguments():
    with pytest.raises(RecipeError) as error:
        DecoupledRegularization("Adam", -1.0, order="first")
    assert error.value.problems == [
        "'Adam' is not a tf.train.Optimizer", "the rate is -1.0: it must be >= 0",
        "order is 'first': it must be 'after_update' or 'before_update'"]


BLOW_UP = np.log(np.finfo(np.float32).max)  # 88.7: from there on exp(w) is infinite in float32


@both_kinds
def test_weights_that_grow_until_their_exponential_is_infinite(use_resource):
    """The question's "numerical problems (very large absolute values)" after many iterations.

    Two scores, and a loss that asks for their difference without an end, as a critic's or a
    perceptron's: each step moves the weights by the rate. The documents' softmax, exp(score) over
    the sum of both, becomes NaN when exp overflows. Caffe's decay of 0.0005, as the layer's own
    regularizer, ends the growth at (1 - d) r / d.
    """
    rate, decay = 0.01, 0.0005
    steps = int(BLOW_UP / rate) + 10

    def trained(wrap):
        with tf.Graph().as_default():
            w = variable("w", np.zeros([2], np.float32), use_resource, regularizer=l2(decay))
            train_op = wrap(sgd(rate)).minimize(w[1] - w[0])
            softmax = tf.exp(w) / tf.reduce_sum(tf.exp(w))
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                step = session.make_callable(train_op)
                for _ in range(steps - 30):
                    step()
                before = session.run([w, softmax])
                for _ in range(30):
                    step()
                return before, session.run([w, softmax])

    before, (w, softmax) = trained(lambda optimizer: optimizer)
    assert np.isfinite(before[1]).all() and not np.isfinite(softmax).all()
    np.testing.assert_allclose(w, [rate * steps, -rate * steps], rtol=1e-3)

    _, (w, softmax) = trained(DecoupledRegularization)
    end = (1 - decay) * rate / decay * (1 - (1 - decay) ** steps)  # 19.8 of 20
    np.testing.assert_allclose(w, [end, -end], rtol=1e-4)
    assert np.isfinite(softmax).all()
