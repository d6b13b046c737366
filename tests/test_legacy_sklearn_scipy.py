"""scikit-learn's and SciPy's names, arguments and data sets of before 2020."""

import numpy as np
import pytest

from tf1_recipes.legacy.libraries import scipy_names, sklearn_names

pytest.importorskip("sklearn")


def test_scikit_learn_s_names_and_arguments(run_script):
    out, err, status = run_script("""
        from sklearn.cluster import KMeans
        from sklearn.cluster.k_means_ import MiniBatchKMeans
        from sklearn.cross_validation import KFold, StratifiedKFold, train_test_split
        from sklearn.datasets.samples_generator import make_blobs
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.externals.six.moves import range as xrange
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.lda import LDA
        from sklearn.manifold import TSNE
        from sklearn.manifold.t_sne import TSNE as the_same
        from sklearn.metrics.ranking import roc_auc_score
        from sklearn.preprocessing import Imputer, OneHotEncoder
        from sklearn.utils.linear_assignment_ import linear_assignment
        import sklearn.model_selection
        print([test.tolist() for _, test in KFold(5, n_folds=2)], len(KFold(5, 3)))
        print(sorted(len(test) for _, test in StratifiedKFold([0, 1, 0, 1], n_folds=2)))
        print(sklearn.model_selection.KFold(random_state=3).get_n_splits())
        tsne = TSNE(2, 5., init="pca", n_iter=300)
        print(tsne.max_iter, tsne.perplexity, tsne.learning_rate, TSNE().init, TSNE is the_same)
        print(tsne.get_params()["perplexity"])
        print(OneHotEncoder(sparse=False).fit_transform([[0], [1]]).tolist())
        kmeans = KMeans(2, n_jobs=1)
        print(kmeans.n_init, kmeans.n_clusters, KMeans(2, n_init=4).n_init)
        forest = RandomForestClassifier(max_features="auto")
        print(forest.n_estimators, forest.max_features)
        print(CountVectorizer().fit(["bb aa"]).get_feature_names(), LDA.__name__)
        print(Imputer().fit_transform([[1.], [float("nan")], [3.]]).tolist())
        print(linear_assignment([[4, 1], [2, 8]]).tolist())
        """)
    assert (status, out) == (0, [
        "[[0, 1, 2], [3, 4]] 3", "[2, 2]", "3", "300 5.0 200.0 random True", "5.0",
        "[[1.0, 0.0], [0.0, 1.0]]", "10 2 4", "10 sqrt",
        "['aa', 'bb'] LinearDiscriminantAnalysis", "[[1.0], [2.0], [3.0]]",
        "[[0, 1], [1, 0]]"]), err


def test_data_sets_that_scikit_learn_took_out(tmp_path, run_script):
    (tmp_path / "boston_house_prices.csv").write_text("2,3,,\nA,B,C,MEDV\n1,2,3,24\n4,5,6,21.6\n")
    out, err, status = run_script("""
        import os
        import numpy as np
        import scipy.io
        import sklearn.datasets
        from sklearn.datasets import fetch_mldata, load_boston
        boston = sklearn.datasets.load_boston()
        print(boston.data.tolist(), boston.target.tolist(), boston.feature_names.tolist())
        print(load_boston(return_X_y=True)[1].shape)
        os.mkdir("mldata")
        scipy.io.savemat("mldata/mnist-original.mat", {"data": np.eye(2, 3), "label": [[1, 2, 3]]})
        mnist = fetch_mldata("MNIST original", data_home=".")
        print(mnist.data.shape, mnist.target.tolist())
        fetch_mldata("iris")
        """)
    assert (status, out) == (1, [
        "[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]] [24.0, 21.6] ['A', 'B', 'C']", "(2,)",
        "(3, 2) [1, 2, 3]"]), err
    assert "iris of mldata.org, which has closed, is not here" in err
    assert "name a folder that has them: tf1-recipes run --data-dir FOLDER" in err


@pytest.mark.parametrize("old, now", [
    ("sklearn.metrics.ranking", "sklearn.metrics._ranking"),
    ("sklearn.covariance.empirical_covariance_", "sklearn.covariance._empirical_covariance"),
    ("sklearn.cluster.birch", "sklearn.cluster._birch"),
    ("sklearn.metrics", None),
    ("sklearn.metrics._ranking", None),
])
def test_where_a_private_module_is_looked_for(old, now):
    assert sklearn_names.private_name(old) == now


def test_scipy_s_names(run_script):
    # Expected: SciPy 1.7.3 and, of what it has no more, the formulas in SciPy 0.18's documents.
    out, err, status = run_script("""
        import scipy
        import scipy as sp
        import scipy.signal, scipy.sparse
        from scipy import array, zeros
        from scipy.integrate import cumtrapz, simps
        from scipy.linalg import pinv2, tril
        from scipy.ndimage import imread
        from scipy.stats import itemfreq, nanmean, threshold
        print(scipy.sqrt(-4), sp.log(1), sp.pi > 3, zeros(2).tolist(), sp.randn(2).shape)
        print(scipy.signal.hanning(3).tolist(), scipy.signal.gaussian(3, 1).round(4).tolist())
        print(float(simps([0, 1, 4])), cumtrapz([0, 1, 4]).tolist(), tril([[1, 2], [3, 4]])[0, 1])
        print(itemfreq([3, 1, 3]).tolist(), threshold([1, 5, 9], 2, 6, -1).tolist())
        print(nanmean([1, float("nan")]), scipy.sparse.csr_matrix([[1, 2]]).A.tolist())
        print(hasattr(scipy, "no_such_name"), hasattr(scipy.stats, "no_such_name"))
        """)
    assert (status, out) == (0, [
        "2j 0.0 True [0.0, 0.0] (2,)", "[0.0, 1.0, 0.0] [0.6065, 1.0, 0.6065]",
        "2.6666666666666665 [0.5, 3.0] 0", "[[1, 1], [3, 2]] [-1, 5, -1]",
        "1.0 [[1, 2]]", "False False"]), err


def test_deviation_without_nan_is_by_n_minus_1():
    assert scipy_names.nanstd(np.array([1., 3., np.nan])) == np.sqrt(2)
    assert scipy_names.nanstd(np.array([1., 3., np.nan]), bias=True) == 1.0
