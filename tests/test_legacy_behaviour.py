"""What a script does beside TensorFlow: flags, figures, queues, files, signals."""
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tf1_recipes.legacy.flags import _FlagValues

FLAGS = """
    from __future__ import print_function
    import sys
    import tensorflow as tf
    flags = tf.app.flags
    FLAGS = flags.FLAGS
    flags.DEFINE_string("log_dir", "logs", "100% of it")
    flags.DEFINE_integer("n", 3, "n")
    flags.DEFINE_float("rate", 0.1, "rate")
    flags.DEFINE_boolean("use", True, "use")
    flags.DEFINE_bool("off", False, "off")
    FLAGS._parse_flags()
    for name, value in sorted(FLAGS.__flags.items()):
        print(name.upper(), value)
    FLAGS.n = 9
    FLAGS.never_defined = [1]
    print(FLAGS.n, FLAGS.never_defined, getattr(FLAGS, "absent", None))
    print(sorted(FLAGS.__dict__["__flags"]))
    def main(arguments):
        print(arguments, FLAGS.n, FLAGS.use)
        return 3
    tf.app.run()
    """
# Printed by TensorFlow 0.12.1 on Python 2.7: python script.py --n 4 --rate=5 --nouse --off --x=3 y
OF_0_12 = ["LOG_DIR logs", "N 4", "OFF True", "RATE 5.0", "USE False", "9 [1] None",
           "['log_dir', 'n', 'never_defined', 'off', 'rate', 'use']",
           "['script.py', '--x=3', 'y'] 4 False"]


def test_flags_of_before_1_5(run_script):
    """Reading the flags again, as tf.app.run does, undoes what the script has set."""
    out, err, status = run_script(FLAGS, "--n", "4", "--rate=5", "--nouse", "--off", "--x=3",
                           "y")
    assert (out, status) == (OF_0_12, 3), err
    assert err.splitlines() == ["tf1-recipes: script.py runs as of TensorFlow 1.4.1 "
                   "(line 12: tf.app.flags.FLAGS._parse_flags)"]


def test_flags_are_read_once_at_the_first_use():
    flags = _FlagValues()
    assert not flags.__dict__["__parsed"]
    with pytest.raises(AttributeError, match="^absent$"):
        _ = flags.absent
    assert flags.__dict__["__parsed"]


ABSL = """
    import tensorflow as tf
    tf.flags.DEFINE_string("log_dir", "logs", "where")
    tf.flags.DEFINE_string(flag_name="data", default_value="d", docstring="what")
    FLAGS = tf.flags.FLAGS
    try:
        tf.flags.DEFINE_string("data", "e", "again")
    except Exception as error:
        print(type(error).__name__)
    def main(arguments):
        print(arguments[1:], FLAGS.log_dir, FLAGS.data, FLAGS.flag_values_dict()["data"])
        print(FLAGS.__flags["data"].value)
    if __name__ == "__main__":
        tf.app.run()
    """


def test_flags_of_1_5_and_later(run_script):
    out, err, status = run_script(ABSL, "--data=x", "rest")
    assert (out, status) == (["DuplicateFlagError", "['rest'] logs x x", "x"], 0), err


# --- Figures ---

FIGURES = """
    import os
    import matplotlib
    matplotlib.use("TkAgg")
    import matplotlib.pyplot as plt
    plt.plot([1, 2])
    plt.show()
    print(plt.get_fignums())
    for number in range(2):
        plt.figure()
        plt.plot([number])
    plt.show(block=True)
    plt.ion()
    figure, axes = plt.subplots()
    axes.plot([1])
    plt.draw(), plt.pause(0.001), plt.show(), figure.show(), plt.waitforbuttonpress()
    print(sorted(name for name in os.listdir(".") if name.startswith("figure")))
    """


