"""`isotropic.Classifier` by scikit-learn's own checks and tools, and what it promises without scikit-learn."""

import pickle
import sys
import warnings

import numpy as np
import pytest

from minigrow import isotropic
from minigrow.growth import Plan
from minigrow.isotropic import Classifier, conventions
from minigrow.nn import AdamW, softmax

MISSING = "scikit-learn is not installed: pip install 'minigrow[test]'"


def quick(**changes):
    """A small network that learns blobs within a tenth of a second."""
    return Classifier(
        **{"hidden": (3,), "epochs": 16, "batch": 16, "rate": 0.03, "scaffold": 1, "random_state": 0} | changes
    )


@pytest.fixture(scope="module")
def data():
    """Three clouds of points, which the first of three inputs alone could tell apart; its unit is a thousand times the others'."""
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    return (rng.standard_normal((90, 3)) + 8 * y[:, None] * [1, 0, 0]) * [1000, 1, 1], np.array(["b", "a", "c"])[y]


@pytest.fixture(scope="module")
def sklearn():
    return pytest.importorskip("sklearn", reason=MISSING)


def test_it_passes_every_check_of_scikit_learn(sklearn):
    from sklearn.utils.estimator_checks import check_dataframe_column_names_consistency, check_estimator

    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Estimator Classifier does not inherit"
        )  # which it cannot without the dependency
        found = check_estimator(quick(), on_fail=None, on_skip=None)
    assert len(found) > 50
    failed = [(row["check_name"], row["exception"]) for row in found if row["status"] != "passed"]
    assert [name for name, _ in failed] in ([], ["check_array_api_input"]), (
        failed
    )  # wants SCIPY_ARRAY_API=1, and passes then
    assert all(row["status"] in ("passed", "skipped") for row in found)
    check_dataframe_column_names_consistency("Classifier", quick(epochs=1))  # not among them unless it inherits


def test_scikit_learn_is_told_that_it_classifies_and_needs_labels(sklearn):
    from sklearn.utils import get_tags

    tags = get_tags(quick())
    assert (tags.estimator_type, tags.target_tags.required) == ("classifier", True)


def test_it_works_in_pipelines_grids_and_cross_validation(sklearn, data):
    from sklearn.decomposition import PCA
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline

    assert cross_val_score(quick(), *data, cv=3).min() > 0.9
    grid = GridSearchCV(make_pipeline(PCA(2), quick()), {"classifier__rate": [1e-6, 0.03]}, cv=3).fit(*data)
    assert grid.best_params_ == {"classifier__rate": 0.03}
    assert grid.score(*data) > 0.9
    assert grid.best_estimator_[-1].n_features_in_ == 2
    probabilities = cross_val_score(
        quick(), *data, cv=3, scoring="neg_log_loss"
    )  # which takes predict_proba and classes_
    assert probabilities.min() > -0.4


