"""How the five kinds of weight decay (E1 to E5) relate, under gradient descent, momentum and Adam.

One weight w = 2, loss (w - 1)^2 / 2, so g = w - 1; rate r = 0.1. E2, E3 and E4 take a share s = 0.1
off the weight; E1 and E5 add d * w to the gradient, d = s / r = 1, which is the same share under
plain gradient descent. All in float64, by hand:

    gradient descent   E1, E4, E5   w - r (g + d w) = (1 - s) w - r g        1.7, 1.46, ...
                       E2, E3       (w - r g) (1 - s)                        1.71, 1.4751, ...
    momentum           E1, E5       the decay is accumulated with the gradient
                       E2, E3, E4   it is not
    Adam               E1           divided by its own size: the first step is r, whatever d
                       E2, E3, E4   the share is a share

E5 brings its own momentum: there is no Caffe SGD under Adam.
"""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.adamw import extend_with_decoupled_weight_decay
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer
from tf1_recipes.weight_decay.decay_behind import decay_after
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay
from tf1_recipes.weight_decay.l2 import add_l2_loss, total_loss

RATE, SHARE = 0.1, 0.1

SGD = (tf.train.GradientDescentOptimizer, ())
MOMENTUM = (tf.train.MomentumOptimizer, (0.9,))
ADAM = (tf.train.AdamOptimizer, ())


def e1(loss, base, rate=RATE, factor=SHARE / RATE):
    add_l2_loss(factor)
    return base[0](rate, *base[1]).minimize(total_loss(loss))


def e2(loss, base, rate=RATE, share=SHARE):
    return DecoupledWeightDecay(base[0](rate, *base[1]), share).minimize(loss)


def e3(loss, base, rate=RATE, share=SHARE):
    step = base[0](rate, *base[1]).minimize(
        loss, gate_gradients=tf.train.Optimizer.GATE_GRAPH)
    return decay_after(step, share)


def e4(loss, base, rate=RATE, share=SHARE):
    return extend_with_decoupled_weight_decay(base[0])(share, rate, *base[1]).minimize(loss)


def e5(loss, base, rate=RATE, factor=SHARE / RATE):
    return CaffeSGDOptimizer(rate, *base[1], weight_decay=factor).minimize(loss)


def trained(recipe, base, steps):
    """The weight after each step."""
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=np.float64(2.0))
        train_op = recipe(tf.square(w - 1.0) / 2.0, base)
        session.run(tf.global_variables_initializer())
        values = []
        for _ in range(steps):
            session.run(train_op)
            values.append(session.run(w))
        return values


# TensorFlow's own optimizers round their settings to float32, also for float64 variables.
FLOAT32 = {"rel": 3e-7}


@pytest.mark.parametrize("recipe, base, expected", [
    # 2 - 0.1 * (1 + 2) = 1.7,  1.7 - 0.1 * (0.7 + 1.7) = 1.46
    (e1, SGD, [1.7, 1.46, 1.268, 1.1144]),
    (e4, SGD, [1.7, 1.46, 1.268, 1.1144]),
    (e5, SGD, [1.7, 1.46, 1.268, 1.1144]),
    # (2 - 0.1 * 1) * 0.9 = 1.71,  (1.71 - 0.1 * 0.71) * 0.9 = 1.4751
    (e2, SGD, [1.71, 1.4751, 1.284831, 1.13071311]),
    (e3, SGD, [1.71, 1.4751, 1.284831, 1.13071311]),
    # A = 3, w = 1.7;  A = 0.9 * 3 + (0.7 + 1.7) = 5.1, w = 1.19
    (e1, MOMENTUM, [1.7, 1.19]),
    (e5, MOMENTUM, [1.7, 1.19]),
    # A = 1, w = 1.9 * 0.9;  A = 0.9 + 0.71 = 1.61, w = (1.71 - 0.161) * 0.9
    (e2, MOMENTUM, [1.71, 1.3941]),
    (e3, MOMENTUM, [1.71, 1.3941]),
    # A = 1, w = 2 * 0.9 - 0.1;  A = 0.9 + 0.7 = 1.6, w = 1.7 * 0.9 - 0.16
    (e4, MOMENTUM, [1.7, 1.37]),
    # Adam's first step is its rate: 2 - 0.1, and the decay has only a sign
    (e1, ADAM, [1.9]),
    (e2, ADAM, [1.71]),  # (2 - 0.1) * 0.9
    (e3, ADAM, [1.71]),
    (e4, ADAM, [1.7]),   # 2 * 0.9 - 0.1
], ids=lambda value: getattr(value, "__name__", None))
def test_by_hand(recipe, base, expected):
    assert trained(recipe, base, len(expected)) == pytest.approx(expected, **FLOAT32)


