from tests.graph_order import races
from tests.small_trainings import both_kinds, variable
from tf1_recipes.v1 import tf


@both_kinds
def test_two_steps_of_which_one_reads_what_the_other_writes(use_resource):
    with tf.Graph().as_default():
        w, v = (variable(name, 1.0, use_resource) for name in "wv")
        sgd = tf.train.GradientDescentOptimizer(0.1)
        both = tf.group(sgd.minimize(w * v, var_list=[w]), sgd.minimize(w * v, var_list=[v]))
        assert {race.variable for race in races(both)} == {"w", "v"}
        first = sgd.minimize(w * v, var_list=[w])
        assert races(first) == []
        w_gradient, v_gradient = tf.tuple(tf.gradients(w * v, [w, v]))
        assert races(sgd.apply_gradients([(w_gradient, w), (v_gradient, v)])) == []


@both_kinds
def test_two_writes_of_one_variable(use_resource):
    with tf.Graph().as_default():
        w = variable("w", 1.0, use_resource)
        add, subtract = tf.assign_add(w, 1.0), tf.assign_sub(w, 1.0)
        assert {race.variable for race in races([add, subtract])} == {"w"}
        with tf.control_dependencies([add]):
            assert races(tf.assign_sub(w, 1.0)) == []
