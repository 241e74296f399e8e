"""Networks that size themselves: the scaffold rule, its policy, and the short way in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import isotropic
from minigrow.growth import History, Plan
from minigrow.growth.plan import Context
from minigrow.isotropic import AutoAdapt, Network, adapt, fit, predict, score, singular_values
from minigrow.isotropic.fit import spectra
from minigrow.nn import SGD, Adam, softmax

RNG = np.random.default_rng(1)
X = RNG.standard_normal((60, 3))
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


def with_spectrum(sigma, inputs=12, seed=0, **options):
    """A network [inputs, m, m, 2] whose two hidden layers have these singular values."""
    rng, m = np.random.default_rng(seed), len(sigma)
    net = Network.create([inputs, m, m, 2], rng=rng, **options)
    for name in ("W1", "W2"):
        U, _, Vt = np.linalg.svd(rng.standard_normal(net.shapes[name]), full_matrices=False)
        net.params[name][...] = (U * sigma) @ Vt
    return net


def after(epoch):
    """What the loop tells a policy behind this epoch."""
    return Context(30 * epoch, epoch, np.random.default_rng(0), X, Y, "softmax", History())


def said(spare, scaffold, tau):
    """How many neurons are spare, and how many are wanted."""
    few = f"too few spare neurons: {spare} of" if spare < scaffold else f"too many spare neurons: {spare} instead of"
    return f"{few} {scaffold} with singular value (sigma) at most {tau:g}"


SPECTRA = st.lists(st.sampled_from([0.01, 0.2, 0.4, 0.6, 0.9, 1.5]), min_size=1, max_size=6)


@given(sigma=SPECTRA, tau=st.sampled_from([0.1, 0.5, 1.0]), scaffold=st.integers(0, 4), layer=st.integers(0, 1))
def test_exactly_k_neurons_stay_below_tau(sigma, tau, scaffold, layer):
    net = with_spectrum(sigma)
    before, below = net.theta.copy(), sum(s <= tau for s in sigma)
    after, events = adapt(net, layer, tau, scaffold, rng=0)
    np.testing.assert_array_equal(net.theta, before)
    expected = max(1, len(sigma) - below + scaffold)
    assert after.widths[layer + 1] == expected
    great = sorted((s for s in sigma if s > tau), reverse=True)
    assert np.sum(singular_values(after, layer) <= tau) == expected - len(great)
    assert expected - len(great) == scaffold or (not great and scaffold == 0)  # one neuron always stays
    assert len(events) == (expected != len(sigma))
    for event in events:
        assert event.kind == ("grow" if expected > len(sigma) else "prune")
        assert event.reason == said(below, scaffold, tau)
    np.testing.assert_allclose(singular_values(after, layer)[: len(great)], great, rtol=1e-9)


@given(sigma=SPECTRA, scaffold=st.integers(1, 4))
def test_adapting_again_changes_nothing(sigma, scaffold):
    net, _ = adapt(with_spectrum(sigma), 0, 0.5, scaffold, rng=0)
    again, events = adapt(net, 0, 0.5, scaffold, rng=0)
    assert again is net
    assert events == ()


def test_a_singular_value_of_tau_counts_as_small():
    net = Network.create([4, 2, 2], rng=0)
    net.params["W1"][...] = [[1, 0, 0, 0], [0, 0.5, 0, 0]]
    assert adapt(net, 0, 0.5, 1, rng=0)[1] == ()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tau": 0.0}, "tau must be a finite number > 0"),
        ({"tau": np.nan}, "tau must be"),
        ({"scaffold": -1}, "scaffold must be a whole number >= 0"),
        ({"scaffold": 1.5}, "scaffold must be a whole number"),
        ({"layer": 2}, "layer must be a hidden layer"),
        ({"rng": "seed"}, "rng must be"),
    ],
)
def test_errors_of_adapt(options, words):
    options = {"layer": 0, "rng": 0} | options
    with pytest.raises(ValueError, match=words):
        adapt(with_spectrum([1.5, 1.5]), **options)


def test_expectation_needs_data():
    net = with_spectrum([0.1, 0.1, 0.1], psi="expectation")
    with pytest.raises(ValueError, match="pass X"):
        adapt(net, 0, 0.5, 1, rng=0)
    assert adapt(net, 0, 0.5, 1, rng=0, X=np.ones((2, 12)))[0].widths == (12, 1, 3, 2)


@pytest.mark.parametrize("every", [1, 2, 3])
def test_the_policy_acts_after_every_so_many_epochs(every):
    policy, net = AutoAdapt(0.5, 2, every), with_spectrum([1.5, 1.5])
    acted = [bool(policy(net, after(epoch))[1]) for epoch in range(1, 7)]
    assert acted == [epoch % every == 0 for epoch in range(1, 7)]


def test_the_policy_goes_from_the_last_hidden_layer_to_the_first():
    net, events = AutoAdapt(0.5, 2)(with_spectrum([1.5, 1.5]), after(1))
    assert [event.space for event in events] == ["h2", "h1"]
    assert net.widths == (12, 4, 4, 2)


@pytest.mark.parametrize("every", [0, -1, 1.5])
def test_the_policy_wants_a_positive_period(every):
    with pytest.raises(ValueError, match="every must be a whole number >= 1"):
        AutoAdapt(every=every)(with_spectrum([1.5]), after(1))


def test_the_policy_hands_its_data_on():
    net = with_spectrum([0.1, 0.1, 0.1], psi="expectation")
    found, _ = AutoAdapt(0.5, 1, X=np.ones((2, 12)))(net, after(1))
    assert found.widths == (12, 1, 1, 2)


def test_fit_learns_adapts_and_records():
    net, history = fit(X, Y, [2, 2], rng=0, plan=Plan(epochs=60, batch=10, quiet=True), optimiser=Adam(0.01))
    assert score(net, X, Y) > 0.9
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert tuple(history["widths"][-1]) == net.widths != (3, 2, 2, 3)
    assert {event.kind for event in history.events} >= {"grow"}
    np.testing.assert_allclose(history["sigma1"][-1][: net.widths[1]], singular_values(net, 0))
    np.testing.assert_array_equal(predict(net, X), net(X).argmax(axis=1))
    probabilities = softmax(net(X))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), predict(net, X))
    assert score(net, X, Y) == np.mean(predict(net, X) == Y)


QUICK = Plan(epochs=2, quiet=True)


def test_fit_is_a_function_of_its_seed():
    same = [fit(X, Y, [3], rng=rng, plan=QUICK)[0].theta for rng in (4, 4, np.random.default_rng(4))]
    np.testing.assert_array_equal(same[0], same[1])
    np.testing.assert_array_equal(same[0], same[2])
    assert not np.array_equal(same[0], fit(X, Y, [3], rng=5, plan=QUICK)[0].theta)


def test_fit_without_adaptation_keeps_its_widths():
    net, history = fit(X, Y, [3, 2], rng=0, adapt=None, plan=QUICK)
    assert net.widths == (3, 3, 2, 3)
    assert history.events == ()


def test_fit_takes_one_hot_rows_lists_and_integers():
    plain = fit(X, Y, [2], rng=0, plan=QUICK)[0]
    np.testing.assert_array_equal(fit(X, np.eye(3)[Y], [2], rng=0, plan=QUICK)[0].theta, plain.theta)
    np.testing.assert_array_equal(fit(X.tolist(), Y.tolist(), [2], rng=0, plan=QUICK)[0].theta, plain.theta)
    assert score(plain, X, np.eye(3)[Y]) == score(plain, X, Y)
    assert fit((X > 0), Y, [2], rng=0, plan=QUICK)[0].theta.dtype == np.float64


def test_fit_keeps_float32():
    assert fit(X.astype(np.float32), Y, [2], rng=0, plan=QUICK)[0].theta.dtype == np.float32


def test_own_policies_come_after_adaptation_and_own_columns_replace_spectra():
    seen = []

    def policy(net, context):
        seen.append(net.widths)
        return net, ()

    plan = QUICK._replace(policies=(policy,), observe=lambda net: {"mine": 1.0})
    _, history = fit(X, Y, [2], rng=0, adapt=AutoAdapt(0.5, 2), plan=plan)
    assert seen == [tuple(row) for row in history["widths"]]
    assert "mine" in history.rows[0]
    assert "sigma1" not in history.rows[0]


def test_the_defaults_run():
    net, history = fit(X[:10], Y[:10], rng=0)
    assert len(net.widths) == 4
    assert history["epoch"][-1] == 40


@pytest.mark.parametrize(
    ("X", "y", "options", "words"),
    [
        (X, Y[:5], {}, "as many rows, got 60 and 5"),
        (X[0], Y, {}, "X must be a matrix with one sample a row"),
        (X, np.zeros(60), {}, "at least two classes"),
        (X, Y[:, None, None], {}, "at least two classes"),
        (X, Y - 1, {}, "labels must be whole numbers"),
        (X, Y + 0.5, {}, "labels must name every class 0..2, got none of"),
        (X, np.where(Y == 1, 3, Y), {}, r"every class 0..3, got none of \[1\].*return_inverse"),
        (X, np.where(Y == 1, np.nan, Y), {}, "y must hold labels 0, 1"),
        (X, Y.astype(object), {}, "y must hold labels 0, 1"),
        (X, np.array(["a", "b", "c"])[Y], {}, "y must hold labels 0, 1"),
        (X, np.ones((60, 3)), {}, "one-hot"),
        (np.where(X > 2, np.inf, X), Y, {}, "X must be finite"),
        (X.astype(np.float16), Y, {}, "got dtype float16"),
        (X.astype(object), Y, {}, "got dtype object"),
        (X[:0], Y[:0], {}, "at least two classes|one sample a row"),
        (X, Y, {"hidden": [0]}, "each width must be"),
        (X, Y, {"hidden": [-1]}, "each width must be"),
        (X, Y, {"rng": "seed"}, "rng must be"),
        (X, Y, {"optimiser": SGD(rate=-1)}, "rate must be"),
        (X, Y, {"plan": QUICK._replace(loss="hinge")}, "loss of fit must be one of"),
        (X, Y, {"plan": QUICK._replace(loss="mse")}, "plan.loss of fit must be one of softmax, got 'mse'"),
        (X, Y, {"plan": QUICK._replace(batch=0)}, "batch must be"),
    ],
)
def test_bad_data(X, y, options, words):
    options = {"hidden": [2], "rng": 0, "plan": QUICK} | options
    with pytest.raises(ValueError, match=words):
        fit(X, y, options.pop("hidden"), **options)


@given(layers=st.integers(1, 3), seed=st.integers(0, 9))
def test_spectra_name_every_hidden_layer(layers, seed):
    net = Network.create([4, *[3] * layers, 2], rng=seed)
    found = spectra(net)
    assert list(found) == [f"sigma{l}" for l in range(1, layers + 1)]
    for l in range(layers):
        np.testing.assert_array_equal(found[f"sigma{l + 1}"], singular_values(net, l))


def test_bad_arguments_of_score_and_predict():
    net = Network.create([3, 2, 3], rng=0)
    with pytest.raises(ValueError, match="X must have 3 columns"):
        predict(net, X[:, :2])
    with pytest.raises(ValueError, match="labels must be whole numbers"):
        score(net, X, Y + 1)
    with pytest.raises(ValueError, match="as many rows"):
        score(net, X, Y[:1])


def test_the_package_exports_the_short_way():
    assert isotropic.fit is fit


def test_defaults_are_the_papers():
    assert AutoAdapt() == AutoAdapt(tau=0.95, scaffold=5, every=1, X=None)
    net = with_spectrum([0.97, 0.93])
    assert adapt(net, 0, rng=0)[0].widths[1] == 2 - 1 + 5
    assert adapt(net, 0, rng=0)[1][0].reason == said(1, 5, 0.95)


@pytest.mark.parametrize(("scaffold", "width"), [(2, 4), (1, 3), (0, 2)])
def test_one_too_few_and_one_too_many(scaffold, width):
    net, events = adapt(with_spectrum([1.5, 1.2, 0.1]), 0, 0.5, scaffold, rng=0)
    assert net.widths[1] == width
    assert len(events) == (width != 3)


@given(m=st.integers(1, 9), d=st.integers(1, 9), scaffold=st.integers(1, 4), seed=st.integers(0, 99))
def test_the_released_count_leaves_out_the_zeros_that_the_matrix_has_not_got(m, d, scaffold, seed):
    """In W (m, d) with m > d the released rule sees m - d spare neurons fewer, and so wants as many more."""
    net = Network.create([d, m, 2], rng=0)
    net.params["W1"][...] = np.random.default_rng(seed).standard_normal((m, d))
    sigma = np.linalg.svd(net.params["W1"], compute_uv=False)
    for counted, spare in (("all", np.sum(sigma <= 0.95) + max(m - d, 0)), ("released", np.sum(sigma <= 0.95))):
        after, events = adapt(net, 0, 0.95, scaffold, rng=0, counted=counted)
        assert after.widths[1] == max(m + scaffold - spare, 1)
        assert [event.reason for event in events] == [said(spare, scaffold, 0.95)] * (after.widths[1] != m)


def test_nearly_half_of_random_layers_are_decided_differently():
    """Wherever m > d: with m and d uniform in 2..40 this is 48.7 % of layers, 190 of 400, give or take 20 (two deviations)."""
    rng, different = np.random.default_rng(0), 0
    for m, d in rng.integers(2, 41, (400, 2)):
        net = Network.create([d, m, 2], rng=rng)
        widths = {adapt(net, 0, 0.95, 5, rng=0, counted=counted)[0].widths for counted in ("all", "released")}
        different += len(widths) == 2
        assert (len(widths) == 2) == (m > d)
    assert different == pytest.approx(195, abs=20)


def test_the_released_count_never_has_enough_of_neurons_it_does_not_see():
    """W (3, 3) with all sigma above tau: ours adds k neurons once, the released rule adds k each time."""
    ours = released = Network.create([3, 3, 2], rng=0)
    for turn in range(1, 4):
        ours, released = (
            AutoAdapt(0.5, 2, counted=counted)(net, after(turn))[0]
            for net, counted in ((ours, "all"), (released, "released"))
        )
        assert (ours.widths[1], released.widths[1]) == (5, 3 + 2 * turn)


def silent_first():
    """Neuron 0 has the greatest sigma and nobody hears it; neuron 2 has the least and is heard."""
    net = Network.create([3, 3, 2], rng=0)
    net.params["W1"][...] = np.diag([0.9, 0.6, 0.3])
    net.params["W2"][...] = [[1e-6, 1.0, 0.0], [0.0, 0.0, 1.0]]
    return net


@pytest.mark.parametrize(("by", "left"), [("sigma", [0.9, 0.6]), ("product", [0.6, 0.3])])
def test_the_criterion_says_who_goes(by, left):
    found, _ = adapt(silent_first(), 0, 0.95, 2, rng=0, by=by)
    np.testing.assert_allclose(np.linalg.norm(found.params["W1"], axis=1), left)
    again, _ = AutoAdapt(0.95, 2, by=by)(silent_first(), after(1))
    np.testing.assert_array_equal(again.theta, found.theta)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"counted": "some"}, "counted must be one of all, released, got 'some'"),
        ({"by": "reflection"}, "by must be one of sigma, product, got 'reflection'"),
    ],
)
def test_unknown_choices(options, words):
    with pytest.raises(ValueError, match=words):
        adapt(silent_first(), 0, **options)
    with pytest.raises(ValueError, match=words):
        AutoAdapt(**options)(silent_first(), after(1))


@pytest.mark.parametrize("wrong", [{"tau": 0.0}, {"scaffold": -1}, {"counted": "some"}, {"by": ""}, {"tau": []}])
def test_a_policy_that_is_not_due_yet_is_checked_all_the_same(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be"):
        AutoAdapt(every=99, **wrong)(with_spectrum([1.5]), after(1))
