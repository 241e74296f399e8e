# %% [markdown]
# # A recurrent network that grows and prunes its own neurons
#
# Takes about 25 minutes to read, 80 seconds to run.
#
# Thomas Miconi, *Neural networks with differentiable structure*, arXiv 1606.06216 (2016).
#
# You need: backpropagation through an ordinary network, met once. You get: backpropagation through *time*, by hand; a
# rule of three lines that turns the number of neurons into something that training decides; and an honest account of
# what it achieves. The letters are those of [notation.md](notation.md).
#
# After this you can
#
# 1. compute how long an idle newborn and a superfluous spare live (Exercise 1);
# 2. determine how many past symbols a text asks for, and predict which text grows the larger network (Exercise 2);
# 3. derive how useful a weight must be to survive the pull, and check it by simulation (Exercise 3).

# %% tags=["hide-input"]
import copy
import math

import matplotlib.pyplot as plt
import numpy as np

from minigrow import notebook
from minigrow.differentiable_structure import (
    Network,
    easy,
    evaluate,
    grow,
    hard,
    prune,
    sample,
    start,
    train,
)
from minigrow.differentiable_structure.formulas import gradient
from minigrow.differentiable_structure.multipliers import LEARNING as FIRST_LEARNING
from minigrow.differentiable_structure.multipliers import RULE as FIRST_RULE
from minigrow.differentiable_structure.multipliers import Multiplied
from minigrow.differentiable_structure.rule import outgoing_norm
from minigrow.differentiable_structure.text import encode
from minigrow.experiments.differentiable_structure.neurons import identities, obedience
from minigrow.experiments.differentiable_structure.rank import rank_test
from minigrow.growth import Plan, follow, watch
from minigrow.growth.basis import apply
from minigrow.nn import L1, Pull, RMSProp, complex_step
from minigrow.nn.optimisers import State
from minigrow.nn.params import flatten
from minigrow.plotting import COLOURS, GREY, STYLE, look, phases

plt.rcParams.update(STYLE | {"figure.dpi": 80, "figure.constrained_layout.use": True})
SIZES = {"font.size": 11, "axes.titlesize": 12, "axes.labelsize": 11}
plt.rcParams.update(SIZES | {"legend.fontsize": 10})
notebook.sharp()
ALPHABET = "()ab"

# %% [markdown]
# **Watch it first.** A network that begins with one neuron reads an easy text, then a hard one, then the easy one again.
# Neurons come and go all the time, most of them without being missed. Press play. When does the size change for good,
# and when do neurons only pass through?

# %% tags=["hide-input"]
LEARNING = Pull(RMSProp(0.01, clip=0.01), 1e-4)


def begin(seed, alphabet=ALPHABET, neurons=1, optimiser=LEARNING):
    """Return a run before its first step."""
    rng = np.random.default_rng(seed)
    net = Network.create(alphabet, neurons, rng=rng)
    return start(net, rng=rng, optimiser=optimiser, memory=(0.01, 0.0))


