"""Scripts that ask for eager execution, against what TensorFlow 1.15.5 printed of them."""

from tests.printed import differing_lines

EAGER = """
import numpy as np
import tensorflow as tf
tf.enable_eager_execution()
a = tf.constant(2)
b = tf.add(a, 3)
print(b, tf.concat([[1], [2]], 0).numpy(), tf.executing_eagerly())
c = tf.constant([[2., 1.]])
d = np.array([[3., 0.], [5., 1.]], dtype=np.float32)
print(tf.matmul(c, d), c + d)
print(tf.split([1, 2, 3, 4], 2)[0].numpy())
for x in tf.data.Dataset.from_tensor_slices([1, 2]).batch(2):
    print(x)
v = tf.Variable(3.)
with tf.GradientTape() as tape:
    y = v * v
print(tape.gradient(y, v))
o = tf.train.GradientDescentOptimizer(0.1)
o.apply_gradients([(tf.constant(1.), v)])
print(v.numpy())
o.minimize(lambda: v * v)
print(v.numpy())
dense = tf.layers.Dense(2, kernel_initializer=tf.ones_initializer())
print(dense(c))
print(tf.keras.layers.Dense(1, kernel_initializer="ones")(c))
o = tf.train.AdamOptimizer()
o.minimize(lambda: tf.reduce_sum(dense(c)))
print(dense.kernel.numpy())
tf.set_random_seed(3)
print(tf.random_normal([2]).numpy(), tf.random.normal([1]).numpy())
print(tf.random_uniform([2], seed=4).numpy())
print(tf.get_variable("w", [2]).numpy())
print(tf.nn.dropout(tf.ones([4]), 0.5).numpy())
print(tf.keras.layers.Dense(2)(tf.ones([1, 2])).numpy())
print(tf.reduce_sum([1, 2]), tf.squeeze([[1]]))
print(tf.where([True, False]), tf.losses.mean_squared_error([1.], [2.]))
"""
OF_EAGER = """\
tf.Tensor(5, shape=(), dtype=int32) [1 2] True
tf.Tensor([[11.  1.]], shape=(1, 2), dtype=float32) tf.Tensor(
[[5. 1.]
 [7. 2.]], shape=(2, 2), dtype=float32)
[1 2]
tf.Tensor([1 2], shape=(2,), dtype=int32)
tf.Tensor(6.0, shape=(), dtype=float32)
2.9
2.3200002
tf.Tensor([[3. 3.]], shape=(1, 2), dtype=float32)
tf.Tensor([[3.]], shape=(1, 1), dtype=float32)
[[0.999 0.999]
 [0.999 0.999]]
[-0.8296372 -1.8266271] [1.6663145]
[0.9237367  0.37043047]
[-0.35952216  0.7060987 ]
[2. 0. 0. 2.]
[[ 0.20284963 -2.006453  ]]
tf.Tensor(3, shape=(), dtype=int32) tf.Tensor(1, shape=(), dtype=int32)
tf.Tensor([[0]], shape=(1, 1), dtype=int64) tf.Tensor(1.0, shape=(), dtype=float32)
"""