@pytest.mark.parametrize("base", [SGD, MOMENTUM, ADAM], ids=["sgd", "momentum", "adam"])
def test_e2_and_e3_are_the_same_to_the_bit(base):
    assert trained(e2, base, 20) == trained(e3, base, 20)


def test_under_adam_l2_in_the_loss_hardly_depends_on_its_factor():
    for factor in (0.0, 1.0, 100.0):
        first, = trained(lambda loss, base, f=factor: e1(loss, base, factor=f), ADAM, 1)
        assert first == pytest.approx(1.9, **FLOAT32)


def test_e1_and_e5_part_when_the_rate_drops():
    def after_a_drop(make_train_op):
        with tf.Graph().as_default(), tf.Session() as session:
            w = tf.get_variable("w", initializer=2.0)
            rate = tf.placeholder(tf.float32, [])
            train_op = make_train_op(tf.square(w - 1.0) / 2.0, MOMENTUM, rate)
            session.run(tf.global_variables_initializer())
            for value in (0.1, 0.01):
                session.run(train_op, {rate: value})
            return session.run(w)

    # A = 5.1 as above:  1.7 - 0.01 * 5.1
    assert after_a_drop(e1) == pytest.approx(1.649)
    # history = 0.9 * 0.3 + 0.01 * (0.7 + 1.7) = 0.294:  1.7 - 0.294
    assert after_a_drop(e5) == pytest.approx(1.406)


def train_net(make_train_op, seed, base):
    random = np.random.RandomState(seed)
    with tf.Graph().as_default(), tf.Session() as session:
        hidden = tf.constant(random.randn(6, 4))
        weights = [tf.get_variable("w%d" % number, initializer=random.randn(4, 4) / 2)
                   for number in range(2)]
        for each in weights:
            hidden = tf.tanh(tf.matmul(hidden, each))
        train_op = make_train_op(tf.reduce_sum(tf.square(hidden - 0.5)), base)
        session.run(tf.global_variables_initializer())
        for _ in range(10):
            session.run(train_op)
        return np.array(session.run(weights))


# Powers of two, which float32 holds exactly, so that the equalities show in float64.
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), rate=st.sampled_from([1 / 16, 1 / 64]),
       share=st.sampled_from([1 / 8, 1 / 256]))
def test_what_is_equal_is_equal_on_a_net(seed, rate, share):
    def on_net(form, rate, share, base=SGD):
        return train_net(lambda loss, base: form(loss, base, rate, share), seed, base)

    def apart(one, other):
        return np.abs(one - other).max()

    l2, decayed_after = on_net(e1, rate, share / rate), on_net(e3, rate, share)
    # Under gradient descent, L2 in the loss is decay of r * d before the update ...
    assert apart(l2, on_net(e4, rate, share)) < 1e-12
    assert apart(l2, on_net(e5, rate, share / rate)) < 1e-12
    # ... and decay of s after it is L2 with another rate, r (1 - s), and factor, s / (r (1 - s)):
    # (w - r g) (1 - s) = w - r (1 - s) (g + s / (r (1 - s)) w)
    slower = rate * (1 - share)
    assert apart(decayed_after, on_net(e1, slower, share / slower)) < 1e-12
    # What differs, differs by far more than rounding.
    assert apart(l2, decayed_after) > 1e-5
    # At one constant rate, Caffe's momentum is TensorFlow's on the L2 loss.
    momentum = (tf.train.MomentumOptimizer, (0.5,))
    l2 = on_net(e1, rate, share / rate, momentum)
    assert apart(l2, on_net(e5, rate, share / rate, momentum)) < 1e-12
    assert apart(l2, on_net(e4, rate, share, momentum)) > 1e-4
