# %% [markdown]
# # Which weights should a new neuron get?
#
# Takes about 30 minutes to read, 50 seconds to run.
#
# At least ten papers answer this question, each with a rule of its own. Here four of the rules are written by hand in
# a few lines each, what they promise is checked, and then you bet: you write down which rule will win, before the
# cell runs.
#
# You need: backpropagation, and what a singular value decomposition is. You get: one picture in which all rules have
# a place, a comparison that you can extend by a rule of your own, and a law about what training does after a network
# has changed.
#
# After this you can
#
# 1. compute the best single connection, and the fall of the loss that it promises (Exercise 1);
# 2. explain by a calculation when the sum of squared singular values is that fall, and when it is not (Exercise 2);
# 3. write a rule of your own, and judge it beside the others (Exercise 3).

# %% tags=["hide-input"]
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from minigrow import notebook
from minigrow.addition import RULES, Adding, Every, apply, look
from minigrow.addition.pairs import antisymmetric, paired
from minigrow.addition.proposal import appended
from minigrow.datasets import mnist1d, split
from minigrow.experiments.addition.comparison_levels import at_level
from minigrow.experiments.claims import above, geometric, mean
from minigrow.experiments.claims import verdict as word
from minigrow.growth import Plan, accept, start, train, watch
from minigrow.nn import MLP, Adam, Momentum, accuracy
from minigrow.nn.losses import LOSSES
from minigrow.plotting import COLOURS, STYLE
from minigrow.plotting import look as style

plt.rcParams.update(STYLE | {"figure.dpi": 80, "figure.constrained_layout.use": True})
SIZES = {"font.size": 11, "axes.titlesize": 12, "axes.labelsize": 11}
plt.rcParams.update(SIZES | {"legend.fontsize": 10})
notebook.sharp()

# %% [markdown]
# **Watch it first.** Two networks grow from two hidden neurons to sixteen, two at a time. In the first the new neurons'
# weights are found by a rule called TINY, in the second they are random. Play both: can you see which is which?

# %% tags=["hide-input"]
known, test = mnist1d()
learn, valid = split(known, test=0.25, rng=0)
seen, lives = watch(task="Tell ten kinds of signals apart."), []
for rule in ("tiny", "random_in"):
    rules = (Adding(rule, Every(20), neurons=2, most=16, samples=300),)
    plan = Plan(steps=300, batch=50, policies=rules, every=20, record=20, quiet=True)
    run = start(MLP.create([40, 2, 10], rng=0), Adam(1e-2), rng=0)
    run = train(run, learn.X, learn.y, plan._replace(observe=seen))
    lives.append(run.history)
notebook.replay(lives, "New neurons by a rule, and at random", height=760)

# %% [markdown]
# ## The question
#
# A network is training and has become too small. You give a hidden layer one more neuron. It has weights from the
# inputs (its *fan-in*, a column $A$) and weights to the outputs (its *fan-out*, a row $B$), and nobody has trained
# them yet. What should they be?
#
# If both are zero, nothing happens, now and for ever: the gradient of each is proportional to the other. If both are
# random, you disturb what the network has learnt. In between there are many ideas. NORTH takes a fan-in whose outputs
# the old neurons cannot make, and a fan-out of zero. GradMax takes a fan-in of zero, and the fan-out for which the
# first gradient is largest. TINY takes both, so that the loss falls as fast as it can. Net2Net copies a neuron that
# is there.
#
# **So which one is best?** Before you read on, choose one. Further down there is a line where you write it.
#
# The network of this page has one hidden layer of tanh neurons, the task is MNIST-1D: signals of 40 points, ten
# classes. The number of neurons matters there (the seventh tutorial shows it).

# %%
X, y = learn.X[:500], learn.y[:500]  # the samples that rules look at
young = start(MLP.create([40, 4, 10], rng=0), Adam(1e-2), rng=0)
net = train(young, learn.X, learn.y, Plan(steps=200, batch=50, quiet=True)).net


def loss(net, X=X, y=y):
    return LOSSES["softmax"](net(X), y)[0]


right = 100 * accuracy(net(test.X), test.y)
print(f"4 neurons after 200 steps: loss {loss(net):.3f}, {right:.1f} % of the test set")

# %% [markdown]
# ## The picture
#
# Take one new neuron with a good fan-in $A$ and a good fan-out $B$ (how they were found comes next), and scale them
# separately: $\alpha A$ and $\beta B$. That is a plane, and the loss over this plane is a *saddle*. On both axes the
# loss does not change at all, since a neuron that hears nothing or says nothing does nothing. Between the axes it
# falls in two corners and rises in the other two.

# %%
seen = look(net, 0, X, y)
best = RULES["tiny_free"].propose(seen)
scale = np.linspace(-2, 2, 25)


def with_neuron(a, b):
    """Return the network with one neuron more, of fan-in a A and fan-out b B."""
    return apply(net, 0, appended("by hand", seen, a * best.A, b * best.B))[0]


def change(a, b):
    """What such a neuron does to the loss."""
    return loss(with_neuron(a, b)) - loss(net)


def loudness(proposal):
    return np.linalg.norm(
        np.hstack([X, np.ones((len(X), 1))]) @ proposal.A @ proposal.B
    )


