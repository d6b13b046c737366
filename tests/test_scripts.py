"""A script in a fork of the tests' server prints what ``tf1-recipes run`` prints."""
import subprocess

import pytest

from tests import scripts
from tests.scripts import run_in_process

SCRIPTS = {
    "the process": """
        import atexit, os, sys, threading
        atexit.register(print, "at exit")
        print(__name__, __file__, sys.argv, sys.path[:2], os.getcwd(), os.environ.get("ADDED"))
        print("tensorflow" in sys.modules, "tf_keras" in sys.modules, "h5py" in sys.modules)
        threading.Thread(target=lambda: print("thread")).start()
        print(sys.stdin.read(), file=sys.stderr)
        sys.exit(7)
        """,
    "imports and a training": """
        import random, sys
        import numpy as np, tensorflow as tf
        print(tf.__name__, tf.__version__, type(sys.modules["tensorflow"]).__name__)
        print("tf_keras" in sys.modules, "tensorflow.python.ops.rnn_cell" in sys.modules)
        from tensorflow.python.ops import rnn_cell, math_ops
        import tensorflow.contrib.slim as slim, keras
        print(rnn_cell.BasicLSTMCell.__module__, slim.conv2d.__name__, keras.__version__)
        print(tf.executing_eagerly(), math_ops.__spec__.name, math_ops.__spec__.origin)
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 2])
        loss = tf.reduce_mean(tf.square(tf.layers.dense(tf.nn.dropout(x, 0.5), 3)))
        step = tf.train.AdamOptimizer().minimize(loss)
        print(tf.global_variables(), loss)
        with tf.Session() as session:
            session.run(tf.initialize_all_variables())
            for _ in range(3):
                print(session.run([loss, step], {x: np.ones([4, 2])})[0])
            tf.train.Saver().save(session, "model", write_state=False)
        tf.logging.warn("logged")
        print(tf.nothing)
        """,
    "a training of Keras, as Python 2": """
        import keras, numpy as np
        from keras.models import Sequential
        from keras.layers import Dense
        model = Sequential([Dense(2, kernel_initializer="ones", input_shape=(3,))])
        model.compile("sgd", "mse")
        print model.fit(np.ones([4, 3]), np.ones([4, 2]), epochs=2, verbose=0).history
        print 7 / 2
        raise ValueError("no")
        """,
    "no script": "x = = 1",
}


@pytest.mark.parametrize("title", SCRIPTS)
def test_a_fork_prints_what_a_process_prints(title, run_script, tmp_path):
    forked = run_script(SCRIPTS[title], "a", "b c", env={"ADDED": "1"})
    new = run_script(None, "a", "b c", env={"ADDED": "1"}, process=True)
    assert forked == new


def test_what_is_drawn_without_a_seed_is_another_each_time(run_script):
    text = "import random, numpy as np\nprint(random.random(), np.random.rand())"
    first, second = (run_script(text).stdout.split() for _ in range(2))
    assert first[0] != second[0] and first[1] != second[1]


@pytest.mark.parametrize("variable", ["PYTHONWARNINGS", "TF_CPP_MIN_LOG_LEVEL"])
def test_what_counts_when_python_starts_is_run_in_a_process(variable, run_script, monkeypatch):
    started = []
    monkeypatch.setattr("tests.scripts.run_in_process",
                        lambda *arguments: started.append(arguments) or run_in_process(*arguments))
    printed = run_script("import os; print(os.environ[%r])" % variable, env={variable: "1"})
    assert (printed.stdout, len(started)) == ("1\n", 1)


def test_a_script_that_is_killed(run_script):
    assert run_script("import os\nos.kill(os.getpid(), 9)").status == -9


@pytest.mark.long
def test_a_script_that_does_not_end_is_ended_and_the_next_one_runs(tmp_path, monkeypatch):
    server = scripts.Server()
    scripts.write_script(tmp_path / "script.py", "print('done')")
    scripts.write_script(tmp_path / "endless.py", "while True: pass")
    assert server.run(["script.py"], tmp_path).stdout == "done\n"
    monkeypatch.setattr(scripts, "TIMEOUT", 0.5)
    with pytest.raises(subprocess.TimeoutExpired):
        server.run(["endless.py"], tmp_path)
    monkeypatch.undo()
    assert server.run(["script.py"], tmp_path).stdout == "done\n"
    server.close()
