from tf1_recipes import scale_gradient
from tf1_recipes.v1 import tf

x = tf.placeholder(tf.int32, [None])
table = tf.get_variable("table", [1000, 16])
rows = tf.nn.embedding_lookup(scale_gradient(table, 0.1), x)
outputs = tf.layers.dense(rows, 1, name="outputs")
loss = tf.reduce_mean(tf.square(outputs - 1))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train, {x: [3, 5]})  # the table moves at a tenth of the rate