def test_it_is_fit_on_standardised_inputs_with_numbered_classes(data):
    X, y = data
    Z, numbered = (X - X.mean(axis=0)) / X.std(axis=0), np.unique(y, return_inverse=True)[1]
    model = quick(weight_decay=0.2, tau=0.5).fit(X, y)
    adapt = isotropic.AutoAdapt(tau=0.5, scaffold=1)
    net, history = isotropic.fit(
        Z, numbered, (3,), rng=0, adapt=adapt, optimiser=AdamW(0.03, 0.2), plan=Plan(epochs=16, batch=16)
    )
    np.testing.assert_allclose(model.net_.theta, net.theta, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(model.history_["widths"], history["widths"])
    np.testing.assert_allclose(model.predict_proba(X), softmax(net(Z)), atol=1e-9)
    assert model.classes_.tolist() == ["a", "b", "c"]
    assert model.score(X, y) == isotropic.score(net, Z, numbered) > 0.9


def test_what_is_not_asked_for_is_as_in_fit(data):
    X, y = data
    Z, numbered = (X - X.mean(axis=0)) / X.std(axis=0), np.unique(y, return_inverse=True)[1]
    net, _ = isotropic.fit(Z, numbered, rng=0)
    np.testing.assert_allclose(Classifier(random_state=0).fit(X, y).net_.theta, net.theta, rtol=1e-9, atol=1e-12)


def test_sizes_stay_without_a_scaffold(data):
    assert set(map(tuple, quick(scaffold=None).fit(*data).history_["widths"])) == {(3, 3, 3)}
    assert quick(scaffold=5).fit(*data).net_.widths[1] > 3


def test_random_state_decides_everything(data):
    again = quick().fit(*data).net_.theta
    np.testing.assert_array_equal(quick().fit(*data).net_.theta, again)
    np.testing.assert_array_equal(quick(random_state=np.random.default_rng(0)).fit(*data).net_.theta, again)
    old = [quick(random_state=np.random.RandomState(1)).fit(*data).net_.theta for _ in range(2)]
    np.testing.assert_array_equal(*old)
    new = [quick(random_state=None).fit(*data).net_.theta for _ in range(2)]
    assert not np.array_equal(*new)
    with pytest.raises(ValueError, match="rng must be"):
        quick(random_state="0").fit(*data)


def test_parameters_are_kept_as_they_come_and_read_at_the_fit(data):
    widths = [2, 3]
    model = Classifier(widths, epochs=-1)
    assert model.get_params()["hidden"] is widths
    assert model.set_params(rate=0.5) is model
    assert repr(model) == "Classifier(epochs=-1, hidden=[2, 3], rate=0.5)"
    with pytest.raises(ValueError, match=r"Invalid parameter 'widths' for Classifier. Valid ones: batch, epochs"):
        model.set_params(rate=2, widths=3)
    assert model.rate == 0.5
    with pytest.raises(ValueError, match="epochs"):
        model.fit(*data)
    assert not hasattr(model, "net_")


def test_a_pickled_one_predicts_the_same(data):
    model = quick().fit(*data)
    other = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(other.predict_proba(data[0]), model.predict_proba(data[0]))
    assert repr(other) == repr(model)


@pytest.mark.parametrize("error", [ValueError, AttributeError])
def test_before_the_fit_it_says_so(error):
    with pytest.raises(error, match=r"not fitted yet. Call fit\(X, y\)"):
        quick().predict([[1.0]])


def test_without_scikit_learn_the_error_is_our_own(monkeypatch):
    monkeypatch.delitem(sys.modules, "sklearn.exceptions", raising=False)
    with pytest.raises(conventions.NotFitted):
        quick().predict([[1.0]])


class Sparse:
    def toarray(self):
        raise AssertionError("must not be asked")


class Table:
    """What pandas and polars have in common: columns with names, and an array behind them."""

    def __init__(self, X, names):
        self.X, self.columns = np.asarray(X, dtype=float), names

    def __array__(self, dtype=None, copy=None):
        return self.X


@pytest.mark.parametrize(
    ("X", "error", "words"),
    [
        (Sparse(), TypeError, r"Sparse data is not supported, got Sparse.*X.toarray\(\)"),
        ([[1j]], ValueError, "X must hold real numbers, got complex128: Complex data not supported"),
        ([["a"]], ValueError, "X must hold real numbers, got <U1: words"),
        ([[{}]], TypeError, "must be .* string or a real number"),
        ([1.0], ValueError, r"got shape \(1,\). Reshape your data"),
        (np.zeros((0, 2)), ValueError, r"X has 0 sample\(s\) \(shape=\(0, 2\)\)"),
        (np.zeros((2, 0)), ValueError, r"X has 0 feature\(s\) \(shape=\(2, 0\)\)"),
        ([[1], [1, 2]], ValueError, "X must be an array, a table or nested lists of equal length"),
        (np.array([["a"]], object), ValueError, "X must hold real numbers: could not convert .*Code words as numbers"),
        (np.ma.array([[1.0, 2.0]], mask=[[True, False]]), ValueError, "X must have a value everywhere, got masked"),
        ([[np.nan]], ValueError, "X must be finite"),
        ([[np.inf]], ValueError, "X must be finite"),
    ],
)
def test_data_that_are_no_matrix_of_numbers_are_refused(X, error, words):
    with pytest.raises(error, match=words):
        conventions.numbers(X)


def test_only_float32_stays_float32(data):
    assert conventions.numbers(np.ones((1, 1), np.float32)).dtype == np.float32
    assert {conventions.numbers(np.ones((1, 1), kind)).dtype for kind in "?ilegO"} == {np.dtype(float)}
    X, y = data
    assert quick().fit(X.astype(np.float32), y).net_.theta.dtype == np.float32


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (None, "requires y to be passed, but the target y is None"),
        ([[0, 1], [1, 0]], r"y should be a 1d array .* got shape \(2, 2\)"),
        ([3, 3], "at least two classes to be told apart, got 1 class"),
        (np.ma.array([0, 1], mask=[True, False]), "y must have a value everywhere, got masked"),
        ([0.5, 1.0], "Unknown label type.*continuous"),
        ([0.0, np.nan], "Unknown label type.*NaN"),
        ([0.0, np.inf], "Unknown label type.*infinity"),
        ([0, 1j], "Unknown label type: complex128"),
        (np.array(["a", 1], dtype=object), "mixes words with something else"),
        (np.array([{}, 1], dtype=object), "Unknown label type: object"),
        (np.array(["2020-01-01", "2020-01-02"], "M8[D]"), "Unknown label type: datetime64"),
    ],
)
def test_what_are_no_labels_is_refused(y, words):
    with pytest.raises(ValueError, match=words):
        quick().fit([[0.0], [1.0]], y)