@pytest.mark.parametrize("backend", ["", "svg"])
def test_figures_are_written_where_there_is_no_screen(tmp_path, run_script, backend):
    (tmp_path / "figure-2.png").write_text("mine")
    out, err, status = run_script(FIGURES, env={"MPLBACKEND": backend} if backend else {})
    assert (out, status) == (
        ["[]", "['figure-1.png', 'figure-2.png', 'figure-3.png', 'figure-4.png']"], 0), err
    assert [line for line in err.splitlines() if "plt.show" in line] == [
        "tf1-recipes: plt.show(): there is no screen: written to figure-%d.png" % number
        for number in (1, 3, 4, 5)]
    assert ("tf1-recipes: plt.waitforbuttonpress(): there is no screen: the script continues"
            in err.splitlines())
    assert (tmp_path / "figure-2.png").read_text() == "mine"
    assert (tmp_path / "figure-5.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_its_import_fails_as_ever(tmp_path, run_script):
    (tmp_path / "matplotlib.py").write_text("raise ImportError('No module named matplotlib')")
    out, err, status = run_script("import matplotlib.pyplot")
    assert status == 1
    assert err.splitlines()[-1].startswith("ImportError: No module named matplotlib")


# --- TensorFlow's own machinery ---

MACHINERY = """
    from __future__ import print_function
    import os, threading
    import numpy as np
    import tensorflow as tf

    # A file, a queue of it, its runners and a coordinator.
    with open("rows.csv", "w") as f:
        f.write("1,2\\n3,4\\n")
    names = tf.train.string_input_producer(["rows.csv"], num_epochs=2, shuffle=False)
    _, row = tf.TextLineReader().read(names)
    a, b = tf.decode_csv(row, [[0.], [0.]])
    batch = tf.train.batch([tf.stack([a, b])], 2)
    w = tf.get_variable("w", initializer=[1., 1.])
    loss = tf.reduce_mean(tf.square(tf.reduce_sum(batch * w, 1) - 1.))
    step = tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.01).minimize(loss, step)
    tf.summary.scalar("loss", loss)
    merged = tf.summary.merge_all()
    saver = tf.train.Saver()
    with tf.Session(config=tf.ConfigProto(log_device_placement=False)) as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        writer = tf.summary.FileWriter("logs", sess.graph)
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        try:
            while not coord.should_stop():
                summary, _ = sess.run([merged, train])
                writer.add_summary(summary, sess.run(step))
        except tf.errors.OutOfRangeError:
            print("done", sess.run(step))
        finally:
            coord.request_stop()
        coord.join(threads)
        writer.close()
        saver.save(sess, "./model.ckpt", global_step=step)
        trained = sess.run(w)
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        y = tf.identity(tf.reduce_sum(x * w, 1), name="y")
        tf.saved_model.simple_save(sess, "saved", {"x": x}, {"y": y})
        frozen = tf.graph_util.convert_variables_to_constants(
            sess, sess.graph.as_graph_def(), ["y"])
    print(os.path.basename(tf.train.latest_checkpoint(".")))
    # Two steps; the two queues summarize how full they are, too.
    print(sum(len(e.summary.value) for e in tf.train.summary_iterator(
        os.path.join("logs", os.listdir("logs")[0]))))
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.loader.load(sess, ["serve"], "saved")
        print(np.allclose(sess.run("y:0", {"x:0": [[1, 0]]}), trained[0]))
    with tf.Session(graph=tf.Graph()) as sess:
        tf.import_graph_def(frozen, name="")
        print(np.allclose(sess.run("y:0", {"x:0": [[0, 1]]}), trained[1]))
    tf.reset_default_graph()
    saver = tf.train.import_meta_graph("model.ckpt-2.meta")
    with tf.Session() as sess:
        saver.restore(sess, "./model.ckpt-2")
        print(np.array_equal(sess.run("w:0"), trained))
    with tf.device("/gpu:0"):
        c = tf.constant(3) * 2
    hook = tf.train.StopAtStepHook(num_steps=1)
    with tf.train.MonitoredTrainingSession(hooks=[]) as sess:
        print(sess.run(c))
    """


def test_queues_summaries_savers_and_saved_models(run_script):
    out, err, status = run_script(MACHINERY)
    assert (out, status) == (
        ["done 2", "model.ckpt-2", "6", "True", "True", "True", "6"], 0), err
    assert err == "tf1-recipes: script.py runs as of TensorFlow 1.15.5\n"


NOISY = """
    import tensorflow as tf
    x = tf.placeholder(tf.float32, [None, 2])
    y = tf.layers.dropout(tf.layers.dense(x, 2), training=True)
    tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(2), tf.expand_dims(y, 1), dtype=tf.float32)
    tf.to_float(1)
    tf.Session().run(tf.initialize_all_variables())
    tf.logging.warn("the script's own")
    """


def test_warnings_of_age_are_shown_on_request_only(run_script):
    _, err, status = run_script(NOISY)
    assert status == 0
    assert len(err.splitlines()) == 2
    assert err.splitlines()[1].endswith("the script's own")
    _, err, _ = run_script(NOISY, options=["-v"])
    assert "deprecated" in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_are_the_script_s(tmp_path, number):
    (tmp_path / "script.py").write_text(textwrap.dedent("""
        import os, signal, sys, time
        if len(sys.argv) > 1:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
        open("ready", "w").close()
        time.sleep(20)
        """))
    for arguments, expected in (([], {signal.SIGTERM: -15, signal.SIGINT: 130}[number]),
                                (["own"], {signal.SIGTERM: 9, signal.SIGINT: 130}[number])):
        child = subprocess.Popen(
            [sys.executable, "-m", "tf1_recipes", "run", "script.py", *arguments], cwd=tmp_path,
            # What a shell starts in the background ignores it, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 30
        while not (tmp_path / "ready").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        child.send_signal(number)
        _, err = child.communicate(timeout=30)
        assert child.returncode == expected
        assert ("KeyboardInterrupt" in err) == (number == signal.SIGINT)
        (tmp_path / "ready").unlink()


def test_a_required_flag_is_asked_for_as_in_1_4(run_script):
    done = run_script("""
import sys
import tensorflow as tf
tf.flags.DEFINE_string("data", None, "the data")
tf.flags.mark_flags_as_required(["data"])
for sys.argv[1:] in (["--data", "x"], []):
    tf.flags.FLAGS.__dict__.update({"__parsed": False, "__flags": {}})
    try:
        print(tf.flags.FLAGS.data)
    except AttributeError as error:
        print(error)
""", options=["--as-of", "1.4"])
    assert done.stdout == "x\nFlag --data must be specified.\n"