# %% tags=["hide-input"]
surface = np.array([[change(a, b) for a in scale] for b in scale])
levels = np.linspace(-1, 1, 21) * np.abs(surface).max()
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4.3), width_ratios=[1.15, 1])
shown = left.contourf(scale, scale, surface, levels=levels, cmap="RdBu_r")
ticks = [-0.04, -0.02, 0, 0.02, 0.04]
fig.colorbar(shown, ax=left, label="change of the loss", ticks=ticks)
for name, a, b, side in (
    ("both zero: stuck", 0, 0, "top"),
    ("random, NORTH,\nSENN", 1.2, 0, "bottom"),
    ("GradMax", 0, 1.4, "bottom"),
    ("TINY", 1.2, 1.2, "bottom"),
):
    left.plot(a, b, "ko")
    left.text(a, b + (0.12 if side == "bottom" else -0.12), name, ha="center", va=side)
left.set(title="one new neuron, scaled", aspect="equal")
left.set(xlabel="size of the fan-in", ylabel="size of the fan-out")

sizes = np.linspace(0, 2, 30)
for i, name in enumerate(("tiny_free", "nest", "random_small")):
    proposal = RULES[name].propose(seen, rng=2)
    unit = np.sqrt(loudness(best) / loudness(proposal))
    falls = [loss(apply(net, 0, proposal, unit * s)[0]) - loss(net) for s in sizes]
    right.plot(sizes, falls, label=name, **style(i))
    promise = -((sizes * unit) ** 2) * proposal.slope
    right.plot(sizes, promise, ":", color=COLOURS[i], linewidth=1.5)
right.set(title="down the diagonal", ylabel="change of the loss")
right.set_xlabel(r"size $\alpha$ of both")
right.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Figure 1. Left: where rules put a new neuron. Blue is down. Right: the loss when fan-in and fan-out grow together,
# for three rules, equally loud: $|XAB|$ is the same; dotted, the parabola $-\alpha^2\,\times$ slope that each of them
# promises.*
#
# All rules stand on this saddle. Some stay on an axis: *the function is kept*, training has to lead the neuron down,
# and the rule chooses the axis so that the way down is steep. Others step down the diagonal: the loss falls at once,
# and the rule chooses in which plane.

#
# **Move the amplitude.** Walk around the origin of the left panel, at a distance that you choose. For a small neuron the
# loss is the saddle that the next section derives; how large may a neuron be before that is no longer true?


# %%
def around(alpha):
    """Draw the loss on a circle: fan-in alone, both, fan-out alone, and back."""
    turn = np.linspace(0, 2 * np.pi, 49)
    a, b = np.sqrt(2) * alpha * np.array([np.cos(turn), np.sin(turn)])
    found = [change(*pair) / alpha**2 for pair in zip(a, b, strict=True)]
    _, ax = plt.subplots(figsize=(8, 2.6))
    ax.plot(np.degrees(turn), found, label="the network", **style(0))
    saddle = -best.slope * np.sin(2 * turn)
    ax.plot(np.degrees(turn), saddle, "k:", label="the saddle")
    ax.set_xticks(
        [0, 45, 90, 180, 270, 360], ["NORTH", "TINY", "GradMax", 180, 270, 360]
    )
    ax.set(
        ylim=(-0.02, 0.03), ylabel=r"change / $\alpha^2$", title=f"amplitude {alpha:g}"
    )
    ax.legend(loc="upper right")


notebook.move(around, alpha=[0.01, 0.1, 0.3, 0.5, 1.0, 2.0], stills=[0.1, 0.5, 2.0])

# %% [markdown]
# ## The equation
#
# The letters of this page are those of `minigrow/addition/block.py`. Let the layer see inputs $X$ ($n$ samples,
# $d + 1$ columns, the last one ones, for the biases) and say $H = [\mathrm{act}(X W_1^\top)\ 1]$, here with act = tanh.
# The next layer gets $Y = H W_2^\top$. (The biases are a last column of $W_1$ and $W_2$.) Sample $i$ has the loss $L_i$,
# and $L$ is their mean. Let
#
# $$ G_i = -\,\partial L_i / \partial Y_i $$
#
# be row $i$ of $G$: where sample $i$ wants the next layer to go. A new neuron adds $\mathrm{act}(XA)\,B$ to $Y$. For
# small $A$ with $\mathrm{act}(0) = 0$ this is $\mathrm{act}'(0)\,XAB$, so if both sides have the size $\alpha$, to first
# order
#
# $$ L(\alpha A, \alpha B) = L - \alpha^2\,\mathrm{act}'(0)\,\langle M, AB\rangle + \dots, \qquad
#    M = \tfrac1n X^\top G, $$
#
# where $\langle M, AB\rangle$ is the sum of the products of their entries. Here is the one idea of this page: **rules look
# at the same few sums** over samples, and what they promise follows from these.
#
# $$ S = \tfrac1n X^\top X, \quad M = \tfrac1n X^\top G, \quad C = \tfrac1n X^\top H, \quad
#    D = \arg\min |G - HD|^2, \quad N = M - CD. $$
#
# $S$ says how inputs vary, $M$ how they go with what is wanted. The old neurons could do part of it themselves: $D$
# is the best change of *their* outgoing weights, and $N$ is what $M$ becomes when that part is taken away. (NORTH and
# SENN look at neurons that are not small, so they need the samples themselves besides.)
#
# | rule | fan-in $A$ | fan-out $B$ | function | promise |
# |---|---|---|---|---|
# | random | random | 0 | kept | the squared gradient of $B$, as it happens to be |
# | GradMax | 0 | $\bar r\,V_k^\top$ of $\mathrm{svd}(M)$ | kept | that of $A$: $\bar r^2 \sum \sigma^2$, the most there is |
# | TINY | $S^{-1/2} U_k \sqrt{\sigma_k}$ | $\sqrt{\sigma_k}\,V_k^\top$, and $D$ | moves | $L$ falls by $\alpha^2 \cdot$ slope |
# | NORTH | $\mathrm{act}(XA)$ outside the span of $H$ | 0 | kept | outputs that the old neurons cannot make |
#
# Here $U_k$, $\sigma_k$, $V_k$ are the first $k$ singular vectors and values (for TINY those of $S^{-1/2} N$), $k$ being the
# number of new neurons, and $\bar r$ is the mean length of the old fan-outs. TINY's slope has a part of the new neurons
# and one of the old, which get $\alpha^2 D$ on top of their weights:
#
# $$ \text{slope} = \langle M, AB\rangle + \langle \tfrac1n H^\top G, D\rangle. $$
#
# The factor $\mathrm{act}'(0)$ is 1 for tanh and left out here. A known library promises $\sum \sigma^2$ for the first
# part; Exercise 2 shows why that is not so.

