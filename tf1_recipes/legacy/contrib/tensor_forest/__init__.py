"""``tf.contrib.tensor_forest``: extremely random forests, whose kernels are in no later release.

The trees grow in NumPy. By the same seed they are those that 1.15.5 grows on one thread (1.7.1 grew
others by it); without a seed, as by default, they were other ones in each run, and are so here.
"""
