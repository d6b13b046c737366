"""``tf.contrib.sparsemax``, ``resampler``, ``predictor`` and ``cudnn_rnn``, by hand."""

SCRIPT = """
    import tensorflow as tf
    from tensorflow.contrib import cudnn_rnn, predictor
    from tensorflow.contrib.resampler import resampler
    from tensorflow.contrib.sparsemax import sparsemax, sparsemax_loss
    logits = tf.constant([[1.0, 0.8, 0.1], [0.2, 2.0, 0.5]])
    shares = sparsemax(logits)
    loss = sparsemax_loss(logits, shares, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    image = tf.reshape(tf.constant([1.0, 2.0, 3.0, 4.0]), [1, 2, 2, 1])
    values = resampler(image, [[[0.5, 0.5], [-0.5, 0.0], [1.0, 1.5], [5.0, 5.0]]])
    x = tf.placeholder(tf.float32, [None], "x")
    weight = tf.Variable(3.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        print(session.run(shares).round(6).tolist(), session.run(loss).round(6).tolist())
        print(session.run(values).ravel().tolist())
        tf.saved_model.simple_save(session, "model", {"x": x}, {"y": x * weight})
    predict = predictor.from_saved_model("model")
    print(predict({"x": [1, 2]})["y"].tolist())
    for wrong in (lambda: predict({"z": 1}),
                  lambda: predictor.from_saved_model("model", signature_def_key="other")):
        try:
            wrong()
        except ValueError as error:
            print(str(error).splitlines()[0])
    cell = cudnn_rnn.CudnnCompatibleGRUCell(2)
    tf.nn.dynamic_rnn(cell, tf.zeros([1, 1, 3]), dtype=tf.float32)
    print([(variable.name[4:], variable.shape.as_list()) for variable in cell.variables[2:4]])
    cudnn_rnn.CudnnLSTM
    """


def test_a_script(run_script):
    done = run_script(SCRIPT)
    assert done.lines == [
        # Of the first row the two largest have a share: z - (1.0 + 0.8 - 1) / 2.
        "[[0.6000000238418579, 0.4000000059604645, 0.0], [0.0, 1.0, 0.0]] "
        "[0.1599999964237213, 0.0]",
        "[2.5, 0.5, 2.0, 0.0]",
        "[3.0, 6.0]",
        "Got unexpected keys in input_dict: {'z'}",
        'Got signature_def_key "other". Available signatures are [\'serving_default\'].',
        "[('cudnn_compatible_gru_cell/candidate/input_projection/kernel:0', [3, 2]), "
        "('cudnn_compatible_gru_cell/candidate/hidden_projection/kernel:0', [2, 2])]",
    ], done.stderr
    assert "CudnnLSTM is not served" in done.stderr and "run on a GPU only" in done.stderr