# %% [markdown]
# ## The code that is the equation
#
# The sums in ten lines. `p` is the softmax of the outputs, so $G$ is "label minus probability".

# %%
n, W = len(X), net.params
Xo = np.hstack([X, np.ones((n, 1))])  # X of the equation, (n, d+1)
H = np.hstack([np.tanh(X @ W["W1"].T + W["b1"]), np.ones((n, 1))])
Y = H @ np.vstack([W["W2"].T, W["b2"]])
p = np.exp(Y) / np.exp(Y).sum(axis=1, keepdims=True)
G = np.eye(10)[y] - p
S, M, C = Xo.T @ Xo / n, Xo.T @ G / n, Xo.T @ H / n
D = np.linalg.lstsq(H, G, rcond=None)[0]
N = M - C @ D

# %%
for name, ours in (("S", S), ("M", M), ("C", C), ("D", D), ("N", N)):
    gap = np.abs(ours - getattr(seen.statistics, name)).max() / np.abs(ours).max()
    print(f"{name} {ours.shape!s:10} equals the library's to 1e-10:", gap < 1e-10)
    assert gap < 1e-10
share = np.sum((H @ D) ** 2) / np.sum(G**2)
print(f"of what is wanted, |G|^2, the old neurons could do {100 * share:.0f} %")

# %% [markdown]
# And the four rules, for $k$ new neurons. `like(W)` gives new weights the mean length of those there are, as several
# of the papers do.


# %%
def like(W):
    return np.mean(np.linalg.norm(W, axis=1))


def random(k, rng):
    A = rng.standard_normal((41, k)) * np.array([[1.0]] * 40 + [[0.0]])  # no biases
    return like(W["W1"]) * A / np.linalg.norm(A, axis=0), np.zeros((k, 10)), None


def gradmax(k, rng):
    V = np.linalg.svd(M)[2]
    return np.zeros((41, k)), like(W["W2"].T) * V[:k], None


def tiny(k, rng):
    values, vectors = np.linalg.eigh(S)
    P = vectors / np.sqrt(values) @ vectors.T  # S^-1/2
    U, s, V = np.linalg.svd(P @ N, full_matrices=False)
    return P @ U[:, :k] * np.sqrt(s[:k]), np.sqrt(s[:k])[:, None] * V[:k], D


def outside(A):
    """The share of act(X A) that the old neurons cannot make, one number per neuron."""
    Q, new = np.linalg.qr(H)[0], np.tanh(Xo @ A)
    return 1 - np.sum((Q.T @ new) ** 2, axis=0) / np.sum(new**2, axis=0)


def north(k, rng, candidates=100):
    A, B, _ = random(candidates, rng)
    return A[:, np.argsort(-outside(A))[:k]], B[:k], None


# %% [markdown]
# ## An invariant, checked live
#
# A promise is a number that can be measured. For the silent rules (function kept) it is the squared gradient of the
# weights that are zero: we let the network grow, backpropagate, and look. For TINY it is a slope: we scale the
# neurons by a small $\alpha$ and see how much the loss falls, divided by $\alpha^2$.


# %%
def grown(A, B, D, alpha=1.0):
    """The network with these neurons more."""
    return apply(net, 0, appended("ours", seen, A, B, D=D), alpha)[0]


def measured(A, B, D, alpha=1e-3):
    """The new gradient's squared norm; or the fall of the loss over alpha^2."""
    if A.any() and B.any():
        return (loss(net) - loss(grown(A, B, D, alpha))) / alpha**2
    more = grown(A, B, D)
    slopes = more.with_theta(more.gradient(X, y)[1]).params
    if A.any():
        return np.sum(slopes["W2"][:, 4:] ** 2)
    return np.sum(slopes["W1"][4:] ** 2) + np.sum(slopes["b1"][4:] ** 2)


