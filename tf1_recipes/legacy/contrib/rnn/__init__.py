"""``tf.contrib.rnn``: the cells that only it had, a kind in each file.

The others, those of ``tf.nn.rnn_cell`` as well, are today's. Variables are named and initialized,
and outputs computed, as in TensorFlow 1.15.5.
"""
