import numpy as np
import pytest

from tf1_recipes.graph.scalars import problem_with
from tf1_recipes.v1 import tf


@pytest.mark.parametrize("number", [
    0, 1.5, -2, np.float32(0.1), np.int64(3), np.array(0.5), np.float16(1)])
def test_numbers_are_right(number):
    assert problem_with(number) is None


@pytest.mark.parametrize("wrong, problem", [
    (True, "is True: it must be a number or a scalar tensor"),
    (None, "is None: it must be a number or a scalar tensor"),
    ("0.1", "is '0.1': it must be a number or a scalar tensor"),
    (np.array([0.1]), "has the shape (1,): it must be a scalar"),
    (np.bool_(True), "is True: it must be a number or a scalar tensor"),
    (float("-inf"), "is -inf: it must be finite"),
])
def test_what_is_wrong_is_said(wrong, problem):
    assert problem_with(wrong) == problem


def test_tensors_and_variables():
    with tf.Graph().as_default():
        assert problem_with(tf.placeholder(tf.float32, [])) is None
        assert problem_with(tf.placeholder(tf.float32)) is None
        assert problem_with(tf.get_variable("rate", initializer=0.1)) is None
        assert problem_with(tf.constant(2)) is None
        assert problem_with(tf.constant(float("nan"))) == "is nan: it must be finite"
        assert problem_with(tf.ones([2, 1])) == "has the shape (2, 1): it must be a scalar"
        assert problem_with(tf.constant("a")) == "is a tensor of type string: it must be a number"
