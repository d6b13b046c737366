"""What Python, NumPy, SciPy and scikit-learn removed, and scripts of the time use."""
import sys

import numpy as np
import pytest

from tf1_recipes.legacy import eras
from tf1_recipes.legacy.libraries import numpy_names, scipy_images
from tf1_recipes.legacy.patch import Target
from tf1_recipes.legacy.patches import applied


def test_what_python_3_removed_is_there(run_script):
    out, err, status = run_script("""
        import collections, fractions, imp, inspect, time
        from collections import Iterable, Mapping
        print(time.clock() > 0, fractions.gcd(12, 18), isinstance({}, collections.Mapping))
        def f(a, b=2, *c, **d): pass
        spec = inspect.getargspec(f)
        print(spec.args, spec.varargs, spec.keywords, spec.defaults)
        print(imp.new_module("m").__name__)
        """)
    assert (status, out) == (0, ["True 6 True", "['a', 'b'] c d (2,)", "m"]), err


def test_what_python_2_had_is_there(run_script):
    # The pickle is Python 2.7's of {'a': np.array([1.5])}, by protocol 0 and by protocol 2.
    out, err, status = run_script(r'''
        import sys, string, os
        reload(sys)
        sys.setdefaultencoding('utf8')
        import cPickle
        print string.letters[:3], string.join(['a', 'b'], '-'), string.lower('A'), os.getcwdu()[:1]
        print string.atoi('3'), sys.maxint
        cPickle.dump([1, 'two'], open('dump', 'w'))
        print cPickle.load(open('dump', 'r')), cPickle.load(open('dump'))
        for data in (b"(dp0\nS'caf\\xe9'\np1\nI1\ns.", b"\x80\x02}q\x00U\x04caf\xe9q\x01K\x01s."):
            open('old', 'wb').write(data)
            print cPickle.load(open('old', 'rb')).values(), cPickle.loads(data).values()
        print 'caf'.decode('utf-8'), u'caf'.encode('utf-8').decode('utf-8')
        print [line.decode('utf8').strip() for line in open('script.py')][1][:10]
        f = open('binary', 'wb'); f.write('text\n'); f.close()
        f = open('text', 'w'); f.write('text\n'.encode('utf-8')); f.close()
        print open('binary').read() == open('text').read()
        print isinstance(f, file)
        import csv
        csv.writer(open('table', 'wb')).writerow([1, 'a'])
        print list(csv.reader(open('table', 'rb')))
        import random, types
        from itertools import izip, imap
        print list(izip([1], [2])), list(imap(str, [1]))
        print isinstance('a', types.StringType), isinstance(1, types.IntType)
        random.seed(7)
        print random.randint(1, 100), random.choice(range(100)), random.Random(3).randint(0, 9)
        ''')
    assert (status, out) == (0, [
        "abc a-b a /", "3 %d" % sys.maxsize, "[1, 'two'] [1, 'two']", "[1] [1]", "[1] [1]",
        "caf caf", "import sys", "True", "True", "[['1', 'a']]",
        "[(1, 2)] ['1']", "True True", "33 15 2"]), err


def test_libraries_have_their_old_names(run_script):
    pytest.importorskip("sklearn")
    pytest.importorskip("scipy")
    out, err, status = run_script("""
        import numpy as np, scipy, sklearn
        from scipy.misc import imread, imsave, logsumexp
        import scipy.misc
        from sklearn.cross_validation import train_test_split
        from sklearn.externals import joblib
        from sklearn.datasets.samples_generator import make_blobs
        from sklearn.datasets.base import Bunch
        from sklearn.metrics.classification import accuracy_score
        from sklearn.preprocessing.data import StandardScaler
        print(len(train_test_split(list(range(8)))[0]), joblib.__name__, scipy.misc.comb(5, 2))
        image = np.arange(12.0).reshape(2, 2, 3)
        imsave("image.png", image)
        print(imread("image.png").tolist(), scipy.misc.imresize(image, (1, 1)).shape)
        ragged = np.array([[1], [2, 3]])
        np.save("ragged", ragged)
        print(ragged.dtype, np.load("ragged.npy").tolist(), np.rank(ragged))
        rows, columns = (np.frombuffer(b"\\0\\0\\0\\2", dtype=">u4") for _ in range(2))
        with open("script.py", "rb") as file:
            print(file.read(rows * columns), np.arange(4).reshape(rows, columns).tolist())
        import pickle
        print(repr(rows), type(pickle.loads(pickle.dumps(rows))) is np.ndarray)
        """, options=["--as-of", "1.7"])
    assert (status, out) == (0, [
        # 255 / 11 is 23.2
        "6 joblib 10.0", "[[[0, 23, 46], [70, 93, 116]], [[139, 162, 185], [209, 232, 255]]] "
        "(1, 1, 3)", "object [[1], [2, 3]] 1",
        "b'\\nimp' [[0, 1], [2, 3]]", "array([2], dtype='>u4') True"]), err


