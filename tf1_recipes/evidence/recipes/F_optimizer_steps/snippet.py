import numpy as np

from tf1_recipes import numpy_optimizer
from tf1_recipes.v1 import tf

w = tf.get_variable("w", initializer=[1.0, -2.0])
loss = tf.reduce_sum(tf.square(w))
train = tf.train.AdamOptimizer(0.01).minimize(loss)

twin = numpy_optimizer("Adam", learning_rate=0.01)
value = np.float32([1.0, -2.0])
value, slots = twin.update(value, 2 * value, twin.initial(value))

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train)
    print(session.run(w), value)  # TensorFlow's step and the twin's