@pytest.mark.parametrize("y", [["x", "y"], [7, -1], [False, True], [1.0, 2.0], [b"x", b"y"], np.array([1, 2], object)])
def test_labels_are_words_or_whole_numbers_and_come_back_in_their_kind(y):
    names, numbered = conventions.classes(y)
    assert names[numbered].tolist() == list(y)
    assert sorted(names) == list(names)


def test_a_column_of_labels_is_taken_with_a_warning(data):
    X, y = data
    with pytest.warns(UserWarning, match="A column-vector y was passed") as said:
        model = quick().fit(X, y[:, None])
    assert said[0].filename == __file__
    np.testing.assert_array_equal(model.predict(X), quick().fit(X, y).predict(X))


def test_what_does_not_fit_the_training_data_is_refused(data):
    X, y = data
    model = quick().fit(X, y)
    for asked in (model.predict, model.predict_proba, lambda X: model.score(X, y)):
        with pytest.raises(ValueError, match="X has 2 features, but Classifier is expecting 3 features as input"):
            asked(X[:, :2])
    for asked in (model.fit, model.score):
        with pytest.raises(ValueError, match="X and y must have as many rows, got 90 and 89"):
            asked(X, y[:-1])


def test_columns_with_names_are_remembered(data):
    X, y = data
    model = quick().fit(Table(X, ["one", "two", "three"]), y)
    assert model.feature_names_in_.tolist() == ["one", "two", "three"]
    model.predict(Table(X, ["one", "two", "three"]))
    with pytest.warns(UserWarning, match="X does not have valid feature names, but Classifier was fitted with") as said:
        model.predict_proba(X)
    assert said[0].filename == __file__
    with pytest.raises(ValueError, match=r"unseen at fit time:\n- drei\n.*yet now missing:\n- three\n$"):
        model.predict(Table(X, ["one", "two", "drei"]))
    with pytest.raises(ValueError, match="must be in the same order as they were in fit"):
        model.predict(Table(X, ["two", "one", "three"]))
    assert not hasattr(model.fit(Table(X, [0, 1, 2]), y), "feature_names_in_")
    with pytest.warns(UserWarning, match="X has feature names, but Classifier was fitted without"):
        model.predict(Table(X, ["one", "two", "three"]))


def test_of_many_columns_five_are_named():
    now, then = (np.array([f"{word}{i}" for i in range(7)], dtype=object) for word in "xy")
    with pytest.raises(ValueError, match=r"- x4\n- ...\nFeature names seen at fit time, yet now missing:\n- y0\n"):
        conventions.same_columns("Classifier", now, then)


def test_of_columns_that_are_missing_no_order_is_asked():
    with pytest.raises(ValueError, match=r"during fit\.\nFeature names seen at fit time, yet now missing:\n- two\n$"):
        conventions.same_columns("Classifier", np.array(["one"]), np.array(["one", "two"]))


def test_of_six_columns_the_sixth_is_three_dots():
    now, then = (np.array([f"{word}{i}" for i in range(6)], dtype=object) for word in "xy")
    with pytest.raises(ValueError, match=r"- x4\n- ...\nFeature names seen"):
        conventions.same_columns("Classifier", now, then)
