"""The names that the variables of cells had in TensorFlow 1.0 and 1.1: weights and biases.

    rnn/basic_lstm_cell/weights     since 1.2: rnn/basic_lstm_cell/kernel
    rnn/basic_lstm_cell/biases                 rnn/basic_lstm_cell/bias

All else about them is as in 1.4, as of which such a script is run.
"""
from tf1_recipes.legacy.patch import patch


@patch("cells' variables are called weights and biases", after="tensorflow",
       since="1.0", until="1.1")
def cell_names(changes, tensorflow):
    from tf_keras.src.layers.rnn import legacy_cells

    from tf1_recipes.legacy.contrib.rnn import core_rnn_cell

    for module in (legacy_cells, core_rnn_cell):
        changes.put(module, "_WEIGHTS_VARIABLE_NAME", "weights")
        changes.put(module, "_BIAS_VARIABLE_NAME", "biases")
