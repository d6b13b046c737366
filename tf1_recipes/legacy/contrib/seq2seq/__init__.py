"""``tf.contrib.seq2seq``: decoders in a loop, what feeds them, attention and beam search.

Variables are named, and values computed and drawn, in the order of TensorFlow 1.15.5.
"""
