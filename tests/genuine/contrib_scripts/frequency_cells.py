"""tf.contrib.rnn's cells that go over the frequencies of a step."""
import cases
import tensorflow as tf
from cases import numbers
from tensorflow.contrib import rnn

INPUTS = numbers("inputs", 3, 2, 6)


def over(cell, **options):
    def build():
        tf.set_random_seed(5)
        made = cell(4, **options)
        output, state = tf.nn.static_rnn(
            made, tf.unstack(tf.constant(INPUTS), axis=1), dtype=tf.float32)
        return list(output) + (list(state) if isinstance(state, tuple) else [state])
    return build


def step(**options):
    def build():
        tf.set_random_seed(5)
        cell = rnn.TimeFreqLSTMCell(4, feature_size=2, frequency_skip=2, **options)
        return list(cell(tf.constant(INPUTS[:, 0]), tf.constant(numbers("state", 3, 24))))
    return build


def grid(**options):
    return over(rnn.GridLSTMCell, feature_size=2, frequency_skip=2, num_frequency_blocks=[3],
                **options)


CASES = {
    "time and frequency": step(),
    "with peepholes": step(use_peepholes=True, cell_clip=0.1, forget_bias=0.5),
    "in shards": step(num_unit_shards=2),
    "grid": grid(),
    "grid, one state": grid(state_is_tuple=False),
    "grid, coupled": grid(couple_input_forget_gates=True, use_peepholes=True),
    "grid, shared": grid(share_time_frequency_weights=True, use_peepholes=True, cell_clip=0.2),
    "grid, peepholes": grid(use_peepholes=True, num_unit_shards=2),
    "grid, blocks": over(rnn.GridLSTMCell, feature_size=2, frequency_skip=1,
                         num_frequency_blocks=[2, 3], start_freqindex_list=[0, 2],
                         end_freqindex_list=[3, 6]),
}
cases.main(CASES, initial=("grid, peepholes", "grid, blocks", "with peepholes"))