CONTRIB = """
import numpy as np
import tensorflow as tf

tfe = tf.contrib.eager
tfe.enable_eager_execution()
tf.set_random_seed(3)
print(tfe.executing_eagerly(), tfe.num_gpus(), tf.add(2, tf.constant(3)), tf.concat([[1], [2]], 0))
w = tfe.Variable(2.0, name="w")
b = tfe.Variable(tf.random_normal([]))
x = tf.constant([1.0, 2.0])


def loss(x, y):
    return tf.reduce_mean(tf.square(w * x + b - y))


gradients = tfe.implicit_gradients(loss)
optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
for step in range(3):
    optimizer.apply_gradients(gradients(x, [1.0, 0.0]))
    print(step, "%.5f %.5f %.5f" % (loss(x, [1.0, 0.0]), w.numpy(), b.numpy()))
value, pairs = tfe.implicit_value_and_gradients(loss)(x, 1.0)
print("%.4f" % value, [("%.4f" % each, variable.name) for each, variable in pairs])
print(tfe.gradients_function(lambda a: a * a)(3.0)[0].numpy(),
      [each[0].numpy() if isinstance(each, list) else each.numpy()
       for each in tfe.value_and_gradients_function(lambda a: a * a)(3.0)])
data = tf.data.Dataset.from_tensor_slices((np.arange(4.0), np.arange(4))).batch(3)
iterator = tfe.Iterator(data)
print([each.numpy().tolist() for each in iterator.next()])
for inputs, labels in tfe.Iterator(data):
    print(inputs.shape, labels.numpy())


class Net(tfe.Network):
    def __init__(self):
        super(Net, self).__init__()
        self.first = self.track_layer(tf.layers.Dense(2, activation=tf.tanh))
        self.last = self.track_layer(tf.layers.Dense(1))

    def call(self, x):
        return self.last(self.first(x))


net = Net()
print("%.5f" % net(tf.ones([1, 2])), len(net.layers), len(net.variables))
adam = tf.train.AdamOptimizer(0.1)
step = tfe.implicit_gradients(lambda: tf.reduce_sum(net(tf.ones([1, 2])) ** 2))
adam.apply_gradients(step())
print("%.5f" % net(tf.ones([1, 2])), [each.name for each in net.variables])
mean, right = tfe.metrics.Mean("m"), tfe.metrics.Accuracy()
mean([1.0, 2.0])
mean(6.0)
mean([1.0, 5.0], weights=[1.0, 0.0])
right(labels=[1, 2, 3], predictions=[1, 2, 0])
print(mean.result().numpy(), right.result().numpy(), right.result().dtype.name)
mean.init_variables()
mean(4.0)
sparse, most = tfe.metrics.SparseAccuracy(), tfe.metrics.CategoricalAccuracy()
sparse([0, 1], [[0.6, 0.4], [0.9, 0.1]])
most([[1, 0]], [[0.6, 0.4]])
print(mean.result().numpy(), sparse.result().numpy(), most.result().numpy())
saver = tfe.Saver([w, b])
path = saver.save("./saved", global_step=7)
kept = w.numpy()
w.assign(0.0)
saver.restore(path)
print(path, w.numpy() == kept)
square = tfe.defun(lambda a: a * a)
print(square(tf.constant(3.0)).numpy(), tfe.py_func(lambda a: a + 1, [x], tf.float32).numpy())
print(tf.get_variable("g", [2], initializer=tf.ones_initializer()).numpy())
"""
OF_CONTRIB = """\
True 0 tf.Tensor(5, shape=(), dtype=int32) tf.Tensor([1 2], shape=(2,), dtype=int32)
0 1.50865 1.34889 -1.16371
1 2.10382 0.53756 -1.53630
2 4.20849 0.09947 -1.62564
6.1352 [('-7.3796', 'w:0'), ('-4.9529', 'Variable:0')]
6.0 [9.0, 6.0]
[[0.0, 1.0, 2.0], [0, 1, 2]]
(3,) [0 1 2]
(1,) [3]
-0.35765 2 4
-0.01030 ['net/dense/kernel:0', 'net/dense/bias:0', 'net/dense_1/kernel:0', 'net/dense_1/bias:0']
2.5 0.6666666666666666 float64
4.0 0.5 1.0
./saved-7 True
9.0 [2. 3.]
[1. 1.]
"""


def test_eager_execution_where_a_script_asks_for_it(run_script):
    """Names of the table are served in it, too, and random values are those of then."""
    # To the last digit: no product here adds more than two numbers that are not whole.
    assert run_script(EAGER, check=True).stdout == OF_EAGER


def test_contrib_eager(run_script):
    """Gradients of functions, iterators, networks, metrics, and a saver without a session."""
    assert differing_lines(run_script(CONTRIB, check=True).stdout, OF_CONTRIB) == []
