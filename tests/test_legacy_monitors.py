"""``tf.contrib.learn``'s monitors and experiments, by the numbers of genuine TensorFlow 1.15.5."""

from tests.printed import differing_lines

SCRIPT = """
    import tempfile
    import numpy as np
    import tensorflow as tf
    from tensorflow.contrib import learn
    rows = (np.arange(40).reshape(20, 2) * 7 % 11 / 11.0).astype(np.float32)
    sums = rows.sum(axis=1)

    def model(folder=None):
        return learn.LinearRegressor(
            learn.infer_real_valued_columns_from_input(rows), model_dir=folder,
            optimizer=tf.train.GradientDescentOptimizer(0.1),
            config=learn.RunConfig(save_checkpoints_steps=5))

    def batch():
        return tf.constant(rows), tf.constant(sums)

    watch = learn.monitors.ValidationMonitor(
        rows, sums, every_n_steps=5, early_stopping_rounds=10, check_interval_secs=None,
        early_stopping_metric_minimize=False)
    bias = learn.monitors.CaptureVariable("linear/bias_weight:0", every_n=10)
    model().fit(input_fn=batch, steps=50, monitors=[watch, bias])
    print(watch.best_step, watch.early_stopped, "%.6f" % watch.best_value)
    print(sorted(bias.values))
    found, exported = learn.learn_runner.run(lambda output_dir: learn.Experiment(
        model(output_dir), batch, batch, train_steps=20, eval_steps=1), tempfile.mkdtemp())
    print("%(global_step)d %(loss).6f" % found, exported)
    """


def test_a_script(run_script):
    done = run_script(SCRIPT)
    expected = "5 True 0.075258\n[1, 11]\n20 0.036440 []"
    assert differing_lines(done.stdout, expected) == [], done.stderr
