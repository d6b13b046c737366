"""A request with several mistakes gets all problems in one message, and leaves the graph as it was.

A row for each public function: what prepares the request and returns it, the first line of the
message, and its problems.
"""
import numpy as np
import pytest

import tf1_recipes
from tests.small_trainings import variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf

NAN, INF = float("nan"), float("inf")
SCHEDULE = "Cannot make a schedule"


def sgd(rate):
    return tf.train.GradientDescentOptimizer(rate)


def grouped_optimizer():
    w, v, u, unused = (variable(name, 1.0) for name in ("hidden1", "hidden2", "out", "unused"))
    optimizer, loss = tf1_recipes.GroupedOptimizer([
        (sgd(0.1), "hidden[12]"), (tf.train.AdamOptimizer(0.1), ["hidden2", "hiden1", unused]),
        (sgd(0.2), [])]), w + v + u
    return lambda: optimizer.compute_gradients(loss)


def layerwise_optimizer():
    w, v, half = variable("hidden1/w", 1.0), variable("hidden2/w", 1.0), tf.constant(-0.5)
    return lambda: tf1_recipes.layerwise_optimizer(3, NAN, [
        ("hidden3", 0.1), (w, -1), ("hidden1", INF), ([v], "frozn"), ("hidden2", half), 7,
    ], default=[1])


def geometric_multipliers():
    return lambda: tf1_recipes.geometric_multipliers("hidden1", 0.0, INF)


def summarize_training():
    w = variable("w", 1.0)
    return lambda: tf1_recipes.summarize_training([(None, w), (None, w), 3], NAN)


def multiply_gradients():
    w, v, ones = variable("hidden1/w", 1.0), variable("hidden2/w", 1.0), tf.ones([2])
    optimizer = sgd(0.1)
    pairs = optimizer.compute_gradients(w * v)
    return lambda: tf1_recipes.multiply_gradients(optimizer, pairs, [
        ("hidden3", 0.1), ("hidden1", NAN), (w, 2.0), (v, ones), ([], 1.0), ("hidden2", "2"), 3])


def clip_gradients():
    w, count, unused = variable("w", 1.0), variable("count", 1), variable("unused", 1.0)
    pairs = [(tf.ones([]), w), (tf.ones([]), w), (tf.constant(1), count), ("g", unused), 3]
    return lambda: tf1_recipes.clip_gradients(pairs, "globalnorm", -1, on_non_finite="skipp")


def scale_gradient():
    x = tf.constant(1)
    return lambda: tf1_recipes.scale_gradient(x, "0.5")


def piecewise_constant():
    return lambda: tf1_recipes.piecewise_constant(
        [5, 5, 3, -1, 2.5, True], [0.1, NAN, "b", 0.5])


def exponential_decay():
    return lambda: tf1_recipes.exponential_decay(NAN, 0, -1, staircase=1)


def natural_exp_decay():
    return lambda: tf1_recipes.natural_exp_decay(NAN, 0, -1, staircase=1)


def inverse_time_decay():
    return lambda: tf1_recipes.inverse_time_decay(NAN, 0, -1, staircase=1)


def polynomial_decay():
    return lambda: tf1_recipes.polynomial_decay(0.1, -5, None, 0, "no")


def cosine_decay_restarts():
    return lambda: tf1_recipes.cosine_decay_restarts("a", 0, 0.5, -1, INF)


def cyclical():
    return lambda: tf1_recipes.cyclical(0.2, 0.1, 0, "triangle", 1.5)


def join_schedules():
    return lambda: tf1_recipes.join_schedules([0.1, None, INF], [5, 5, -1])


def warm_up():
    return lambda: tf1_recipes.warm_up("cosine", 0, NAN)


def discriminative_adam():
    dense = tf.keras.layers.Dense
    model = tf.keras.Sequential([
        dense(2, name="conv1", input_shape=(2,)), tf.keras.layers.Flatten(name="flatten"),
        dense(2, name="fc"), tf.keras.layers.ReLU(name="relu")])
    return lambda: tf1_recipes.DiscriminativeAdam(
        model, ["flatten", "cnov1", "relu", dense(2, name="fcc")], lr=[1, -1], beta_1=1, epsilon=0)


