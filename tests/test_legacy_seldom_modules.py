"""``tf.contrib.integrate``, ``session_bundle`` and ``learn.models``, by hand."""

SCRIPT = """
    import os
    import tensorflow as tf
    from tensorflow.contrib.integrate import odeint, odeint_fixed
    from tensorflow.contrib.learn import models
    from tensorflow.contrib.session_bundle import exporter, gc
    decay = odeint(lambda y, t: -y, tf.constant(1.0, tf.float64), [0, 1, 2])
    cube = odeint_fixed(lambda y, t: 3 * t ** 2, tf.constant(0.0, tf.float64), [0.0, 1.0, 3.0])
    middle = odeint_fixed(lambda y, t: 3 * t ** 2, tf.constant(0.0, tf.float64), [0.0, 1.0],
                          dt=0.6, method="midpoint")
    x = tf.placeholder(tf.float32, [None, 2], "x")
    predictions, loss = models.linear_regression_zero_init(x, tf.constant([1.0, 3.0]))
    step = tf.Variable(7, name="step")
    saver = exporter.Exporter(tf.train.Saver())
    saver.init(default_graph_signature=exporter.regression_signature(x, predictions))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        print(session.run(decay).round(5).tolist(), session.run(cube).round(9).tolist())
        print(session.run(middle).tolist(), session.run(loss, {x: [[1, 2], [3, 4]]}))
        for _ in range(3):
            path = saver.export("exports", step, session, gc.largest_export_versions(2))
            session.run(step.assign_add(1))
    print(path, sorted(os.listdir("exports")), sorted(os.listdir(path)))
    """


def test_a_script(run_script):
    done = run_script(SCRIPT)
    assert done.lines == [
        # exp(-1) and exp(-2); t^3, of which a method of order 4 misses nothing.
        "[1.0, 0.36788, 0.13534] [0.0, 1.0, 27.0]",
        # Two steps of 1/2, each 3 (the middle)^2 / 2: 3/2 (1/16 + 9/16). The loss: (1 + 9) / 2.
        "[0.0, 0.9375] 5.0",
        "b'exports/00000009' ['00000008', '00000009'] [b'checkpoint', "
        "b'export.data-00000-of-00001', b'export.index', b'export.meta']",
    ], done.stderr