SEEDS = range(2) if notebook.small() else range(6)
HASTE = 20 if notebook.small() else 1  # as many times fewer cycles
texts = {seed: {"easy": easy(rng=seed), "hard": hard(rng=seed)} for seed in SEEDS}
ends = {3000 // HASTE: "easy", 8000 // HASTE: "hard", 12000 // HASTE: "easy"}
words = "Predict the next symbol of a text."
seen = watch(task=words, phases=[*zip((0, *ends), ends.values(), strict=False)])
film = begin(0)
for end, task in ends.items():
    plan = Plan(steps=end, record=120 // HASTE, observe=seen, quiet=True)
    film = train(film, texts[0][task], plan)
notebook.replay(film.history, "One neuron to spare")

# %% [markdown]
# ## The question
#
# A network reads a text, symbol by symbol, and predicts the next one. To do so it must remember: what came before, how
# long ago, in which order. How many neurons does that take? It depends on the text, and you do not know before you
# have trained. Could the network find out by itself?
#
# A gradient changes weights by a little. The number of neurons is a whole number; it cannot change by a little.
# Tutorial 3 made neurons fade in. Miconi takes another way round the same obstacle, and it is more like a household
# than like a formula: *every neuron must earn its keep, and there is always one spare.*
#
# - A constant pull draws all weights that leave a neuron towards zero. Only those stay large that lower the loss.
# - A neuron whose outgoing weights have become small is a **spare**: it hardly does anything. Too many spares? Some
#   are pruned, and nobody notices.
# - No spare left, because the gradient has put the last one to use? A new one is born.
#
# So the size follows the gradient through a population of candidates. Here are the two texts that the paper tries it
# on.

# %%
print("easy:", easy(50, rng=0)[:50])
print("hard:", hard(50, rng=0)[:50])

# %% [markdown]
# In the easy text each group is "ab" repeated a random number of times: after "ab" comes another one with probability
# 0.6. In the hard text each group of six letters is *the previous group reversed, with one letter flipped*. Read two
# neighbours backwards and compare. To predict that, a network must keep six letters in mind and play them back in
# reverse.

# %% [markdown]
# ## The picture
#
# Watch one network grow up on the easy text. The quantity to look at is the outgoing norm $r_i$ of neuron $i$, in
# essence the sum of the absolute weights with which it speaks to others (the exact formula comes below). A neuron with
# $r_i$ below the threshold of 0.05 is a spare.
#
# In the folded code above, `start` puts a network together with an optimiser: RMSProp with clipped steps, and the pull wrapped
# around it. `train` visits the rule at every step; it is a policy of the training loop, called `Spares`. One generator
# draws the first weights and, later, the coin tosses of the rule.

# %%
STEPS = 600 if notebook.small() else 6000
young = train(begin(0), texts[0]["easy"], Plan(steps=STEPS, record=20, quiet=True))
born, pruned = (
    sum(event.neurons for event in young.history.events if event.kind == kind)
    for kind in ("grow", "prune")
)
print(f"of {STEPS} cycles: neurons born ≈ {1 + born}, pruned again ≈ {pruned}")
assert 1 + born - pruned == young.net.neurons
if not notebook.small():
    assert 1 + born > 8
    assert pruned > 3

# %% tags=["hide-input"]
lives: dict[int, list] = {}
for row, numbers in zip(young.history.rows, identities(young.history), strict=True):
    for number, r in zip(numbers, row["r"], strict=True):
        lives.setdefault(number, []).append((row["step"], r))
fig, ax = plt.subplots(figsize=(10, 4.2))
for life in lives.values():
    steps, r = np.array(life).T
    used = r[-1] > 0.5
    ax.plot(steps, r, linewidth=2 if used else 1, color=COLOURS[0] if used else GREY)
ax.axhline(0.05, color="black", linestyle="--", linewidth=1.5, label="below: a spare")
ax.set(title="the life of each neuron", yscale="log")
ax.set(xlabel="cycle (40 symbols each)", ylabel="outgoing norm r")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Figure 1. Each line is a neuron. A few (thick, blue) were taken into use early and carry the network from then on.
# Below them one spare after the other is born at the threshold, sinks, and is pruned (thin, grey); now and then one
# is tried out for a while.*
#
# (Why ≈? Training like this is chaotic: a processor that adds in another order gets another last digit, and thousands of
# cycles and some coin tosses later it has another network, with a few neurons more or less. Changing the first weights
# in their fourteenth digit does that. The same seed repeats a run on *your* machine bit for bit, but not between
# machines. So ≈ marks what this machine measured, and the cell asserts a range that holds on any.)

# %% [markdown]
# ## The equation
#
# $H$ neurons, $k = 4$ symbols, which are inputs and outputs. At step $t$ the network reads symbol $x_t$, updates its
# state $h_t$ and predicts the next symbol $y_t$ with probabilities $p_t$:
#
# $$h_t = \tanh(W_{xh}[:, x_t] + W_{hh} h_{t-1} + b_h), \qquad p_t = \mathrm{softmax}(W_{hy} h_t + b_y), \qquad
# L = - \sum_{t=1}^{40} \ln p_t[y_t].$$
#
# $W_{xh}[:, x_t]$ is a column: multiplying by a vector with a single 1 picks one. The text is cut into chunks of 40
# symbols. A *cycle* is one chunk and one update, a step of the training loop; the state goes on from chunk to chunk.
#
# **Backpropagation through time.** Write the 40 steps below each other, and you see an ordinary network with 40 layers
# that happen to share their weights. So backpropagate as always, from the last layer up. One thing is new: $h_t$ is
# used *twice*, for the prediction $p_t$ and for the next state $h_{t+1}$. What is used twice gets the sum of two
# gradients. Write $dh_t$ for the gradient of $L$ by $h_t$, and so on for all letters. With
# $dy_t = p_t - \mathrm{onehot}(y_t)$, the gradient of softmax and logarithm together, and $z_t$ for what stands inside
# the tanh:
#
# $$dh_t = W_{hy}^\top\, dy_t + W_{hh}^\top\, dz_{t+1}, \qquad dz_t = (1 - h_t^2)\, dh_t, \qquad dz_{41} = 0.$$
#
# And as the layers share their weights, each weight gets the sum over all steps:
#
# $$dW_{hy} = \sum_t dy_t h_t^\top, \quad dW_{hh} = \sum_t dz_t h_{t-1}^\top, \quad dW_{xh}[:, x_t] \mathrel{+}= dz_t, \quad
# db_h = \sum_t dz_t, \quad db_y = \sum_t dy_t.$$
#
# Setting $dz_{41}$ to zero is a lie: the state *does* matter for the next chunk. The gradient is *truncated* there,
# otherwise one would have to go back to the beginning of the text each time.
#
# **The update.** RMSProp keeps a running mean $s$ of the squared gradient of each weight and divides by its root, so
# that every weight moves with steps of about $\eta = 0.01$, however steep the loss; no step may be greater than 0.01.
# Then comes the pull, and note that it does *not* go through RMSProp:
#
# $$s \leftarrow s + 0.01 (g^2 - s), \qquad
# \theta \leftarrow \theta - \mathrm{clip}\left(\frac{\eta\, g}{\sqrt{s + 10^{-8}}}\right), \qquad
# W_{hh}, W_{hy} \leftarrow W - \lambda\, \mathrm{sign}(W), \quad \lambda = 10^{-4}.$$
#
# Here is what makes it a test of usefulness. A weight whose gradient is pure noise takes random steps that average to
# zero, and loses $\lambda$ in each cycle. A weight whose gradient points the same way more often than not moves by $\eta$
# times the ratio of mean and noise. It holds out if this ratio is more than about $\lambda / \eta$, one per cent. (Exercise
# 3 does that sum.)
#
# **The rule.** The outgoing norm, over what neuron $i$ tells the output and the other neurons, the second part scaled
# so that both count alike:
#
# $$r_i = \frac{1}{2} \left( \sum_j |W_{hy}[j, i]| + \frac{k}{H} \sum_j |W_{hh}[j, i]| \right),
# \qquad \text{spare: } r_i \le \tau = 0.05.$$
#
# More than one spare: one drawn at random is safe, each other one is pruned with probability 0.05. No spare: with
# probability 0.01 a neuron is born (and with probability 0.0001 in any case), up to 99 neurons. It gets small incoming
# weights and random outgoing weights, scaled so that $r = 0.05$ exactly: a spare.

# %% [markdown]
# ## The code that is the equation
#
# Backpropagation through time, in the order of the formulas: forwards through the chunk, then backwards.


# %%
def through_time(w, x, y, h):
    """Return the loss of a chunk, its gradient, and the state after it."""
    hs, steps = [h], len(x)
    for symbol in x:
        hs.append(np.tanh(w["Wxh"][:, symbol] + w["Whh"] @ hs[-1] + w["bh"]))
    hs = np.array(hs)
    weight = np.exp(hs[1:] @ w["Why"].T + w["by"])
    dy = weight / weight.sum(axis=1, keepdims=True)
    loss = -np.log(dy[np.arange(steps), y]).sum()
    dy[np.arange(steps), y] -= 1
    g = {name: np.zeros_like(array) for name, array in w.items()}
    dz = np.zeros(len(h))
    for t in reversed(range(steps)):
        dz = (1 - hs[t + 1] ** 2) * (w["Why"].T @ dy[t] + w["Whh"].T @ dz)
        g["Wxh"][:, x[t]] += dz
        g["Whh"] += np.outer(dz, hs[t])
        g["bh"] += dz
    g["Why"], g["by"] = dy.T @ hs[1:], dy.sum(axis=0)
    return loss, g, hs[steps]


# %% [markdown]
# Two witnesses: the library, and the complex step, which evaluates the loss at weights with a tiny imaginary part and
# has never heard of backpropagation. The network for this test has larger weights than a new one, so that every term
# matters.

# %%
rng = np.random.default_rng(0)
net = Network.create(ALPHABET, neurons=5, rng=rng)
net = net.with_theta(50 * net.theta)
x, y = rng.integers(4, size=(2, 40))
h = np.tanh(rng.standard_normal(5))

loss, g, last = through_time(net.params, x, y, h)
ours = flatten({name: g[name] for name in net.shapes})
library = gradient(net, x, y, h)[1]
witness = complex_step(lambda at: gradient(net.with_theta(at), x, y, h)[0], net.theta)
for name, other in (("library", library), ("complex step", witness)):
    gap = np.abs(ours - other).max() / np.abs(other).max()
    print(f"by hand against {name:12}: relative difference below 1e-13: {gap < 1e-13}")
    assert gap < 1e-13

# %% [markdown]
# And here is the rule, the ten lines that are this paper: pull, norm, who is pruned, is one born. The surgery itself
# is the library's. `prune` and `grow` return the new network and an *event*, whose moves say which rows and columns
# went where (tutorial 1). What a neuron takes along, its memories $s$ and its state $h$, follows these moves; the
# memories of a newborn start at 0.01, and the event says that, too.


# %%
def update(net, s, g):
    """Return network and memories after RMSProp and the pull."""
    g = flatten({name: g[name] for name in net.shapes})
    s = s + 0.01 * (g**2 - s)
    net = net.with_theta(net.theta - np.clip(0.01 * g / np.sqrt(s + 1e-8), -0.01, 0.01))
    for name in ("Whh", "Why"):
        net.params[name][...] -= 1e-4 * np.sign(net.params[name])
    return net, s


def after(change, net, s, h):
    """Return network, memories and state after a change, a pair (network, event)."""
    changed, event = change
    s = follow([event], RMSProp(), State(0, (s,)), net).slots[0]
    return changed, s, apply(event.moves, {"h": h}, {"h": ("+h",)})["h"]


def restructure(net, s, h, rng):
    """Return network, memories and state after one structural step."""
    spoken = np.abs(net.params["Why"]).sum(axis=0)
    heard = np.abs(net.params["Whh"]).sum(axis=0)
    r = (spoken + 4 / net.neurons * heard) / 2
    spares, pruned = np.flatnonzero(r <= 0.05), []
    if len(spares) > 1:
        safe = int(rng.random() * len(spares))
        spares[[0, safe]] = spares[[safe, 0]]
        pruned = [neuron for neuron in spares[1:] if rng.random() < 0.05]
    if pruned:
        net, s, h = after(prune(net, pruned), net, s, h)
    wanted, anyway = rng.random() < 0.01, rng.random() < 1e-4
    if (len(spares) == len(pruned) and wanted) or anyway:
        net, s, h = after(grow(net, rng=rng), net, s, h)
    return net, s, h


# %% [markdown]
# Is that the whole algorithm? Then it must do what the compiled library does, birth by birth, if both start from the
# same weights and the same random numbers.

# %%
run, cycles = begin(1), 300 if notebook.small() else 1200
codes = encode(texts[1]["easy"], ALPHABET)
net, s, h, sizes = run.net, run.state.slots[0], np.zeros(1), []
rng = copy.deepcopy(run.rng)
for cycle in range(cycles):
    chunk = codes[40 * cycle : 40 * cycle + 41]
    loss, g, h = through_time(net.params, chunk[:-1], chunk[1:], h)
    net, s, h = restructure(*update(net, s, g), h, rng)
    sizes.append(net.neurons)

library = train(run, texts[1]["easy"], Plan(steps=cycles, quiet=True))
both = f"{sizes[-1]} neurons by hand, {library.net.neurons} in the library"
print(f"after {cycles} cycles: {both}")
same = np.allclose(net.theta, library.net.theta, atol=1e-6)
print("all weights the same to 1e-6:", same)
assert same

# %% [markdown]
# ## An invariant, checked live
#
# Pruning neurons during training sounds dangerous. It is not, as far as the following law reaches: **pruning a
# neuron whose outgoing weights are all zero changes no output of any sequence.** The proof is one sentence: neuron $i$
# enters the rest of the network only as $W_{hy}[:, i]\, h_i$ and $W_{hh}[:, i]\, h_i$, and both are zero at every
# step, whatever $h_i$ does. The law holds for every text, every length and every state. Break its precondition, and it
# fails.

# %%
rng = np.random.default_rng(3)
story = "".join(rng.choice(list(ALPHABET), size=1000))
net = Network.create(ALPHABET, 8, rng=3)
for outgoing in (0.0, 1.0):
    net = net.with_theta(rng.uniform(-1, 1, net.theta.size))
    net.params["Why"][:, 2] *= outgoing
    net.params["Whh"][:, 2] *= outgoing
    without = prune(net, [2])[0]
    gap = np.abs(net(story) - without(story)).max()
    words = f"a neuron with r = {outgoing_norm(net)[2]:.2f} goes"
    print(f"{words}; some prediction moves by 1e-9 or more: {gap > 1e-9}")
    assert (gap > 1e-9) == (outgoing > 0)

# %% [markdown]
# But the rule prunes spares with $r \le 0.05$, not $r = 0$. How much harm does that do? Train six networks on easy
# texts, prune each of their neurons in turn, and measure the loss of the rest.

# %% [markdown]
# **Predict, then run.** A chunk of easy text costs nearly ten nats. By how many nats does the loss change when a spare
# goes? When the most useful neuron goes? And what of a neuron whose norm is large?

# %%
CYCLES = 160 if notebook.small() else 20_000
runs = {"easy": []}
for seed in SEEDS:
    plan = Plan(steps=CYCLES, record=CYCLES // 80, quiet=True)
    runs["easy"].append(train(begin(seed), texts[seed]["easy"], plan))

norms, damage = [], []
for seed, run in enumerate(runs["easy"]):
    prose = texts[seed]["easy"][-2000:]
    base = evaluate(run.net, prose)
    norms += list(outgoing_norm(run.net))
    for neuron in range(run.net.neurons):
        damage.append(40 * abs(evaluate(prune(run.net, [neuron])[0], prose) - base))
norms, damage = np.array(norms), np.array(damage)
spare = norms <= max(0.05, norms.min())

words, working = "loss moves by (nats per chunk, median and worst)", damage[~spare]
print(f"{words}: a spare ≈ {np.median(damage[spare]):.4f}, {damage[spare].max():.4f}")
print(f"{words}: a working one ≈ {np.median(working):.2f}, {working.max():.0f}")
if not notebook.small():
    assert damage[spare].max() < 0.1 < 10 < damage.max()


# %% tags=["hide-input"]
def worth(tau):
    quiet = norms <= tau
    worst = damage[quiet].max() if quiet.any() else 0
    _, ax = plt.subplots(figsize=(8, 3.4))
    ax.plot(
        norms[~quiet], damage[~quiet], "o", color=COLOURS[0], label="working neurons"
    )
    ax.plot(norms[quiet], damage[quiet], "s", color=COLOURS[1], label="spares")
    ax.axvline(tau, color="black", linestyle="--", linewidth=1.5)
    ax.set(xlabel="outgoing norm r", xscale="log", yscale="log")
    ax.set_title(
        f"threshold τ = {tau:g}: {quiet.sum()} spares, the worst worth {worst:.2g}"
    )
    ax.set_ylabel("loss changes by (nats per chunk)")
    ax.legend()


THRESHOLDS = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]
notebook.move(worth, tau=THRESHOLDS, stills=[0.05, 1.0])

# %% [markdown]
# *Figure 2. Each mark is a neuron of one of six networks; left of the dashed line are the spares, for the rule's
# threshold (above) and for a greater one.*
#
# <details><summary>What happened</summary>
#
# A spare costs next to nothing, and a threshold many times as large would still let nobody go who is missed much. The most useful
# neurons cost more than the text itself. The converse does not hold: some neurons with a large norm could go as well.
# The norm says how loudly a neuron speaks, not what its words are worth.
#
# </details>

# %% [markdown]
# ## The paper's claim at small scale
#
# ### Harder texts grow larger networks
#
# The same six seeds on the hard text. Both texts have a limit that no predictor can beat, because some of their
# symbols are drawn at random. A hard group of 8 symbols hides one of six letters to flip, $\ln 6$ nats, and a chunk
# has five groups. An easy group hides on average $1 / 0.4 = 2.5$ decisions to go on or not, and has 7 symbols.

# %%
limits = {
    "easy": 40 / 7 * 2.5 * -(0.6 * math.log(0.6) + 0.4 * math.log(0.4)),
    "hard": 5 * math.log(6),
}
for task, limit in limits.items():
    print(f"limit of the {task} text: {limit:.2f} nats per chunk")

runs["hard"] = []
for seed in SEEDS:
    plan = Plan(steps=CYCLES, record=CYCLES // 80, quiet=True)
    runs["hard"].append(train(begin(seed), texts[seed]["hard"], plan))


# %% tags=["hide-input"]
def curves(some):
    """Return sizes and losses, each (runs, rows), and the rows' cycles in thousands."""
    sizes = np.array([run.history["widths"][:, 1] for run in some])
    losses = np.array([run.history["loss"] for run in some])
    return (sizes, losses), some[0].history["step"] / 1000


fig, axes = plt.subplots(1, 2, figsize=(11, 4))
for i, task in enumerate(runs):
    columns, thousands = curves(runs[task])
    for ax, values in zip(axes, columns, strict=True):
        ax.plot(thousands, values.T, color=COLOURS[i], linewidth=0.8, alpha=0.7)
        label = f"{task} text, median of 6"
        ax.plot(thousands, np.median(values, axis=0), label=label, **look(i))
    axes[1].axhline(limits[task], color=COLOURS[i], linestyle=":", linewidth=1.5)
axes[0].set(title="size", xlabel="cycles (thousands)", ylabel="neurons", ylim=(0, 90))
axes[1].set(title="loss (dotted: the limit)", xlabel="cycles (thousands)")
axes[1].set_ylabel("nats per chunk")
axes[1].set_ylim(8, 24)
axes[0].legend(loc="upper right")
plt.show()

# %% [markdown]
# *Figure 3. Thin: single networks. On the easy text few neurons are enough from the first thousand cycles on; on the
# hard text networks grow for ten thousand. The losses on the hard text linger on plateaus and drop, each at a time of
# its own.*
#
# **The numbers.** We print a median of six runs, and the least and the greatest of them in brackets. That is an interval
# for the median, too: it misses the median of all runs that there could be only if all six lie on the same side of it,
# in 2 cases of $2^6$, so it covers it with 97 %.


# %%
def measured(values, low, high, digits=0):
    """Return median [least, greatest]; on any machine low <= median <= high."""
    middle, least, greatest = np.median(values), np.min(values), np.max(values)
    assert notebook.small() or low <= middle <= high, (middle, low, high)
    return f"≈ {middle:.{digits}f} [{least:.{digits}f}, {greatest:.{digits}f}]"


size = {task: np.array([run.net.neurons for run in runs[task]]) for task in runs}
final = {task: np.array([run.loss for run in runs[task]]) for task in runs}
print("neurons, easy text", measured(size["easy"], 6, 14))
print("neurons, hard text", measured(size["hard"], 25, 60))
print("nats per chunk, easy text", measured(final["easy"], 9.6, 9.75, 2))
print("nats per chunk, hard text", measured(final["hard"], 9, 18, 1))
rank = rank_test(size["hard"], size["easy"])
print(f"the hard network is larger in all 36 pairs, rank test: p = {rank.p:.4f}")
if not notebook.small():
    assert size["hard"].min() > size["easy"].max()

# %% [markdown]
# The paper says 37 neurons against 14 after 100000 cycles; here are 20000, and the gap is there: in no run does a hard
# text get fewer neurons than an easy one.
#
# What about the loss on the hard text? **It is not one number.** Look at the thin lines again: networks linger for
# thousands of cycles, and then, within one or two thousand, fall to about 10, near the limit; some have not fallen
# yet. What is it that they learn so suddenly? Let each network *write* a text, and count the groups that are the one
# before, reversed, with one letter flipped.

# %%
written = [sample(run.net, 4000, ")", rng=0) for run in runs["hard"]]
obeys = [100 * obedience(text)["obeys"] for text in written]
print(f"% of groups that obey the rule: by chance {100 * 6 / 64:.1f}", end=", ")
print(f"written {measured(obeys, 10, 100)}")

# %% tags=["hide-input"]
fig, ax = plt.subplots(figsize=(8, 3.8))
ax.plot(final["hard"], obeys, "o", color=COLOURS[1], markersize=9)
ax.axhline(100 * 6 / 64, color=GREY, linestyle="--", linewidth=1.5)
ax.axvline(limits["hard"], color=COLOURS[1], linestyle=":", linewidth=1.5)
ax.set(title="what networks write", xlabel="loss on the hard text (nats per chunk)")
ax.set(ylabel="groups that obey the rule (%)", ylim=(0, 100))
plt.show()

# %% [markdown]
# *Figure 4. One mark is one of the six networks. Dashed: six letters at random obey the rule in 6 of 64 cases. Dotted:
# the limit of the loss. On a plateau a network remembers part of the group; those that have fallen remember nearly all
# of it.*
#
# So the median of six losses mostly tells how many of them have fallen so far, and the number to report is that share.
# After 100000 cycles (`minigrow run differentiable_structure.size --full`, 50 runs) it is 0.52, with an interval from
# 0.39 to 0.65, and the median is 11.0, as in the paper's figure. Five runs of the author's program ended between 13.2
# and 13.8: with half of the runs still up there, that happens.
#
# ### When the task changes
#
# Let the six easy networks go on with the hard text, and after that with the easy one again. Weights and state are
# kept; only the text is another.

# %% [markdown]
# **Predict, then run.** Draw the size over 60000 cycles: easy, hard, easy, 20000 each. How fast does it rise, where is its
# peak, where does it end? And the loss on the easy text: is it as good after the detour as before?

# %%
runs["detour"], runs["return"] = [], []
for seed, run in enumerate(runs["easy"]):
    plan = Plan(steps=2 * CYCLES, record=CYCLES // 80, quiet=True)
    runs["detour"].append(train(run, texts[seed]["hard"], plan))
    plan = plan._replace(steps=3 * CYCLES)
    runs["return"].append(train(runs["detour"][-1], texts[seed]["easy"], plan))

for task in ("detour", "return"):
    size[task] = np.array([run.net.neurons for run in runs[task]])
    final[task] = np.array([run.loss for run in runs[task]])
rise, fall = size["detour"] - size["easy"], size["detour"] - size["return"]
lost, left = final["return"] - final["easy"], size["return"] - size["easy"]
course = np.array([run.history["widths"][:, 1] for run in runs["return"]])
peak = CYCLES / 80_000 * (1 + np.argmax(course, axis=1))
print("neurons more after the hard text than before it", measured(rise, 20, 60))
print("neurons fewer after the easy text has come back", measured(fall, 8, 45))
print("neurons more at the end than before the detour ", measured(left, 5, 25))
print("nats per chunk more at the end than before it  ", measured(lost, -0.1, 0.1, 2))
print("thousands of cycles at the peak of the size    ", measured(peak, 22, 40))
if not notebook.small():
    assert rise.min() > 0
    assert np.sum(fall > 0) >= 5

# %% tags=["hide-input"]
fig, axes = plt.subplots(1, 2, figsize=(11, 4))
columns, thousands = curves(runs["return"])
TURNS = [0, CYCLES / 1000, 2 * CYCLES / 1000]
for ax, values in zip(axes, columns, strict=True):
    ax.plot(thousands, values.T, color=COLOURS[0], linewidth=0.8, alpha=0.6)
    ax.plot(thousands, np.median(values, axis=0), label="median of 6", **look(0))
    phases(ax, TURNS, 3 * CYCLES / 1000, ["easy", "hard", "easy"])
    ax.set_xlabel("cycles (thousands)")
axes[0].set(title="size", ylabel="neurons", ylim=(0, 100))
axes[1].set(title="loss", ylabel="nats per chunk", ylim=(8, 26))
axes[0].legend(loc="center left")
plt.show()

# %% [markdown]
# *Figure 5. Thin: single networks. The size climbs for thousands of cycles when the hard text begins, passes its peak
# while that text is still being read, and goes on falling slowly under the easy one, without coming back to where it
# was. The easy loss is back within a few thousand cycles.*
#
# <details><summary>What happened</summary>
#
# Neurons are taken on faster than they are given up. While the hard text is new, each spare is soon put to use; once it
# has been learned as far as it will be, some turn out not to be needed, and the size falls before the task has changed.
# After the change it falls slowly: one spare at a time may go, and a neuron that does a little for the easy text has no
# reason to. At the end there are still more neurons than before the detour, and nothing is lost in the loss.
#
# </details>
#
# ### The paper's first method remembers
#
# Most readers know the abstract of the paper's first two versions, and it says the opposite: a reduction in size "is
# not evident". That abstract is about another method. There, each neuron has a *multiplier* $\gamma_i$ on its way to the
# output, $p_t = \text{softmax}(W_{hy} (\gamma \odot h_t) + b_y)$, the price is on the multipliers, in the loss, and Adagrad takes
# the steps. Its steps only ever shrink, so what is there after 40000 cycles hardly moves any more.

# %%
first = []
for seed in SEEDS:
    rng = np.random.default_rng(seed)
    net = Multiplied.create(ALPHABET, rng=rng)
    run = start(net, rng=rng, optimiser=FIRST_LEARNING, memory=(0, 0))
    for end, task in enumerate(("easy", "hard", "easy"), start=1):
        plan = Plan(steps=end * CYCLES, record=CYCLES // 80, quiet=True)
        run = train(run, texts[seed][task], plan, rule=FIRST_RULE)
    first.append(run)

methods, stays = {"outgoing weights": runs["return"], "multipliers": first}, {}
for name, some in methods.items():
    (sizes, _), thousands = curves(some)
    stays[name] = 100 * sizes[:, -1] / sizes[:, thousands == TURNS[2]][:, 0]
words = "% of the size on the hard text that stays,"
print(words, "outgoing weights", measured(stays["outgoing weights"], 20, 75))
print(words, "multipliers     ", measured(stays["multipliers"], 80, 120))

# %% tags=["hide-input"]
fig, ax = plt.subplots(figsize=(8, 4))
for i, (name, some) in enumerate(methods.items()):
    (sizes, _), thousands = curves(some)
    middle = np.median(sizes, axis=0)
    ax.plot(thousands, sizes.T, color=COLOURS[i], linewidth=0.8, alpha=0.6)
    ax.plot(thousands, middle, label=f"{name}, median of 6", **look(i))
phases(ax, TURNS, 3 * CYCLES / 1000, ["easy", "hard", "easy"])
ax.set(title="two methods, one detour", xlabel="cycles (thousands)")
ax.set(ylabel="neurons", ylim=(0, 100))
ax.legend(loc="upper left", bbox_to_anchor=(0, 0.88))
plt.show()

# %% [markdown]
# *Figure 6. Under the first method (dashed) networks stay as large as the hard text has made them.*
#
# So "remains large" and "falls" are both right, each of its own method. Judging one version's sentence by the other
# version's program gives a wrong verdict about a right sentence, and an earlier edition of this page did just that.
#
# ### Is it better than a fixed size?
#
# The paper says that networks which size themselves beat every fixed size on the hard text. Two controls, with the
# same update, the same pull and the same number of cycles: 10 neurons, and 37, about where the rule arrives.

# %%
for neurons in (10, 37):
    runs[neurons] = []
    for seed in SEEDS[:1] if notebook.small() else SEEDS:
        run, plan = begin(seed, neurons=neurons), Plan(steps=CYCLES, quiet=True)
        runs[neurons].append(train(run, texts[seed]["hard"], plan, rule=None))
    final[neurons] = np.array([run.loss for run in runs[neurons]])

words = "loss on the hard text, nats per chunk,"
print(words, "sizes itself", measured(final["hard"], 9, 18, 1))
print(words, "10 neurons  ", measured(final[10], 13, 22, 1))
print(words, "37 neurons  ", measured(final[37], 9, 20, 1))
tests = {neurons: rank_test(final[neurons], final["hard"]) for neurons in (10, 37)}
for neurons, test in tests.items():
    print(f"{neurons} fixed neurons against variable ones, rank test: p ≈ {test.p:.3f}")
clear, overlap = tests[10], final["hard"].min() < final[37].max()
overlap = overlap and final[37].min() < final["hard"].max()
if not notebook.small():
    assert clear.p < 0.05
    assert clear.share > 0.5
    assert overlap

# %% tags=["hide-input"]
fig, ax = plt.subplots(figsize=(8, 3.4))
for i, kind in enumerate(("hard", 10, 37)):
    mark = {"marker": "os^"[i], "color": COLOURS[i], "markersize": 8}
    ax.plot(final[kind], np.full(len(final[kind]), i), linestyle="none", **mark)
    bar = {"color": "black", "markersize": 26, "markeredgewidth": 2.5}
    ax.plot(np.median(final[kind]), i, "|", **bar)
ax.set_yticks(range(3), ["sizes itself", "10 neurons", "37 neurons"])
ax.set(title="the hard text after 20000 cycles", ylim=(2.5, -0.5))
ax.set_xlabel("loss (nats per chunk; bar: median)")
plt.show()

# %% [markdown]
# *Figure 7. Each mark is a network. Ten neurons are too few. Thirty-seven look worse, too, on the machine that made this
# page, but the losses overlap.*
#
# Beware of the black bars: with two groups of losses a median jumps when one network more has fallen. And beware of the
# rank test for 37: it looks at 20000 of the paper's 100000 cycles, a moment at which some networks have fallen and others
# have not yet. With 50 variable and 20 fixed runs of 100000 cycles (`minigrow run differentiable_structure.fixed --full`,
# seven comparisons with intervals that allow for seven) the claim for 37 neurons is undecided: the rule ends lower than
# 10, 50, 75 and 100 neurons, and cannot be told apart from 20, 30 and 37. What it has been seen to buy is not a lower loss
# than a well-chosen size. It is not having to choose.
#
# ### Verdict

# %%
more, kept = size["hard"] - size["easy"], stays["multipliers"] / 100
behind, over = final[10] - final["hard"], final[37] - final["hard"]
table = [
    ("the hard text grows larger networks", measured(more, 15, 50), "yes"),
    ("loss on the hard text is 11.0", measured(final["hard"], 9, 18, 1), "no"),
    ("the size rises with a harder task", measured(rise, 20, 60), "yes"),
    ("v3: the size falls after it", measured(fall, 8, 45), "yes"),
    ("v1, v2: the size stays after it", measured(kept, 0.8, 1.2, 2), "yes"),
    ("... without loss of performance", measured(lost, -0.1, 0.1, 2), "yes"),
    ("better than 10 neurons", measured(behind, 0.5, 9, 1), "yes"),
    ("better than every fixed size (37)", measured(over, -3, 8, 1), "open"),
]
full = [
    "23 [19, 26] neurons more: holds",
    "11.0 [10.1, 13.1]: undecided",
    "by 33 [29, 40]: holds",
    "by 29 [21, 33]: holds",
    "0.96 [0.95, 1.00]: holds",
    "to 0.02 nats: holds",
    "4.5 [2.7, 5.9] lower: holds",
    "0.2 [-0.7, 2.1] lower: undecided",
]
if not notebook.small():
    assert more.min() > 0
    assert np.ptp(final["hard"]) > 1  # the losses are no one number
print(f"{'claim':36}{'here':6}{'full run':33}measured here")
for (claim, here, holds), there in zip(table, full, strict=True):
    print(f"{claim:36}{holds:6}{there:33}{here}")

# %% [markdown]
# (11.0 is read from the paper's figure.) Verdicts of the full experiments are in
# `figures/differentiable_structure.*/results.json`; the long answer is `differentiable_structure.md`.

# %% [markdown]
# ## What breaks it
#
# Take the update apart, 8000 cycles each, three seeds. `L1` puts the pull into the gradient, as a price on weights in
# the loss, so that it goes through RMSProp.

# %% [markdown]
# **Predict, then run.** Which way does each of the four changes move the size on the easy and on the hard text: no pull at
# all, a pull 100 times as strong, the same price put into the gradient, steps that are not clipped?

# %%
variants = {
    "as it is": Pull(RMSProp(0.01, clip=0.01), 1e-4),
    "no pull": RMSProp(0.01, clip=0.01),
    "pull 100 times as strong": Pull(RMSProp(0.01, clip=0.01), 1e-2),
    "pull through RMSProp": L1(RMSProp(0.01, clip=0.01), 0.03),
    "no clip": Pull(RMSProp(0.01, clip=math.inf), 1e-4),
}
grown = {}
steps, three = (100, SEEDS[:1]) if notebook.small() else (8000, SEEDS[:3])
plan = Plan(steps=steps, quiet=True)
for name, optimiser in variants.items():
    for task in ("easy", "hard"):
        for seed in three:
            run = train(begin(seed, optimiser=optimiser), texts[seed][task], plan)
            grown.setdefault((name, task), []).append(run.net.neurons)

expected = {
    "as it is": ((4, 16), (22, 75)),
    "no pull": ((18, 45), (50, 90)),
    "pull 100 times as strong": ((1, 2), (1, 2)),
    "pull through RMSProp": ((2, 8), (2, 10)),
    "no clip": ((3, 16), (50, 99)),
}
print("neurons, median [least, greatest] of three runs")
for name, ranges in expected.items():
    for task, (low, high) in zip(("easy", "hard"), ranges, strict=True):
        print(f"{name:26}{task:6}{measured(grown[name, task], low, high)}")

# %% [markdown]
# <details><summary>What happened</summary>
#
# - **No pull.** Neurons that do nothing do not shrink, so they do not become spares, so they are not pruned. On long
#   runs the network fills up to its limit of 99, on either text, and ends with a worse loss than under the rule.
# - **A pull 100 times as strong** is as great as the steps ($\lambda = \eta$): no weight can hold out against it, nothing is
#   learned.
# - **The pull through RMSProp**, as any optimiser would treat a penalty in the loss. It looks like the same thing. But
#   RMSProp divides by the size of the gradient: for a weight that hardly matters the penalty *is* most of the
#   gradient, and gets the full step, however weak it is. Spares die in the cradle, and the hard text is given up. A
#   detail of the update decides whether the method works.
# - **No clip.** A gradient much greater than those before it makes a step of up to ten times $\eta$ (as
#   $s \ge 0.01 g^2$). On the easy text that does no harm, on the hard text networks fill up.
#
# </details>
#
# What else can go wrong you have seen: pruning is exact only for $r = 0$, the threshold of 0.05 is a number that
# somebody chose, and so are $\lambda$, both probabilities and the number of spares. The method does not free you from
# choosing; it replaces one choice that depends on the task by several that, with luck, do not.

# %% [markdown]
# ## Exercises
#
# The answers run: paste one below the last cell.

# %% [markdown]
# ### Exercise 1 (easy)
#
# A newborn has $r = 0.05$, half of it from $W_{hy}$. How large is the mean $|W_{hy}[j, i]|$ of its four output
# weights? If it is of no use, and takes no steps at all but those of the pull, after how many cycles are they zero?
# And how many cycles does a superfluous spare live on average, before the coin of 0.05 falls? Write
# `newborn(r, outputs, pull, chance)`: return the three numbers.
#
# Check your answer: `minigrow check 04.1 answer.py`
#
# <details><summary>Answer</summary>
#
# Half of $r$ is $\frac{1}{2} \sum_j |W_{hy}[j, i]| = 0.025$, so the four sum to 0.05 and are 0.0125 on average: 125
# cycles of $10^{-4}$. The coin takes $1 / 0.05 = 20$ cycles on average. So most superfluous spares are pruned before
# they have faded.
#
# ```python
# from minigrow.differentiable_structure import Rule
#
#
# def newborn(r, outputs, pull, chance):
#     mean = r / outputs
#     return mean, mean / pull, 1 / chance
#
#
# net, event = grow(Network.create(ALPHABET, 5, rng=0), rng=0)
# mean, zero, gone = newborn(0.05, 4, 1e-4, Rule().delete)
# print(f"mean {mean:.4f}, zero after {zero:.1f} cycles, pruned after {gone:.1f}")
# assert np.isclose(np.abs(net.params["Why"][:, -1]).mean(), mean)
# ```
#
# ```text
# mean 0.0125, zero after 125.0 cycles, pruned after 20.0
# ```
#
# </details>

# %% [markdown]
# ### Exercise 2 (medium)
#
# Which property of a text does the size follow: how badly it can be predicted, or how much must be remembered? Make
# two texts over the alphabet "ab": fair coin tosses, and the period "aababbabbbaa" for ever. Guess the loss and the
# order of the sizes, then train three networks on each for 8000 cycles. Write `remembered(period)`: for the text that
# repeats the string `period` for ever, the least number of past symbols from which the next one can always be told (0
# for "a", 1 for "ab", 2 for "aab").
#
# Check your answer: `minigrow check 04.2 answer.py`
#
# <details><summary>Answer</summary>
#
# Nobody can predict a coin: the loss is $40 \ln 2 = 27.7$ nats per chunk, and there is nothing to remember. The periodic
# text can be predicted perfectly, by a network that knows where in the period it is. The size follows what must be
# remembered.
#
# ```python
# def remembered(period):
#     size, text = len(period), 3 * period
#     for n in range(size + 1):
#         pairs = {(text[i : i + n], text[i + n]) for i in range(size)}
#         if len(pairs) == len({past for past, _ in pairs}):  # each past has one future
#             return n
#
#
# print("symbols to remember for the period:", remembered("aababbabbbaa"))
# rng = np.random.default_rng(0)
# strange = {"period": "aababbabbbaa" * 30_000}
# strange["coin"] = "".join(rng.choice(list("ab"), size=400_000))
# expected = {"coin": (1, 9), "period": (10, 30)}
# for name, text in strange.items():
#     plan = Plan(steps=8000, quiet=True)
#     trained = [train(begin(seed, "ab"), text, plan) for seed in range(3)]
#     sizes = [run.net.neurons for run in trained]
#     loss = np.median([run.loss for run in trained])
#     words = f"{loss:.0f} nats per chunk" if loss > 1 else "below 1 nat per chunk"
#     print(f"{name}: loss {words}, neurons {measured(sizes, *expected[name])}")
# ```
#
# ```text
# symbols to remember for the period: 5
# period: loss below 1 nat per chunk, neurons ≈ 12 [11, 15]
# coin: loss 28 nats per chunk, neurons ≈ 3 [2, 4]
# ```
#
# </details>

# %% [markdown]
# ### Exercise 3 (hard)
#
# How useful must a weight be to survive? Let its gradient in each cycle be $g = \nu (\xi - \mu)$ with $\xi$ normal: noise
# of the size $\nu$ around a mean that is the small share $\mu$ of it. RMSProp's steps are then $-\eta g / \nu$, clipped to
# $\pm \eta$. Find the mean change of a positive weight per cycle, the pull $\lambda$ included, and the $\mu$ above which it
# survives. Check by simulation. Write `drift(mu, eta, pull)`.
#
# Check your answer: `minigrow check 04.3 answer.py`
#
# <details><summary>Answer</summary>
#
# The step is $\eta$ times $\mathrm{clip}(\mu - \xi, -1, 1)$. The derivative of its mean with respect to $\mu$ is the
# probability that the clip is not active, $P(|\mu - \xi| < 1) \approx P(|\xi| < 1) = 0.683$, and the mean is 0 at
# $\mu = 0$ by symmetry. So the weight drifts by about $0.683\, \eta \mu - \lambda$, and survives if
# $\mu > \lambda / (0.683\, \eta) \approx 1.5 \%$. (Without the clip the border would be one per cent.)
#
# ```python
# def drift(mu, eta, pull):
#     return eta * math.erf(1 / math.sqrt(2)) * mu - pull  # erf: P(|xi| < 1)
#
#
# rng = np.random.default_rng(0)
# for mu in (0.005, 0.03):
#     w, s = np.full(4000, 1.0), np.ones(4000)
#     for _ in range(1000):
#         g = rng.standard_normal(4000) - mu
#         s += 0.01 * (g**2 - s)
#         w -= np.clip(0.01 * g / np.sqrt(s + 1e-8), -0.01, 0.01) + 1e-4 * np.sign(w)
#     predicted, found = 1000 * drift(mu, 0.01, 1e-4), w.mean() - 1
#     print(f"mu = {mu}, 1000 cycles: predicted {predicted:+.2f}, measured {found:+.2f}")
#     assert abs(found - predicted) < 0.02
# ```
#
# ```text
# mu = 0.005, 1000 cycles: predicted -0.07, measured -0.06
# mu = 0.03, 1000 cycles: predicted +0.10, measured +0.11
# ```
#
# </details>

# %% [markdown]
# ## Further reading
#
# - T. Miconi, arXiv 1606.06216: the paper; look for the three probabilities and the threshold, and ask which of them
#   you would have to change for your task.
# - S. Fahlman, C. Lebiere, *The Cascade-Correlation Learning Architecture*, NIPS 1989: the ancestor of all methods
#   that add one neuron at a time, with a pool of candidates.
# - T. Ash, *Dynamic Node Creation in Backpropagation Networks*, Connection Science 1989: add a neuron when the loss
#   stops falling.
# - Y. LeCun, J. Denker, S. Solla, *Optimal Brain Damage*, NIPS 1989: which weights can go, judged by curvature instead
#   of size.
# - `differentiable_structure.md`, the method's page: every place where paper, released program and this library
#   differ, and all results.
# - Next file to read: `minigrow/differentiable_structure/rule.py`, this page's rule, with growth and pruning as
#   changes of basis.
#
# Text and pictures: CC BY 4.0. Code: MIT.
