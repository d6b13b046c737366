import numpy as np
import pytest

from tests.small_trainings import both_kinds, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.l2 import add_l2_loss, total_loss


def value_of(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


@both_kinds
def test_the_loss_its_gradient_and_the_collection(use_resource):
    with tf.Graph().as_default():
        w, v = variable("w", [3.0, 4.0], use_resource), variable("v", 2.0, use_resource)
        b = variable("b", 8.0, use_resource)
        penalty = add_l2_loss(0.5, include=["w", v])
        total = total_loss(b * 1.0)
        assert tf.get_collection("losses")[0] is penalty
        assert penalty.op.name == "weights_norm"
        # 0.5 * (25 + 4) / 2 = 7.25
        assert value_of([penalty, total]) == [7.25, 15.25]
        gradients = value_of(tf.gradients(total, [w, v, b]))
        np.testing.assert_array_equal(gradients[0], [1.5, 2.0])
        assert gradients[1:] == [1.0, 1.0]


def test_the_documented_form_s_empty_collection_is_an_error_that_says_what_to_do():
    with tf.Graph().as_default():
        w = variable("w", 2.0)
        documented = tf.reduce_sum(
            0.1 * tf.stack([tf.nn.l2_loss(each) for each in tf.get_collection("weights")]))
        assert value_of(documented) == 0  # and nothing says that no weight decays
        with pytest.raises(RecipeError) as error:
            add_l2_loss(0.1, variables="weights")
        assert error.value.problems == [
            "the collection 'weights' is empty, and no weight would decay: call "
            "tf.add_to_collection('weights', w) where each weight w is made, or leave `variables` "
            "out to choose from the trainable ones"]
        tf.add_to_collection("weights", w)
        assert value_of(add_l2_loss(0.5, variables="weights")) == 1.0


def test_a_list_of_variables_and_a_collection_of_one_s_own():
    with tf.Graph().as_default():
        w, v = variable("w", 2.0), variable("v", 4.0)
        add_l2_loss(1.0, exclude="w", variables=[w, v], collection="mine")
        assert tf.get_collection("losses") == []
        assert value_of(total_loss(w * 1.0, "mine")) == 10.0


def test_the_factor_may_be_a_tensor_and_keeps_float64_s_digits():
    with tf.Graph().as_default():
        w = variable("w", np.float64(2.0))
        assert value_of(add_l2_loss(0.1)) == 0.2
        factor = tf.placeholder_with_default(0.25, [])
        assert value_of(add_l2_loss(factor, collection="other")) == 0.5
        assert value_of(tf.gradients(tf.get_collection("other")[0], w)) == [0.5]


def test_a_loss_that_tf_losses_has_put_there_counts_once():
    with tf.Graph().as_default():
        w = variable("w", 3.0)
        data = tf.losses.mean_squared_error(tf.ones([]), w)
        add_l2_loss(1.0)
        assert value_of(total_loss(data)) == 4.0 + 4.5
        assert value_of(total_loss()) == 8.5


def test_what_would_decay_nothing_or_twice_is_refused():
    with tf.Graph().as_default():
        variable("hidden1/w", 1.0)
        variable("hidden2/w", np.float64(1.0))
        with pytest.raises(RecipeError, match="types float32, float64, whose losses cannot"):
            add_l2_loss(0.1)
        with pytest.raises(RecipeError, match="no variable is left to decay"):
            add_l2_loss(0.1, exclude="hidden.*")
        add_l2_loss(0.1, include="hidden1")
        with pytest.raises(RecipeError) as error:
            add_l2_loss(0.1, include="hidden1")
        assert error.value.problems == [
            "'hidden1/w' has an L2 loss in 'losses' already, and would decay twice"]


def test_a_sum_without_a_loss_of_the_data_is_refused():
    with tf.Graph().as_default():
        variable("w", [1.0, 2.0])
        with pytest.raises(RecipeError, match="'losses' is empty: give the loss of the data"):
            total_loss()
        add_l2_loss(0.1)
        with pytest.raises(RecipeError, match="holds L2 losses only, and would shrink all weights"):
            total_loss()
