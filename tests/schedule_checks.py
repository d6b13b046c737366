"""What the tests of all learning-rate schedules need: the rates, and how far apart they are."""
import numpy as np
from hypothesis import strategies as st

from tf1_recipes.v1 import tf

SMALLEST = np.finfo(np.float32).tiny  # below it are no normal floats, which TensorFlow takes for 0


def rates(schedule, steps):
    """A schedule, or any function of a step tensor, at steps that are fed as int64."""
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(tf.int64, [])
        rate = schedule(step)
        assert rate.dtype == tf.float32
        return np.array([session.run(rate, {step: int(each)}) for each in steps])


def ulps(found, expected):
    """How many float32 numbers lie between two rates, at most."""
    found, expected = (np.where(np.abs(each) < SMALLEST, np.float32(0), each).astype(np.float32)
                       for each in (found, expected))
    bits = [each.view(np.int32).astype(np.int64) for each in (found, expected)]
    places = [np.where(each < 0, -2 ** 31 - each, each) for each in bits]
    return int(np.max(np.abs(places[0] - places[1])))


def ulps_of(scale, found, expected):
    """The largest difference, in units of the last place of a number of this size."""
    difference = np.abs(np.float64(found) - np.float64(expected))
    return float(np.max(difference) / np.spacing(np.float32(scale)))


def around(*boundaries):
    """The steps at, before and after every boundary."""
    return sorted({max(int(np.ceil(boundary)) + offset, 0)
                   for boundary in boundaries for offset in (-1, 0, 1)})


def boundaries_of(period):
    """A strategy for some steps around the multiples of a period, small ones and about 10^9."""
    multiples = st.one_of(st.integers(0, 20),
                          st.integers(10 ** 9 // period - 2, 10 ** 9 // period + 2))
    return st.lists(multiples, min_size=1, max_size=3).map(
        lambda numbers: around(*[number * period for number in numbers]))


# Not floats in a range, of which hypothesis on Python 3.7 at times throws most away.
initial_rates = st.integers(1, 10 ** 7).map(lambda millionths: millionths / 10 ** 6)
periods = st.one_of(st.integers(1, 3), st.integers(1, 10 ** 6))
