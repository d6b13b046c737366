"""A8: `DiscriminativeAdam` on four layers side by side, trained by Keras."""
from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam
from tf1_recipes.v1 import tf


def run(sessions):
    keras = tf.keras
    problems = (("mse", {"decay": 0.125, "amsgrad": True}),
                (lambda targets, outputs: keras.backend.mean(targets * outputs, axis=-1),
                 {"beta_1": 0.5, "beta_2": 0.75}))
    for session, (loss, settings) in zip(sessions, problems):
        with tf.Graph().as_default(), tf.Session().as_default():
            inputs, outputs = [], []
            for name in ("block1", "block2", "block3", "top"):
                inputs.append(keras.layers.Input((3,), name=name + "_input"))
                outputs.append(keras.layers.Dense(
                    2, name=name, kernel_initializer="zeros",
                    kernel_constraint="non_neg" if name == "block3" else None)(inputs[-1]))
            model = keras.models.Model(inputs, keras.layers.Add(name="outputs")(outputs))
            model.compile(DiscriminativeAdam(model, ["block3", "top"], **settings), loss)
            model.set_weights([session.initial[weight.op.name] for weight in model.weights])
            for _, feeds in session.steps:
                model.train_on_batch([feeds[name] for name in model.input_names],
                                     feeds["outputs_target"])