def promised(A, B, D):
    if not B.any():
        return np.sum((np.tanh(Xo @ A).T @ G / n) ** 2)
    if not A.any():
        return np.sum((M @ B.T) ** 2)
    return np.sum(M * (A @ B)) + np.sum(H.T @ G / n * D)


print(f"{'rule':9}{'promise':>19}{'measured':>11}   function kept")
kinds = {random: "|dL/dB|^2", gradmax: "|dL/dA|^2", tiny: "slope", north: "|dL/dB|^2"}
for rule, what in kinds.items():
    new = rule(2, np.random.default_rng(0))
    ours, theirs = promised(*new), measured(*new)
    kept = "yes" if abs(loss(grown(*new)) - loss(net)) < 1e-14 else "no"
    print(f"{rule.__name__:9}{what:>11} {ours:7.5f}{theirs:11.5f}   {kept}")
    assert abs(ours / theirs - 1) < 1e-4
theirs = RULES["gradmax"].propose(seen, 2), RULES["tiny"].propose(seen, 2)
for ours, other in zip((gradmax(2, None), tiny(2, None)), theirs, strict=True):
    assert np.abs(ours[0] @ ours[1] - other.A @ other.B).max() < 1e-10
    assert abs(promised(*ours) / (other.gradient or other.slope) - 1) < 1e-10
any_of = outside(random(100, np.random.default_rng(1))[0]).mean()
chosen = outside(north(2, np.random.default_rng(1))[0]).mean()
print(
    f"outside the old neurons' span: random {any_of:.3f}, NORTH's choice {chosen:.3f}"
)

# %% [markdown]
# Every promise is kept, and our two closed forms are the library's. Note what the promises do *not* say. They are
# about the first step. None says that the network will be better in the end, and the numbers of different rules
# cannot even be compared: a gradient of $A$, a gradient of $B$ and a slope have different units. For that there is no
# formula; there is only training.

# %% [markdown]
# ## The paper's claim at small scale
#
# Be fair to all of them: everybody has a learning rate of its own, the best of three on the validation set. SENN climbs
# for its fan-in step by step; it gets ten steps from two starts, for the sake of time.

# %% [markdown]
# **Predict, then run.** Networks grow from 2 to 32 neurons, two at a time, every 20 steps; after 300 steps they are grown,
# after 600 it is over. All rules have the same first network, batches and steps. Which rule ends with the best score?
# How far is it from random growth? And where is a static network that has had 32 neurons all along? Write your answer
# into the cell before you run it.

# %%
# random_in, wider (Net2Net), gradmax, tiny, north_select or senn?
MY_RULE = "gradmax"  # <- your guess

# %%
SEEDS = range(2) if notebook.small() else range(8)
TRIALS = range(100, 101) if notebook.small() else range(100, 103)
RATES = 5e-3, 1e-2, 2e-2
ARMS = {
    name: name for name in ("random_in", "wider", "gradmax", "tiny", "north_select")
}
ARMS |= {"senn": partial(RULES["senn"].propose, starts=1, steps=10), "static 32": None}


def life(rule, rate, seed):
    """The run of 600 steps; without a rule there are 32 neurons from the start."""
    net, policies = MLP.create([40, 2 if rule else 32, 10], rng=seed), ()
    if rule:
        policies = (Adding(rule, Every(20), neurons=2, most=32, samples=300),)
    plan = Plan(steps=600, batch=50, policies=policies, every=20, quiet=True)
    return train(start(net, Adam(rate), rng=seed), learn.X, learn.y, plan)


def score(run, part):
    return 100 * accuracy(run.net(part.X), part.y)


def tuned(rule, seeds=TRIALS):
    """The rate with the best mean score on the validation set."""
    found = {}
    for rate in RATES:
        found[rate] = np.mean([score(life(rule, rate, seed), valid) for seed in seeds])
    return max(found, key=found.get)


rates = {name: tuned(rule) for name, rule in ARMS.items()}
runs, scores, work = {}, {}, {}
for name, rule in ARMS.items():
    runs[name] = [life(rule, rates[name], seed) for seed in SEEDS]
    scores[name] = np.array([score(run, test) for run in runs[name]])
    work[name] = runs[name][0].work

# %% tags=["hide-input"]
order = sorted(ARMS, key=lambda name: -scores[name].mean())
fig, ax = plt.subplots(figsize=(9, 3.6))
for i, name in enumerate(order):
    e, dots = mean(scores[name]), {"color": COLOURS[0], "alpha": 0.5}
    ax.plot(scores[name], np.full(len(SEEDS), i) + 0.18, ".", **dots)
    arms = [[e.value - e.low], [e.high - e.value]]
    ax.errorbar(e.value, i, xerr=arms, fmt="o", color=COLOURS[0], capsize=4)
ax.set_yticks(range(len(order)), order)
ax.invert_yaxis()
ax.set_xlabel("right answers on the test set (%)")
ax.set_title(f"after 600 steps: mean of {len(SEEDS)} seeds, 95 % interval")
plt.show()

