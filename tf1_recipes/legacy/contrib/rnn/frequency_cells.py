"""LSTM cells that go over the frequencies of a step, too, from the lowest to the highest."""
from collections import namedtuple

from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import RNNCell, sharded_variable
from tf1_recipes.v1 import tf


def _bands(inputs, size, skip, start, end):
    """Slices of ``size`` numbers, ``skip`` apart, of inputs from ``start`` to ``end``."""
    count = int((end - start - size) / skip) + 1
    return [tf.slice(inputs, [0, start + band * skip], [-1, size]) for band in range(count)]


def _batch_of(inputs):
    size = tf.dimension_value(inputs.shape[0])
    return tf.shape(inputs)[0] if size is None else size


def _vector(name, size, dtype, initializer=None):
    return tf.get_variable(name, shape=[size], initializer=initializer, dtype=dtype)


class TimeFreqLSTMCell(RNNCell):
    """An LSTM over the bands of a step, each given its own last state and the last band's output.

    Li, Mohamed, Zweig and Gong, "LSTM time and frequency recurrence for automatic speech
    recognition", 2015.

    Args:
        num_units: int, of each band.
        use_peepholes: bool.
        cell_clip: float, clips the states, or None.
        initializer: kept.
        num_unit_shards: int, the variables that the weights are kept in.
        forget_bias: float.
        feature_size, frequency_skip: int, the size of a band, and how far apart they begin.
    """

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None,
                 num_unit_shards=1, forget_bias=1.0, feature_size=None, frequency_skip=1,
                 reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units, self._use_peepholes, self._clip = num_units, use_peepholes, cell_clip
        self._shards, self._forget_bias = num_unit_shards, forget_bias
        self._feature_size, self._skip = feature_size, frequency_skip

    @property
    def state_size(self):
        return 2 * self._num_units

    @property
    def output_size(self):
        return self._num_units

    def call(self, inputs, state):
        units, dtype = self._num_units, inputs.dtype
        bands = _bands(inputs, self._feature_size, self._skip, 0, int(inputs.shape[1]))
        weights = sharded_variable(
            "W", [self._feature_size + 2 * units, 4 * units], dtype, self._shards)
        bias = _vector("B", 4 * units, dtype, tf.zeros_initializer())
        diagonals = {gate: _vector("W_%s_diag" % gate, units, dtype)
                     for gate in "FIO"} if self._use_peepholes else {}

        def peep(opening, gate, value):
            return opening + diagonals[gate] * value if diagonals else opening

        output = tf.zeros([_batch_of(inputs), units], dtype)
        outputs, states = [], []
        for band, values in enumerate(bands):
            last = tf.slice(state, [0, 2 * band * units], [-1, units])
            last_output = tf.slice(state, [0, (2 * band + 1) * units], [-1, units])
            i, j, f, o = tf.split(tf.nn.bias_add(tf.matmul(tf.concat(
                [values, last_output, output], 1), weights), bias), 4, axis=1)
            new = tf.sigmoid(peep(f + self._forget_bias, "F", last)) * last \
                + tf.sigmoid(peep(i, "I", last)) * tf.tanh(j)
            if self._clip is not None:
                new = tf.clip_by_value(new, -self._clip, self._clip)
            output = tf.sigmoid(peep(o, "O", new)) * tf.tanh(new)
            outputs.append(output)
            states += [new, output]
        return tf.concat(outputs, 1), tf.concat(states, 1)


