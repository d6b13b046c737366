"""PyTorch's own layers and `plan_restore` of their state: the same outputs, in float64.

Both sides add the same products, in another order: 1e-12 of the largest output is far above what
float64 rounds, and far below what a wrong order does.
"""
import numpy as np
import pytest

from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
OIHW = (2, 3, 1, 0)


@pytest.fixture(autouse=True)
def graph():
    torch.manual_seed(0)
    with tf.Graph().as_default() as graph:
        yield graph


def agree(net, image, output, plan, shape=(2, 3, 8, 8)):
    """Whether PyTorch's net and the graph with its weights compute the same of images."""
    images = torch.randn(shape, dtype=torch.float64)
    expected = net(images).detach().numpy()
    with tf.Session() as session:
        plan.restore(session)
        found = session.run(output, {image: images.numpy().transpose(0, 2, 3, 1)})
    if found.ndim == 4:
        found = found.transpose(0, 3, 1, 2)
    return np.abs(found - expected).max() <= 1e-12 * np.abs(expected).max()


def variable(name, *shape):
    return tf.get_variable(name, shape, tf.float64)


def conv(inputs, name, *shape):
    return tf.nn.bias_add(
        tf.nn.conv2d(inputs, variable(name + "/kernel", *shape), [1, 1, 1, 1], "VALID"),
        variable(name + "/bias", shape[-1]))


def flattened_net():
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.MaxPool2d(2), torch.nn.Flatten(),
                              torch.nn.Linear(36, 5)).double()
    image = tf.placeholder(tf.float64, [None, 8, 8, 3])
    pooled = tf.nn.max_pool2d(conv(image, "conv1", 3, 3, 3, 4), 2, 2, "VALID")
    output = tf.nn.bias_add(tf.matmul(tf.reshape(pooled, [-1, 36]), variable("fc6/kernel", 36, 5)),
                            variable("fc6/bias", 5))
    return net, image, output


RENAMED = {r"0\.weight": "conv1/kernel", r"0\.bias": "conv1/bias", r"3\.weight": "fc6/kernel",
           r"3\.bias": "fc6/bias"}


def test_a_flattened_convolution_computes_the_same_once_its_order_is_declared():
    net, image, output = flattened_net()
    options = {"names": RENAMED, "transpose": {"conv1/kernel": OIHW, "fc6/kernel": True}}
    problem, = plan_restore(net.state_dict(), **options).problems
    assert "declare the array's order, flattened={'fc6/kernel': 'channels_first'}" in problem
    plan = plan_restore(net.state_dict(), flattened={"fc6/kernel": "channels_first"}, **options)
    assert agree(net, image, output, plan)
    wrong = plan_restore(net.state_dict(), flattened={"fc6/kernel": "channels_last"}, **options)
    assert not agree(net, image, output, wrong)


def test_the_same_by_rules():
    net, image, output = flattened_net()
    plan = plan_restore(net.state_dict(), rules=[
        {"a": "0.weight", "b": "conv1/kernel", "transpose": OIHW},
        {"a": "3.weight", "b": "fc6/kernel", "change_a": [
            {"reshape": [5, 4, 3, 3]}, {"transpose": OIHW}, {"reshape": [36, 5]}]},
        {"a": "0.bias", "b": "conv1/bias"}, {"a": "3.bias", "b": "fc6/bias"}])
    assert agree(net, image, output, plan)


def test_depthwise_and_transposed_convolutions_compute_the_same():
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 3, groups=3, bias=False),
        torch.nn.ConvTranspose2d(6, 2, 2, stride=2, bias=False)).double()
    image = tf.placeholder(tf.float64, [None, 8, 8, 3])
    inner = tf.nn.depthwise_conv2d(image, variable("depthwise", 3, 3, 3, 2), [1, 1, 1, 1], "VALID")
    output = tf.nn.conv2d_transpose(inner, variable("up", 2, 2, 2, 6), [2, 12, 12, 2],
                                    [1, 2, 2, 1], "VALID")
    plan = plan_restore(net.state_dict(), rules=[
        {"a": "0.weight", "b": "depthwise",
         "change_a": [{"reshape": [3, 2, 3, 3]}, {"transpose": [2, 3, 0, 1]}]},
        {"a": "1.weight", "b": "up", "transpose": OIHW}])
    assert agree(net, image, output, plan)


def test_batch_normalisation_computes_the_same():
    net = torch.nn.Sequential(torch.nn.BatchNorm2d(3)).double()
    net(torch.randn(4, 3, 8, 8, dtype=torch.float64) * 3 + 1)  # moves the statistics
    net.eval()
    image = tf.placeholder(tf.float64, [None, 8, 8, 3])
    gamma, beta, mean, variance = (variable("bn/" + name, 3) for name in (
        "gamma", "beta", "moving_mean", "moving_variance"))
    output = tf.nn.batch_normalization(image, mean, variance, beta, gamma, 1e-5)
    plan = plan_restore(net.state_dict(), names={
        r"0\.weight": "bn/gamma", r"0\.bias": "bn/beta", r"0\.running_mean": "bn/moving_mean",
        r"0\.running_var": "bn/moving_variance"})
    assert agree(net, image, output, plan)


def test_an_lstm_computes_the_same_in_a_cell_of_tensorflow_1():
    net = torch.nn.LSTM(3, 2, batch_first=True).double()
    inputs = torch.randn(4, 5, 3, dtype=torch.float64)
    expected = net(inputs)[0][:, -1].detach().numpy()
    sequence = tf.placeholder(tf.float64, [4, 5, 3])
    kernel, bias = variable("rnn/lstm_cell/kernel", 5, 8), variable("rnn/lstm_cell/bias", 8)
    state = memory = tf.zeros([4, 2], tf.float64)
    for step in range(5):  # rnn_cell_impl.py's LSTMCell, forget_bias=1.0
        i, j, f, o = tf.split(tf.matmul(tf.concat([sequence[:, step], state], 1), kernel) + bias,
                              4, 1)
        memory = tf.sigmoid(f + 1.0) * memory + tf.sigmoid(i) * tf.tanh(j)
        state = tf.sigmoid(o) * tf.tanh(memory)
    order = [0, 2, 1, 3]
    plan = plan_restore(net.state_dict(), rules=[
        {"a": ["weight_ih_l0", "weight_hh_l0"], "b": "rnn/lstm_cell/kernel",
         "change_a": [{"transpose": True}, {"concat": 0}, {"order": order, "axis": 1}]},
        {"a": ["bias_ih_l0", "bias_hh_l0"], "b": "rnn/lstm_cell/bias",
         "change_a": [{"sum": True}, {"order": order, "axis": 0},
                      {"add": [0, 0, -1.0, 0], "axis": 0}]}])
    assert plan.problems == []
    with tf.Session() as session:
        plan.restore(session)
        found = session.run(state, {sequence: inputs.numpy()})
    np.testing.assert_allclose(found, expected, rtol=1e-12)