# %%
print(f"{'':13}  rate  score   minus random growth [95 %]      multiply-adds")
for name in order:
    e = at_level(mean(scores[name] - scores["random_in"]), len(ARMS) - 1)
    versus = f"{e.value:+.1f} [{e.low:+.1f}, {e.high:+.1f}] {word(e, above(0))}"
    versus = versus if name != "random_in" else ""
    paid = 100 * work[name] / work["static 32"]
    found = f"{name:13}{rates[name]:6g}{scores[name].mean():7.1f}"
    print(f"{found}   {versus:32s}{paid:5.0f} %")
rules = [name for name in order if name != "static 32"]
place = rules.index(MY_RULE) + 1
print(f"your guess, {MY_RULE}, is number {place} of {len(rules)} rules")

# %% [markdown]
# *Figure 2. Scores of seven arms; dots are single runs. In the table, mean differences between runs of the same seed;
# the six intervals are wide enough to be right together in 95 % of cases. "Holds": above zero; "refuted": below.
# Multiply-adds are those of training, as a share of the static network's; what the rules themselves cost is not in
# them.*
#
# <details><summary>What happened</summary>
#
# Look at the intervals before you look at the order. The static network is ahead of random growth, and copying neurons
# is, just, behind it. Of the four rules that look at data, none can be told from random
# growth: eight seeds decide nothing about differences of one or two points. TINY is in front of the rules, and you
# may not conclude that it is better. The full run (`minigrow run addition.comparison --full`: 23 rules, six tasks, 20
# seeds, growing to 64) cannot tell TINY, GradMax or NORTH from random growth on MNIST-1D either, and finds SENN behind.
#
# </details>
#
# No rule beats random growth on all tasks, and the rules rank differently from task to task; on a linear regression
# GradMax and TINY win clearly, with a third of its error.
#
# That random growth loses at equal steps is not the whole story either: it spent three quarters of the multiply-adds.
# But it had its last neurons for 300 steps only, and here everybody stops before having converged. Which of the two
# matters is a question for an experiment that holds the cost fixed, as the full one does.
#
# **What becomes of the optimiser?** Momentum and Adam remember gradients of a network that is no longer there. When a
# neuron is split in two, its row of $W_1$ is copied ($T$) and its column of $W_2$ is shared out ($U$, shares $q$ and
# $1 - q$):
#
# $$ W_1 \to T W_1, \qquad W_2 \to W_2 U, \qquad U T = \mathrm{id}. $$
#
# The function is the same, the gradients are not: they map by the dual, $U^\top g_{W_1}$ and $g_{W_2} T^\top$, with
# $g_{W_l} = \partial L / \partial W_l$. So training takes another way from here, whatever the optimiser remembers. There
# is a remedy, though: multiply. Since
#
# $$ T T^\top\,U^\top g_{W_1} = T\,(U T)^\top\,g_{W_1} = T g_{W_1}, \qquad
#    g_{W_2} T^\top\,U^\top U = g_{W_2} (U T)^\top\,U = g_{W_2} U, $$
#
# gradients multiplied by $T T^\top$ and $U^\top U$ map exactly as parameters do. That is the **metric law**: with SGD or
# momentum, change-then-train equals train-then-change, for ever. The library offers four ways to go on. `reset`
# forgets, `pad` leaves old entries as they are and gives new ones zero, `follow` maps the memory as gradients map,
# `metric` maps it as parameters map and multiplies from then on.

# %%
T = np.vstack([np.eye(4), np.eye(4)[1]])  # neuron 1 is copied
U = np.hstack([np.eye(4), np.zeros((4, 1))])
U[1, 1], U[1, 4] = 0.4, 0.6
split_up, _ = apply(net, 0, RULES["wider"].propose(seen, q=0.4, neurons=[1]))
assert np.array_equal(split_up.params["W1"], T @ W["W1"])
old, new = (each.with_theta(each.gradient(X, y)[1]).params for each in (net, split_up))
duals = np.abs(new["W1"] - U.T @ old["W1"]).max() < 1e-14
cured = np.abs(T @ T.T @ new["W1"] - T @ old["W1"]).max() < 1e-14
print("new gradient of W1 is U^T times the old one:", duals)
print("times T T^T it is T times the old one:      ", cured)
print("rank of T T^T:", np.linalg.matrix_rank(T @ T.T), "for", len(T), "neurons")

# %% [markdown]
# **Predict, then run.** A neuron is split in two after 100 steps, and training goes on for 300 more, with momentum. By how
# many per cent do the outputs then differ from those of the network that was never split, in each of the four ways?


# %%
def split_life(way, optimiser, steps=range(0, 301, 10)):
    """The networks so many steps behind the split of neuron 1 (way None: no split)."""
    plan, nets = Plan(steps=100, batch=50, quiet=True), []
    run = start(MLP.create([40, 4, 10], rng=0), optimiser, rng=0)
    run = train(run, learn.X, learn.y, plan)
    if way:
        copy = RULES["wider"].propose(look(run.net, 0, X, y), q=0.4, neurons=[1])
        run = accept(run, *apply(run.net, 0, copy), transport=way)
    for step in steps:
        if step:
            run = train(run, learn.X, learn.y, plan._replace(steps=100 + step))
        nets.append(run.net)
    return nets


def apart(net, other):
    return np.abs(net(test.X) - other(test.X)).max() / np.abs(other(test.X)).max()


