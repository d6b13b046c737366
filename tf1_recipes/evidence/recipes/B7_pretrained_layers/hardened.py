"""B7: `layerwise_autoencoders` and `max_margin_loss`, each followed by `plan_restore`."""
import os
import tempfile

from tf1_recipes.evidence import training
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.transfer.max_margin import max_margin_loss
from tf1_recipes.transfer.pretraining import layerwise_autoencoders
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf


def run(sessions):
    def hidden(initial, name, inputs):
        kernel, bias = training.variables(initial, name + "/kernel", name + "/bias")
        return tf.nn.relu(tf.matmul(inputs, kernel) + bias)

    def by_autoencoders(initial):
        inputs = tf.placeholder(tf.float32, [None, 8], name="X")
        hidden1 = hidden(initial, "hidden1", inputs)
        hidden2 = hidden(initial, "hidden2", hidden1)
        phases = layerwise_autoencoders(inputs, [hidden1], training.descent)
        phases += layerwise_autoencoders(hidden1, [hidden2], training.descent, decoder="tied")
        return [phase.train_op for phase in phases for _ in range(4)]

    def by_max_margin(initial):
        def score(name):
            inputs = tf.placeholder(tf.float32, [None, 8], name=name)
            below = hidden(initial, "hidden2", hidden(initial, "hidden1", inputs))
            kernel, bias = training.variables(initial, "score/kernel", "score/bias")
            return tf.matmul(below, kernel) + bias

        good = score("X")
        with tf.variable_scope(tf.get_variable_scope(), reuse=True):
            bad = score("corrupted")
        optimizer = GroupedOptimizer([(training.descent(), ".*")])
        return optimizer.minimize(max_margin_loss(good, bad, 0.05))

    for pretrain, before, after in zip(
            (by_autoencoders, by_max_margin), sessions[::2], sessions[1::2]):
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = os.path.join(folder, "pretrained.ckpt")
            with tf.Graph().as_default():
                # Under TF_DETERMINISTIC_OPS a decoder without a seed is refused, though its
                # initial values come from the trace.
                tf.set_random_seed(0)
                training.train(before, pretrain(before.initial),
                               training.start_at(before.initial), checkpoint)
            with tf.Graph().as_default():
                train = training.descent().minimize(training.relu_net(after.initial))
                training.train(after, train, plan_restore(checkpoint, include="hidden[12]").restore)