def warm_restarts():
    return lambda: tf1_recipes.WarmRestarts(0, t_mul=0.5)


def lr_range_test():
    return lambda: tf1_recipes.lr_range_test(None, 0, INF, steps=1, divergence=1)


def cache_outputs():
    x, y = tf.placeholder(tf.float32, [None, 2], "x"), tf.placeholder(tf.int32, [None], "y")
    outputs = tf.reduce_sum(x, 1) + tf.placeholder(tf.float32, [None], "z")
    session = tf.Session()
    return lambda: tf1_recipes.cache_outputs(
        session, outputs, {x: [[1, 2], [3, 4]], y: [1.5, 2, 3]}, "not_written.npy")


def layerwise_autoencoders():
    x = tf.placeholder(tf.float32, [None, 3], "x")
    kernel, bias = variable("hidden1/kernel", np.ones([3, 2], np.float32)), variable(
        "hidden1/bias", np.zeros(2, np.float32))
    first = tf.add(tf.matmul(x, kernel), bias, "first")
    shared, tanh, optimizer = tf.multiply(first, bias, "shared"), tf.tanh(x, "tanh"), sgd(0.1)
    return lambda: tf1_recipes.layerwise_autoencoders(x, [tanh, first, shared, x], optimizer)


def max_margin_loss():
    w, v = variable("score/kernel", [1.0, 2.0]), variable("score_1/kernel", [1.0, 2.0])
    good, bad = 2.0 * w, 2.0 * v
    return lambda: tf1_recipes.max_margin_loss(good, bad, 0)


def unfreeze_on_schedule():
    tf.train.get_or_create_global_step()
    variable("other/kernel", 1.0), variable("left/kernel", 1.0)
    loss = variable("hidden1/kernel", 1.0) * variable("hidden2/kernel", 1.0) * variable(
        "outputs/kernel", 1.0)
    optimizer = tf.train.AdamOptimizer(0.1)
    return lambda: tf1_recipes.unfreeze_on_schedule(loss, optimizer, [
        (5, "outputs"), (5, "hiden2"), (2.5, "hidden1"), (7, []), (9, ".*2/kernel|outputs", 3),
        (10,), (12, "other")], rest="thaw")


def decoupled_weight_decay():
    return lambda: tf1_recipes.DecoupledWeightDecay(0.1, NAN, order="after", sparse="rows")


def apply_with_decoupled_weight_decay():
    w, unused = variable("hidden1/w", 1.0), variable("unused", 1.0)
    optimizer = tf1_recipes.DecoupledWeightDecay(
        sgd(0.1), 0.1, include=["hiden1", "unused"], exclude="bias")
    gradient = tf.ones([])
    return lambda: optimizer.apply_gradients([(gradient, w), (None, unused)])


def decay_after():
    variable("hidden1/w", 1.0)
    return lambda: tf1_recipes.decay_after("train", -0.1, include="hiden1")


def caffe_sgd():
    return lambda: tf1_recipes.CaffeSGDOptimizer(-1, NAN, [1.0, 2.0])


def apply_with_caffe_sgd():
    w, unused = variable("hidden1/w", 1.0), variable("unused", 1.0)
    optimizer = tf1_recipes.CaffeSGDOptimizer(
        0.1, 0.9, 0.1, lr_mult={"hiden1": 2, "hidden1": -1},
        decay_mult=[("hidden1/w", 0), (w, 1)])
    gradient = tf.ones([])
    return lambda: optimizer.apply_gradients([(gradient, w), (None, unused)])


def add_l2_loss():
    variable("hidden1/w", 1.0), variable("hidden2/w", np.float64(1.0))
    return lambda: tf1_recipes.add_l2_loss(-0.1, include="hiden1", exclude="bias")


def total_loss():
    w = variable("w", [1.0, 2.0])
    loss = tf.reduce_sum(w, name="loss")
    for each in (loss, loss, tf.add(w, w, name="double"), 3):
        tf.add_to_collection("losses", each)
    return tf1_recipes.total_loss


def numpy_optimizer():
    return lambda: tf1_recipes.numpy_optimizer(
        "Ftrl", l1_regularisation_strength=0.1, l2_regularization_strength=-1,
        initial_accumulator_value=0, learning_rate_power=0.5)


