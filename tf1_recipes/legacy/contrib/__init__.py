"""``tf.contrib``: what scripts use of it."""