WAYS = ("reset", "pad", "follow", "metric")
momentum = {way: split_life(way, Momentum(0.02)) for way in (None, *WAYS)}
adam = {way: split_life(way, Adam(1e-2), (0, 300)) for way in (None, "metric")}
gaps = {}
for way in WAYS:
    pairs = zip(momentum[way], momentum[None], strict=True)
    gaps[way] = [apart(each, other) for each, other in pairs]
for way in ("reset", "pad", "follow"):
    print(f"momentum, {way:7} after 300 steps {100 * gaps[way][-1]:4.0f} %", end=" ")
    print("from never having split")
rounding = gaps["metric"][-1] / np.finfo(float).eps
print(f"momentum, metric  after 300 steps {rounding:4.0f} eps")
copies = momentum["metric"][-1].params["W1"][[1, 4]]
same = np.abs(copies[0] - copies[1]).max() < 1e-13
print("metric: the two copies are the same to 1e-13:", same)
gap = 100 * apart(adam["metric"][-1], adam[None][-1])
print(f"Adam, metric      after 300 steps {gap:4.0f} %: no law")
assert gaps["metric"][-1] < 1e-12

# %% tags=["hide-input"]
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
i = 39  # the input whose weight is drawn


def path(way, neuron):
    """A copy's weight from input i, and all copies' weights to output 0, over time."""
    params = [each.params for each in momentum[way]]
    out = [p["W2"][0, 1] + p["W2"][0, 4:].sum() for p in params]
    return np.array([[p["W1"][neuron, i] for p in params], out])


left.plot(*path(None, 1), color="0.75", linewidth=7, label="never split")
left.plot(*path("metric", 1), label="metric, both copies", **style(3))
left.plot(*path("follow", 1), label="follow, original", **style(2))
left.plot(*path("follow", 4), label="follow, copy", **style(4))
left.plot(*path(None, 1)[:, 0], "ko")
left.set(title="two paths from one function", xlabel=f"a weight from input {i}")
left.set_ylabel("weight to output 0, copies together")
left.legend()
for k, way in enumerate(WAYS):
    right.semilogy(
        range(0, 301, 10), np.maximum(gaps[way], 1e-17), label=way, **style(k)
    )
right.set(title="distance from never having split", xlabel="steps behind the split")
right.set_ylabel("largest relative difference")
right.legend()
plt.show()

# %% [markdown]
# *Figure 3. Left: a weight into each copy of the split neuron, and their weights out, over 300 steps from the black
# dot. Right: how far the outputs are from those of the network that was never split; the metric stays at the level of
# rounding.*
#
# <details><summary>What happened</summary>
#
# Three ways lead to other networks, a tenth or more away. The metric's is the network that was never split, to the last
# digits.
#
# </details>
#
# It is a law that you should not want. $T T^\top$ has the rank of the *old* layer: with it, the two copies move together
# for ever, and the new neuron might as well not be there. For a neuron that is appended, $T T^\top$ is zero on its row,
# and it never learns. So an optimiser that commutes with growth *freezes exactly the freedom that growth has made*.
# What a rule for adding neurons does is to choose in the rest, $\mathrm{id} - T U$, which no law decides. And Adam
# divides by a square root entry by entry, so that it does not commute even with this metric.
#
# **Are newborns starved?** A recent paper says that newborn neurons are starved of gradient. Measure it: grow a
# network of 12 neurons by 4 after 400 steps; root mean square gradient of the new neurons' weights over that of the
# old ones, at birth and later.

# %% [markdown]
# **Predict, then run.** Starved would be far below 1. What will the ratio be for random fan-ins, for GradMax, for TINY and
# for copies (`wider`), at birth and 300 steps later?


# %%
def hunger(rule, seed, looks=(0, 10, 100, 300)):
    """The gradient of new neurons over that of old ones, so many steps after birth."""
    plan, found = Plan(steps=400, batch=50, quiet=True), []
    run = start(MLP.create([40, 12, 10], rng=seed), Adam(1e-2), rng=seed)
    run = train(run, learn.X, learn.y, plan)
    born = RULES[rule].propose(look(run.net, 0, X, y), 4, rng=seed)
    run = accept(run, *apply(run.net, 0, born))
    for step in looks:
        if step:
            run = train(run, learn.X, learn.y, plan._replace(steps=400 + step))
        g = run.net.with_theta(run.net.gradient(X, y)[1]).params
        each = np.sum(g["W1"] ** 2, axis=1) + g["b1"] ** 2
        each = each + np.sum(g["W2"] ** 2, axis=0)
        found.append(np.sqrt(each[12:].mean() / each[:12].mean()))
    return found


def said(e):
    return f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]"


steps = ("0 steps", "10 steps", "100 steps", "300 steps")
print(f"{'new over old':13}" + "".join(f"{text:>19}" for text in steps))
for rule in ("random_in", "gradmax", "tiny", "wider"):
    ratios = np.array([hunger(rule, seed) for seed in range(6)])
    each = [geometric(column, np.ones(6)) for column in ratios.T]
    print(f"{rule:13}" + "".join(f"{said(e):>19}" for e in each))