ROWS = [
    (grouped_optimizer, "Cannot compute the gradients of GroupedOptimizer", [
        "group 1 (AdamOptimizer): 'hiden1' matches no variable; the closest are 'hidden1', "
        "'hidden2'",
        "'hidden2' is in group 0 (GradientDescentOptimizer) and in group 1 (AdamOptimizer)",
        "group 2 (GradientDescentOptimizer) selects no variable: its selector is empty",
        "'out' is in no group: name it in one, or give `rest` an optimizer or \"frozen\"",
        "'unused' has no gradient: the loss does not depend on it; leave it out of the "
        'variables to train, or put it in a "frozen" group']),
    (layerwise_optimizer, "Cannot give layers their own learning rates", [
        "the factory is 3: it must be a function of a learning rate, such as "
        "tf.train.AdamOptimizer",
        "the learning rate is nan: it must be finite",
        "the multiplier of 'hidden1/w' is -1: it must be >= 0",
        "the multiplier of 'hidden1' is inf: it must be finite",
        "the multiplier of ['hidden2/w'] is 'frozn': it must be a number, a scalar tensor or "
        '"frozen"',
        "the multiplier of 'hidden2' is -0.5: it must be >= 0",
        "7 is not a (selector, multiplier) pair",
        "the default multiplier is [1]: it must be a number or a scalar tensor",
        "'hidden3' matches no variable; the closest are 'hidden2', 'hidden1', 'hidden2/w'",
        "'hidden1/w' is matched twice, by 'hidden1/w' and by 'hidden1'",
        "'hidden2/w' is matched twice, by ['hidden2/w'] and by 'hidden2'"]),
    (geometric_multipliers, "Cannot spread multipliers over layers", [
        "the layers are 'hidden1': they must be a list",
        "lowest is 0.0: it must be > 0",
        "highest is inf: it must be finite"]),
    (summarize_training, "Cannot summarize the training", [
        "3 is not a (gradient, variable) pair",
        "'w' is in two pairs",
        "the learning rate is nan: it must be finite"]),
    (multiply_gradients, "Cannot multiply gradients", [
        "'hidden3' matches no variable; the closest are 'hidden2', 'hidden1', 'hidden2/w'",
        "the multiplier of 'hidden1' is nan: it must be finite",
        "'hidden1/w' is matched twice, by 'hidden1' and by 'hidden1/w'",
        "the multiplier of 'hidden2/w' has the shape (2,): it must be a scalar",
        "the selector [] is empty",
        "the multiplier of 'hidden2' is '2': it must be a number or a scalar tensor",
        "'hidden2/w' is matched twice, by 'hidden2/w' and by 'hidden2'",
        "3 is not a (selector, multiplier) pair"]),
    (clip_gradients, "Cannot clip gradients", [
        "3 is not a (gradient, variable) pair",
        "'w' is in two pairs",
        "the gradient of 'count' has the type int32: it must be floating",
        "the gradient of 'unused' is 'g': it must be a tensor, IndexedSlices or None",
        "by is 'globalnorm': it must be one of 'value', 'norm', 'global_norm', "
        "'average_norm'; perhaps 'global_norm'",
        "on_non_finite is 'skipp': it must be one of 'error', 'skip', 'propagate'; perhaps "
        "'skip'",
        "the limit is -1: it must be > 0"]),
    (scale_gradient, "Cannot scale a gradient", [
        "x has the type int32 and so no gradient to scale",
        "alpha is '0.5': it must be a number or a scalar tensor"]),
    (piecewise_constant, SCHEDULE, [
        "boundaries[1] is 5, not larger than boundaries[0], 5",
        "boundaries[2] is 3, not larger than boundaries[1], 5",
        "boundaries[3] is -1: it must be a whole number from 0 to 2^53",
        "boundaries[4] is 2.5: it must be a whole number from 0 to 2^53",
        "boundaries[5] is True: it must be a whole number from 0 to 2^53",
        "4 values for 6 boundaries: there must be one value more than there are boundaries",
        "values[1] is nan: it must be finite",
        "values[2] is 'b': it must be a number"]),
    *((make, SCHEDULE, [
        "initial_learning_rate is nan: it must be finite",
        "decay_steps is 0: it must be > 0",
        "decay_rate is -1: it must be %s 0" % least,
        "staircase is 1: it must be True or False"]) for make, least in (
            (exponential_decay, ">"), (natural_exp_decay, ">="), (inverse_time_decay, ">="))),
    (polynomial_decay, SCHEDULE, [
        "decay_steps is -5: it must be > 0",
        "end_learning_rate is None: it must be a number",
        "power is 0: it must be > 0",
        "cycle is 'no': it must be True or False"]),
    (cosine_decay_restarts, SCHEDULE, [
        "initial_learning_rate is 'a': it must be a number",
        "alpha is inf: it must be finite",
        "first_decay_steps is 0: it must be > 0",
        "t_mul is 0.5: it must be >= 1",
        "m_mul is -1: it must be >= 0"]),
    (cyclical, SCHEDULE, [
        "max_lr is 0.1, less than base_lr, 0.2",
        "step_size is 0: it must be > 0",
        "gamma is 1.5: it must be <= 1",
        "policy is 'triangle': it must be 'triangular', 'triangular2' or 'exp_range'"]),
    (join_schedules, SCHEDULE, [
        "boundaries[1] is 5, not larger than boundaries[0], 5",
        "boundaries[2] is -1: it must be a whole number from 0 to 2^53",
        "3 schedules for 3 boundaries: there must be one schedule more than there are boundaries",
        "schedules[1] is None: it must be a schedule or a number",
        "schedules[2] is inf: it must be finite"]),
    (warm_up, SCHEDULE, [
        "schedule is 'cosine': it must be a schedule or a number",
        "steps is 0: it must be a whole number from 1 to 2^53",
        "start_learning_rate is nan: it must be finite"]),
    (discriminative_adam, "Cannot give stages of layers their own learning rates", [
        "lr[1] is -1: it must be >= 0",
        "beta_1 is 1: it must be >= 0 and < 1",
        "epsilon is 0: it must be > 0",
        "there are 2 learning rates for 5 stages",
        "the split layer 'flatten' has no weights; the next one with weights is 'fc'",
        "'cnov1' matches no layer; the closest are 'conv1'",
        "the split layer 'relu' has no weights",
        "layer 'fcc' is not in the model; the closest are 'fc'"]),
    (warm_restarts, SCHEDULE, [
        "first_decay_steps is 0: it must be > 0",
        "t_mul is 0.5: it must be >= 1"]),
    (lr_range_test, "Cannot test a range of learning rates", [
        "low is 0: it must be > 0",
        "high is inf: it must be finite",
        "divergence is 1: it must be > 1",
        "steps is 1: it must be a whole number >= 2",
        "None is not a function of the learning rate"]),
    (cache_outputs, "Cannot cache add:0", [
        "the numbers of examples differ: 'x:0' has 2, 'y:0' has 3",
        "it depends on the placeholder 'z': give its examples in feeds, or its value in constants",
        "it does not depend on 'y:0': leave that out of feeds"]),
    (layerwise_autoencoders, "Cannot pretrain layers as auto-encoders", [
        "'tanh' has no trainable variable above 'x': there is nothing to pretrain",
        "'first' is not computed from 'tanh': give the layers from the lowest up",
        "'hidden1/bias' is in 'first' and in 'shared', and would not stay frozen",
        "'x' is not computed from 'shared': give the layers from the lowest up",
        "make_optimizer is an optimizer, which the phases would share, with its slots and "
        "counters: give lambda: tf.train.GradientDescentOptimizer(...)"]),
    (max_margin_loss, "Cannot make a max margin loss", [
        "only the good scores depend on 'score/kernel': score both with the same weights "
        "(reuse=True)",
        "only the bad scores depend on 'score_1/kernel': score both with the same weights "
        "(reuse=True)",
        "the margin is 0: it must be > 0"]),
    (unfreeze_on_schedule, "Cannot unfreeze by a schedule", [
        'rest is \'thaw\': it must be "frozen" or None',
        "the factory is an optimizer, but each stage needs its own: give lambda: "
        "AdamOptimizer(...)",
        "stage 0 ('outputs') starts at step 5, and nothing would train before: start the first "
        "stage at 0",
        "stage 1 ('hiden2') starts at step 5, not after the stage before it, at 5",
        "stage 1 ('hiden2'): 'hiden2' matches no variable; the closest are 'hidden2', 'hidden1', "
        "'hidden2/kernel'",
        "stage 2 ('hidden1') starts at 2.5: it must be a whole number from 0 to 2^53",
        "stage 3 ([]) selects no variable: its selector is empty",
        "the factory of stage 4 ('.*2/kernel|outputs') is 3: it must be a function that makes an "
        "optimizer",
        "'outputs/kernel' is in stage 0 ('outputs') and in stage 4 ('.*2/kernel|outputs')",
        "stage 5 is (10,): it must be (start, selector)",
        "'other/kernel' has no gradient: the loss does not depend on it"]),
    (decoupled_weight_decay, "Cannot decay weights", [
        "0.1 is not a tf.train.Optimizer",
        "the weight decay is nan: it must be finite",
        "sparse is 'rows': it must be 'touched_rows' or 'whole_variable'",
        "order is 'after': it must be 'after_update' or 'before_update'"]),
    (apply_with_decoupled_weight_decay, "Cannot apply gradients with DecoupledWeightDecay", [
        "include: 'hiden1' matches no variable; the closest are 'hidden1', 'hidden1/w'",
        "exclude: 'bias' matches no variable; the closest are 'hidden1/w', 'unused'",
        "'unused' has no gradient, and decay alone would shrink it to 0: exclude it, or use "
        "decay_after, which decays all variables that it is given"]),
    (decay_after, "Cannot decay weights after the train op", [
        "include: 'hiden1' matches no variable; the closest are 'hidden1', 'hidden1/w'",
        "the weight decay is -0.1: it must be >= 0",
        "'train' is not a train op"]),
    (caffe_sgd, "Cannot train with CaffeSGD", [
        "the learning rate is -1: it must be >= 0",
        "the momentum is nan: it must be finite",
        "the weight decay is [1.0, 2.0]: it must be a number or a scalar tensor"]),
    (apply_with_caffe_sgd, "Cannot apply gradients with CaffeSGD", [
        "lr_mult: 'hiden1' matches no variable; the closest are 'hidden1', 'hidden1/w'",
        "lr_mult: the multiplier of 'hidden1/w' is -1: it must be >= 0",
        "decay_mult: 'hidden1/w' is matched twice, by 'hidden1/w' and by 'hidden1/w'",
        "'unused' has no gradient, and would not decay or move: leave it out of var_list, or "
        "set its decay_mult to 0"]),
    (add_l2_loss, "Cannot add an L2 loss", [
        "include: 'hiden1' matches no variable; the closest are 'hidden1', 'hidden1/w', "
        "'hidden2'",
        "exclude: 'bias' matches no variable; the closest are 'hidden1/w', 'hidden2/w'",
        "the factor is -0.1: it must be >= 0"]),
    (total_loss, "Cannot sum the losses", [
        "'loss' is in the collection 'losses' twice",
        "'double' has the shape (2,): it must be a scalar",
        "3 is not a tensor"]),
    (numpy_optimizer, "Cannot make a NumPy Ftrl optimizer", [
        "there is no setting l1_regularisation_strength; the closest are "
        "l1_regularization_strength, l2_regularization_strength, "
        "l2_shrinkage_regularization_strength",
        "l2_regularization_strength is -1: it must be >= 0",
        "initial_accumulator_value is 0: it must be > 0",
        "learning_rate_power is 0.5: it must be <= 0",
        "learning_rate is missing"]),
]


@pytest.mark.parametrize("prepare, title, problems", ROWS, ids=[row[0].__name__ for row in ROWS])
def test_all_problems_are_in_one_message(prepare, title, problems):
    with tf.Graph().as_default() as graph:
        request = prepare()
        before = len(graph.get_operations())
        with pytest.raises(RecipeError) as error:
            request()
        assert str(error.value) == "\n".join([title + ":"] + ["  - " + each for each in problems])
        assert error.value.problems == problems
        # GroupedOptimizer has to compute the gradients, to see which there are.
        made = graph.get_operations()[before:]
        assert [op.name for op in made if not op.name.startswith("gradients/")] == []