def test_matplotlib_draws_what_it_drew(run_script):
    pytest.importorskip("matplotlib")
    out, err, status = run_script("""
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        from matplotlib import cm
        from mpl_toolkits.mplot3d import Axes3D
        figure = plt.figure()
        axes = figure.gca(projection="3d")
        print(axes.name, figure.gca(projection="3d") is axes, plt.gca() is axes)
        plt.figure()
        heights, _, _ = plt.hist([1, 1, 2, 3], 2, normed=True)
        print(heights.tolist(), plt.gca().hist([1, 2], bins=1)[0].tolist())
        plt.hold(True)
        plt.gca().set_axis_bgcolor("white")
        plt.gca().set_color_cycle(["r", "b"])
        plt.style.use("seaborn")
        plt.plot([1], label="a")
        print(plt.legend(loc="top left").codes["best"], plt.legend(loc="upper left")._loc)
        print(cm.get_cmap("gray", 4).N, plt.cm.get_cmap("gray")(1.0))
        """)
    assert (status, out) == (0, ["3d True True", "[0.5, 0.5] [2.0]", "0 2",
                                 "4 (1.0, 1.0, 1.0, 1.0)"]), err
    assert "Unrecognized location 'top left'. Falling back on 'best'" in err


# Expected: scipy.misc of SciPy 1.0.1 and Pillow 6.2.2, on Python 2.7.
RAMP = np.arange(12.).reshape(3, 4) ** 2
COLOURS = np.arange(60).reshape(4, 5, 3) / 7.


@pytest.mark.parametrize("computed, expected", [
    (lambda: scipy_images.bytescale(RAMP),
     [[0, 2, 8, 19], [34, 53, 76, 103], [135, 171, 211, 255]]),
    (lambda: scipy_images.bytescale(RAMP, cmin=4, cmax=50, high=200, low=10),
     [[10, 10, 10, 31], [60, 97, 142, 196], [200, 200, 200, 200]]),
    (lambda: scipy_images.imresize(RAMP, (2, 3)), [[16, 28, 46], [106, 144, 187]]),
    (lambda: scipy_images.imresize(RAMP, 150, "nearest"),
     [[0, 2, 2, 8, 8, 19], [34, 53, 53, 76, 76, 103], [34, 53, 53, 76, 76, 103],
      [135, 171, 171, 211, 211, 255]]),
    (lambda: scipy_images.imresize(COLOURS, 0.5, "bicubic"),
     [[[49, 53, 58], [79, 83, 88]], [[167, 172, 176], [197, 202, 206]]]),
    (lambda: scipy_images.imrotate(RAMP, 90),
     [[13, 51, 161, 0], [5, 34, 127, 0], [1, 22, 98, 0]]),
    (lambda: np.array(scipy_images.toimage(COLOURS.transpose(2, 0, 1), cmin=0, cmax=3))[1, 1],
     [219, 231, 243]),
], ids=["bytescale", "bytescale to a range", "resize", "percent", "fraction", "rotate", "channels"])
def test_images_are_those_of_scipy(computed, expected):
    pytest.importorskip("PIL")
    assert np.asarray(computed()).tolist() == expected


def test_ragged_lists_of_known_type_are_an_error_as_ever():
    target = Target(eras.NEWEST, (1, 15))
    revert = applied(target, [numpy_names.ragged_arrays])
    try:
        assert np.asarray([[1], [2, 3]]).tolist() == [[1], [2, 3]]
        with pytest.raises(ValueError, match="inhomogeneous"):
            np.array([[1], [2, 3]], dtype=float)
    finally:
        revert()
    # NumPy 1.16.3 and later did not read objects either.
    assert not numpy_names.loaded_objects.applies(target)