# %% [markdown]
# <details><summary>What happened</summary>
#
# It depends on the rule. The neurons of `random_in` and TINY get about half of what the old ones get, at birth and 300
# steps later. (The fan-in of a silent neuron has no gradient at all at birth, because nobody listens to it.) GradMax was
# made for the opposite, and gets what it promises, more than twice the old neurons' gradient, but not for long: behind
# 100 steps all intervals lie below 1.
#
# </details>
#
# Geometric means over six seeds. In Figure 2 GradMax's large first gradient makes no difference that can be told from
# luck.
#
# The full run (`addition.newborn`, 20 seeds, two activations, two optimisers) calls a newborn starved where the interval
# at birth lies below 0.5. On MNIST-1D that holds for TINY (0.40 [0.38, 0.43]), is undecided for `random_in`
# (0.47 [0.44, 0.51]), and is refuted for GradMax (1.96 [1.89, 2.03]) and the copy (0.81 [0.76, 0.87]). Where the old
# neurons have learnt nearly all there is, `random_in` gets 2.8 times what they get [2.3, 3.4]: it depends on the task, too.

# %% [markdown]
# ## What breaks it
#
# The promises need $\mathrm{act}(0) = 0$ and a slope at 0. ReLU has no slope there, and making neurons smaller does
# not help: a small kink is a kink. Sigmoid has a slope, but $\mathrm{act}(0) = 1/2$: a neuron that hears nothing says
# something, so the loss changes by $\alpha$, not by $\alpha^2$, and "the slope" has no limit.
#
# The remedy costs a neuron: add the *antisymmetric pair* $(A, B)$ and $(-A, -B)$. What both say together,
# $\mathrm{act}(z) - \mathrm{act}(-z)$, is odd, so $\mathrm{act}(0)$ cancels; and for ReLU it is exactly $z$.


# %%
def falls(net, proposal, promise):
    """What is promised, and the fall of the loss over alpha^2 for two sizes alpha."""
    found = [
        loss(net) - loss(apply(net, 0, proposal, size)[0]) for size in (1e-2, 1e-4)
    ]
    return promise, found[0] / 1e-4, found[1] / 1e-8


def both(name, tangent):
    """Promise and falls of one neuron, then of a pair; and what rules see."""
    young = start(MLP.create([40, 4, 10], name, rng=0), Adam(1e-2), rng=0)
    net = train(young, learn.X, learn.y, Plan(steps=200, batch=50, quiet=True)).net
    what, free = look(net, 0, X, y), RULES["tiny_free"].propose
    single = free(what._replace(block=what.block._replace(act=seen.block.act)))
    pair = paired(single) if name == "tanh" else antisymmetric(free)(what)
    alone = falls(net, single, tangent * single.slope)
    return alone, falls(net, pair, pair.slope), what


columns = "promised a = .01  a = .0001"
print(f"{'one neuron:':12}{columns}   pair: {columns}")
for name, tangent in {"tanh": 1.0, "relu": 1.0, "sigmoid": 0.25}.items():
    alone, pair, what = both(name, tangent)
    cells = [f"{a:8.4f}{b:9.4f}{c:10.4f}" for a, b, c in (alone, pair)]
    print(f"{name:12}{cells[0]}{'':9}{cells[1]}")
    assert abs(pair[2] / pair[0] - 1) < 1e-2
try:
    RULES["tiny_free"].propose(what)
except ValueError as error:
    print("\nthe library refuses:", str(error).split(", which")[0] + " ...")

# %% [markdown]
# The falls of the loss over $\alpha^2$, for two sizes $\alpha$ (a). Left for one neuron, where "promised" takes the slope 1
# for ReLU, as GradMax's program does: the promise is missed by the same share however small the neuron is. For sigmoid
# the number does not even settle. Right for the pair: every activation does what it says. The library refuses what
# cannot be kept, and its error names the pair.
#
# The metric law breaks in its own way: Adam, above. The comparison breaks as all comparisons do: give one rule the
# rate of another, show the best seed, or forget the intervals, and you can have any winner you like.

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 1 (easy)
#
# NeST in its simplest form: find the largest $|M_{ij}|$, connect input $i$ with output $j$ through a new neuron, with
# $A_i = \pm 1$ and $B_j = 1$. Which sign, and by how much does the loss fall over $\alpha^2$? Write `nest(M)`, which
# returns $A$ (a column), $B$ (a row) and that fall. Check it with `measured`. (In the place of $D$ give zeros.)
#
# Check your answer: `minigrow check 08.1 answer.py`
#
# <details><summary>Answer</summary>
#
# The slope is $\langle M, AB \rangle = A_i M_{ij} B_j$, so $A_i$ takes the sign of $M_{ij}$, and the slope is
# $|M_{ij}|$.
#
# ```python
# def nest(M):
#     i, j = np.unravel_index(np.argmax(np.abs(M)), M.shape)
#     A, B = np.zeros((len(M), 1)), np.zeros((1, M.shape[1]))
#     A[i], B[0, j] = np.sign(M[i, j]), 1.0
#     return A, B, abs(M[i, j])
#
#
# A, B, slope = nest(M)
# print(f"promised {slope:.4f}, measured {measured(A, B, np.zeros((5, 10))):.4f}")
# print(f"the best neuron of the same lengths: {np.linalg.svd(M)[1][0]:.4f}")
# ```
#
# ```text
# promised 0.0427, measured 0.0427
# the best neuron of the same lengths: 0.1425
# ```
#
# </details>

