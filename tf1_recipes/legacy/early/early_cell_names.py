"""The names that the variables of cells had in TensorFlow 1.0 and 1.1: weights and biases.

    rnn/basic_lstm_cell/weights     since 1.2: rnn/basic_lstm_cell/kernel
    rnn/basic_lstm_cell/biases                 rnn/basic_lstm_cell/bias

All else about them is as in 1.4, as of which such a script is run.
"""
_RELEASES = ("1.0", "1.1")
_NAMES = {"_WEIGHTS_VARIABLE_NAME": "weights", "_BIAS_VARIABLE_NAME": "biases"}


def restore(as_of):
    """Gives cells the names of then.

    Args:
        as_of: str, the release that was asked for, such as "1.1.0", or None.
    """
    if ".".join((as_of or "").split(".")[:2]) not in _RELEASES:
        return
    from tf_keras.src.layers.rnn import legacy_cells

    from tf1_recipes.legacy.contrib.rnn import core_rnn_cell

    for module in (legacy_cells, core_rnn_cell):
        for name, then in _NAMES.items():
            setattr(module, name, then)