class GridLSTMCell(RNNCell):
    """A grid of LSTMs, along time and along frequency, each with weights and a state of its own.

    Kalchbrenner, Danihelka and Graves, "Grid long short-term memory", 2015.

    Args:
        num_units, use_peepholes, cell_clip, initializer, num_unit_shards, forget_bias,
        feature_size, frequency_skip: see `TimeFreqLSTMCell`.
        share_time_frequency_weights: bool, both have the same weights.
        num_frequency_blocks: list of int, the number of bands of each block.
        start_freqindex_list, end_freqindex_list: lists of int, where the blocks begin and end.
        couple_input_forget_gates: bool, one is 1 less the other.
        state_is_tuple: bool.
    """

    def __init__(self, num_units, use_peepholes=False, share_time_frequency_weights=False,
                 cell_clip=None, initializer=None, num_unit_shards=1, forget_bias=1.0,
                 feature_size=None, frequency_skip=None, num_frequency_blocks=None,
                 start_freqindex_list=None, end_freqindex_list=None,
                 couple_input_forget_gates=False, state_is_tuple=True, reuse=None):
        super().__init__(_reuse=reuse)
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        if not start_freqindex_list and len(num_frequency_blocks) != 1:
            raise ValueError("Length of num_frequency_blocks is not 1, but instead is %d"
                             % len(num_frequency_blocks))
        self._num_units, self._use_peepholes, self._clip = num_units, use_peepholes, cell_clip
        self._shared, self._coupled = share_time_frequency_weights, couple_input_forget_gates
        self._shards, self._forget_bias = num_unit_shards, forget_bias
        self._feature_size, self._skip = feature_size, frequency_skip
        self._blocks = list(num_frequency_blocks)
        self._starts, self._ends = start_freqindex_list, end_freqindex_list
        names = ["state_f%02d_b%02d_%s" % (band, block, part)
                 for block, count in enumerate(self._blocks) for band in range(count)
                 for part in "cm"]
        self.state_tuple_type = namedtuple("GridLSTMStateTuple", names) if state_is_tuple else None
        self._states = len(names)

    @property
    def state_size(self):
        sizes = [self._num_units] * self._states
        return self.state_tuple_type(*sizes) if self.state_tuple_type else sum(sizes)

    @property
    def output_size(self):
        return self._num_units * self._states

    def call(self, inputs, state):
        batch, size = _batch_of(inputs), int(inputs.shape[1])
        # All slices first of all, for the seeds of the variables.
        bands = [_bands(inputs, self._feature_size, self._skip, start, end)
                 for start, end in zip(self._starts or [0], self._ends or [size])]
        outputs, states = [], []
        for block, own in enumerate(bands):
            if len(own) != self._blocks[block]:
                raise ValueError(
                    "Invalid num_frequency_blocks, requires %d but gets %d, please check the input "
                    "size and filter config are correct." % (self._blocks[block], len(own)))
            self._go(own, block, state, batch, outputs, states)
        return tf.concat(outputs, 1), self.state_tuple_type(*states) if self.state_tuple_type \
            else tf.concat(states, 1)

    def _variables(self, block, dtype):
        """Returns {direction: (weights, bias)}, and what adds its peepholes to a gate."""
        gates = (3 if self._coupled else 4) * self._num_units
        directions = {"freq": "f"} if self._shared else {"freq": "f", "time": "t"}
        layers = {direction: (sharded_variable(
            "W_%s_%d" % (short, block), [self._feature_size + 2 * self._num_units, gates], dtype,
            self._shards), _vector("B_%s_%d" % (short, block), gates, dtype,
                                   tf.zeros_initializer()))
            for direction, short in directions.items()}
        diagonals = {
            (gate, direction, of): _vector("W_%s_diag_%s%s_%d" % (gate, direction, of, block),
                                           self._num_units, dtype)
            for direction in directions for gate in ("IO" if self._coupled else "FIO")
            for of in "ft"} if self._use_peepholes else {}

        def peep(opening, gate, direction, of_frequency, of_time):
            if not diagonals:
                return opening
            direction = "freq" if self._shared else direction
            return opening + diagonals[gate, direction, "f"] * of_frequency \
                + diagonals[gate, direction, "t"] * of_time

        return layers, peep

    def _go(self, bands, block, state, batch, outputs, states):
        """Goes over the bands of a block."""
        units = self._num_units
        layers, peep = self._variables(block, bands[0].dtype)
        output, of_frequency = (tf.zeros([batch, units], bands[0].dtype) for _ in range(2))
        for band, values in enumerate(bands):
            if self.state_tuple_type:
                prefix = "state_f%02d_b%02d_" % (band, block)
                of_time, last = getattr(state, prefix + "c"), getattr(state, prefix + "m")
            else:
                of_time = tf.slice(state, [0, 2 * band * units], [-1, units])
                last = tf.slice(state, [0, (2 * band + 1) * units], [-1, units])
            rows = tf.concat([values, last, output], 1)
            products = {direction: tf.split(
                tf.nn.bias_add(tf.matmul(rows, weights), bias), 3 if self._coupled else 4, axis=1)
                for direction, (weights, bias) in layers.items()}
            products.setdefault("time", products["freq"])
            new = {}
            for direction, old in (("freq", of_frequency), ("time", of_time)):
                i, j, f = products[direction][:3]
                write = tf.sigmoid(peep(i, "I", direction, of_frequency, of_time))
                keep = 1.0 - write if self._coupled else tf.sigmoid(peep(
                    f + self._forget_bias, "F", direction, of_frequency, of_time))
                value = keep * old + write * tf.tanh(j)
                new[direction] = value if self._clip is None else tf.clip_by_value(
                    value, -self._clip, self._clip)
            results = {direction: tf.sigmoid(peep(
                products[direction][-1], "O", direction, new["freq"], new["time"])) * tf.tanh(
                    new[direction]) for direction in new}
            output, of_frequency = results["freq"], new["freq"]
            outputs += [results["time"], results["freq"]]
            states += [new["time"], results["time"]]