# %% [markdown]
# ### Exercise 2 (medium)
#
# A library reports that TINY's new neurons make the loss fall by $\alpha^2 \sum \sigma^2$. Write `sums(X, G, H, k)`: both
# $\sum \sigma^2$ and $\langle M, AB\rangle$ for $k$ new neurons, from the samples alone. Compare them for
# $k = 1, 2, 4$ and for `tiny_free`, which uses $M$ in the place of $N$ (give it $H = 0$). Why do they differ for one and
# not for the other?
#
# Check your answer: `minigrow check 08.2 answer.py`
#
# <details><summary>Answer</summary>
#
# $\sum \sigma^2 = \langle N, AB \rangle$ and $M = N + C D$, so
# $\langle M, AB \rangle = \sum \sigma^2 + \langle CD, AB \rangle$. The cross term is there because $XAB$ need not be
# orthogonal to what $D$ does already. It has either sign.
#
# ```python
# def sums(X, G, H, k):
#     n, D = len(X), np.linalg.lstsq(H, G, rcond=None)[0]
#     S, M, N = X.T @ X / n, X.T @ G / n, X.T @ (G - H @ D) / n
#     values, vectors = np.linalg.eigh(S)
#     P = vectors / np.sqrt(values) @ vectors.T
#     U, s, V = np.linalg.svd(P @ N, full_matrices=False)
#     AB = P @ U[:, :k] * s[:k] @ V[:k]
#     return np.sum(s[:k] ** 2), np.sum(M * AB)
#
#
# for k in (1, 2, 4):
#     reported, fall = sums(Xo, G, H, k)
#     free = sums(Xo, G, 0 * H, k)
#     for name, pair in (("tiny", (reported, fall)), ("tiny_free", free)):
#         words = f"sum sigma^2 {pair[0]:.4f}, <M, AB> {pair[1]:.4f}"
#         print(f"k = {k}, {name:10} {words}")
# ```
#
# ```text
# k = 1, tiny       sum sigma^2 0.0139, <M, AB> 0.0136
# k = 1, tiny_free  sum sigma^2 0.0145, <M, AB> 0.0145
# k = 2, tiny       sum sigma^2 0.0262, <M, AB> 0.0258
# k = 2, tiny_free  sum sigma^2 0.0275, <M, AB> 0.0275
# k = 4, tiny       sum sigma^2 0.0435, <M, AB> 0.0418
# k = 4, tiny_free  sum sigma^2 0.0451, <M, AB> 0.0451
# ```
#
# </details>

# %% [markdown]
# ### Exercise 3 (hard)
#
# Write a rule of your own and enter it in the comparison: a function `mine(seen, k, rng)` that returns
# `appended("mine", seen, A, B)` for `k` new neurons. Idea: draw candidates at random as NORTH does, but choose those that
# *correlate* best with what is wanted, and give them the least-squares fan-out for what the old ones leave, $G - HD$,
# made smaller by half. Use the rate of `random_in`.
#
# Check your answer: `minigrow check 08.3 answer.py`
#
# <details><summary>Answer</summary>
#
# This is cascade-correlation (1990) with a random search in the place of training, the oldest rule of all.
#
# ```python
# def mine(seen, k, rng, candidates=100):
#     b, s = seen
#     A = RULES["random_in"].propose(seen, candidates, rng).A
#     new, wanted = b.new(A), b.G - b.H @ s.D
#     centred = new - new.mean(axis=0)
#     useful = np.linalg.norm(centred.T @ wanted, axis=1)
#     useful /= np.linalg.norm(centred, axis=0)
#     A = A[:, np.argsort(-useful)[:k]]
#     B = np.linalg.lstsq(b.new(A), wanted, rcond=None)[0]
#     return appended("mine", seen, A, 0.5 * B)
#
#
# found = [life(mine, rates["random_in"], seed) for seed in SEEDS]
# own = np.array([score(run, test) for run in found])
# e = mean(own - scores["random_in"])
# print(f"mine {own.mean():.1f} %, minus random growth", end=" ")
# print(f"{e.value:+.1f} [{e.low:+.1f}, {e.high:+.1f}]")
# ```
#
# ```text
# mine 44.0 %, minus random growth +1.1 [-2.0, +4.2]
# ```
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Evci et al. 2022, "GradMax" (arXiv 2201.05125); Verbockhaven et al. 2024, TINY (arXiv 2405.19816); Maile et al.
#   2022, NORTH (arXiv 2202.08539); Mitchell et al. 2024, SENN (arXiv 2307.04526); Chen et al. 2016, Net2Net (arXiv
#   1511.05641); Dai et al. 2019, NeST (arXiv 1711.02017).
# - Fahlman and Lebiere 1990, "The Cascade-Correlation Learning Architecture": where it began.
# - Lillo and Cheney 2026 (arXiv 2605.15435): the claim about starving newborns.
# - In the package: `addition.md` lists all rules with what was measured; `minigrow/addition/block.py` has the
#   letters, `statistics.py` the sums, `table.py` every rule; `minigrow/growth/metric.py` the metric law.
# - In full: `minigrow run addition.comparison --full`, `addition.promises`, `addition.transport`, `addition.newborn`.
#
# Text and pictures: CC BY 4.0. Code: MIT.
