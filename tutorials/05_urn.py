# %% [markdown]
# # Layers out of one matrix: the unstructured recursive network
#
# Takes about 35 minutes to read, 160 seconds to run.
#
# After S. Golkar, *Emergent Structures and Lifetime Structure Evolution in Artificial Neural Networks* (2019), arXiv
# 1911.11691.
#
# After this you can
#
# 1. write a layered network as one matrix, and say what it computes in too few steps (Exercise 1);
# 2. derive the scale of a neuron that is cheapest (Exercise 2);
# 3. write a training loop that ends in exact zeros (Exercise 3).

# %% [markdown]
# ## The question
#
# Every network that you have trained had an architecture before it saw a single number. Somebody decided how many
# layers there are, how wide they are, which may see which, and whether a shortcut runs past them. Backpropagation
# then filled in the weights.
#
# **What if nobody decides?** Take a pool of neurons in which anyone may listen to anyone. Put all weights into one
# square matrix. Let the pool think for a few time steps, and ask for two things at once: be right, and be cheap. Is
# there a reason to end up with layers? Would a *residual* network, the kind with a wire that carries the input past
# everything, be invented again?
#
# Golkar's paper says yes: familiar architectures are what a general network settles into, given the data and the
# relative strengths of a few prices. It came without code, and we had only its abstract. So each formula below that
# goes beyond "one matrix, applied again and again, and a general loss" is our reading, and each number is ours. We
# will see layers emerge, then a residual net and local wiring, always beside a control in which they should not. One
# natural guess will fail, and one success will shrink when we look at the weights.

# %% tags=["hide-input"]
import dataclasses

import matplotlib.pyplot as plt
import numpy as np

from minigrow import growth, notebook, structure, urn
from minigrow.nn import MLP, Adam
from minigrow.nn.optimisers import start
from minigrow.plotting import STYLE, look
from minigrow.structure import pictures
from minigrow.urn.embedding import embed_mlp, embed_residual, from_matrix
from minigrow.urn.formulas import forward
from minigrow.urn.network import spectral_radius
from minigrow.urn.pricing import metric
from minigrow.urn.strengths import prices, soft_threshold

SIZES = {"font.size": 11, "axes.titlesize": 12, "axes.labelsize": 11}
plt.rcParams.update(STYLE | SIZES | {"figure.dpi": 80, "legend.fontsize": 10})
plt.rcParams.update({"figure.constrained_layout.use": True})
notebook.sharp()
eps = np.finfo(float).eps

# %% [markdown]
# **Watch it first.** Twenty-eight neurons, all wired to each other, learn $x_1 x_2 / 2$, and pay for each wire. Press
# play: when do most wires go, and when is the task learnt? What is left at the end?

# %% tags=["hide-input"]
signs = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
half_xor = 0.5 * signs[:, :1] * signs[:, 1:]
SIZE, STEPS = 28, 2000


def trained(net, X, y, s, seed, **more):
    """Train: prices s rise in the first half; in the last quarter they are off."""
    plan = growth.Plan(steps=STEPS, batch=None, loss="mse", quiet=True, **more)
    run = growth.start(net, Adam(rate=1e-2), rng=seed)
    return urn.train(run, X, y, plan, s, ramp=STEPS // 2, settle=STEPS // 4)


def snapshot(net):
    """What is recorded along the way: the wires in use, the matrix, the error."""
    found = {"edges": len(structure.read_net(net).edges), "matrix": net.W.ravel()}
    if net.inputs == 2:
        found["error"] = np.mean((net(signs) - half_xor) ** 2)
    return found


cheap = urn.Strengths(l1=0.01, time=0.03, loop=1.0)
drawn = urn.Network.create(2, 1, size=SIZE, iterations=4, activation="relu", rng=0)
task = "Say half the product of two signs, with as few wires as possible."
seen = growth.watch(signs, half_xor, loss="mse", grid=21, task=task, extra=snapshot)
life = trained(drawn, signs, half_xor, cheap, 0, every=50, observe=seen)
notebook.replay(life.history, "A pool that pays for its wires", height=760)

# %% [markdown]
# ## The picture
#
# Let us build a pool by hand before we let one grow. Five neurons: 0 and 1 hold the inputs $x_1, x_2$, which are $-1$
# or $+1$; 2 and 3 are hidden; 4 is the output. The task is half an XOR, $y = x_1 x_2 / 2$. No straight line does it, but
# two ReLU neurons do ($\mathrm{relu}(z)$ is $z$ where that is positive, else 0), because for signs
# $x_1 x_2 = |x_1 + x_2| - 1$, and an absolute value is two ReLUs back to back:
#
# $$\tfrac12 x_1 x_2 = \tfrac12\,\mathrm{relu}(x_1 + x_2) + \tfrac12\,\mathrm{relu}(-x_1 - x_2) - \tfrac12 .$$
#
# In the matrix $W$ a **row is a neuron that listens and a column one that speaks**: $W_{ij}$ is the wire from $j$ to
# $i$. One step of thinking is one product with this matrix. The inputs are held at $x$ all the time, and each neuron
# adds a bias $b_i$ of its own (the library calls the vector `c`).

# %%
W, c = np.zeros((5, 5)), np.zeros(5)
W[2, [0, 1]] = 1, 1  # neuron 2 hears x1 + x2
W[3, [0, 1]] = -1, -1  # neuron 3 hears -x1 - x2
W[4, [2, 3]] = 0.5, 0.5  # the output adds half of each
c[4] = -0.5

x = np.hstack([signs, np.zeros((4, 3))])  # one row per pattern, one column per neuron
states = [x]
for t in range(1, 4):
    z = x @ W.T + c
    x = np.hstack([signs, np.maximum(z[:, 2:4], 0), z[:, 4:]])  # only hidden ones act
    states.append(x)
    print(f"read after step {t}:", x[:, 4])
print("the target:        ", half_xor[:, 0])
assert np.array_equal(states[2][:, 4], half_xor[:, 0])
assert np.array_equal(states[3][:, 4], half_xor[:, 0])

# %% tags=["hide-input"]
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.9), width_ratios=[1, 1.7])
names = ["$x_1$", "$x_2$", "hidden 2", "hidden 3", "output"]
left.imshow(W, cmap="RdBu", vmin=-1.6, vmax=1.6)
for i, j in np.ndindex(W.shape):
    left.text(j, i, f"{W[i, j]:g}" if W[i, j] else "·", ha="center", va="center")
left.set(
    xticks=range(5), yticks=range(5), title="one matrix", xlabel="from", ylabel="to"
)
left.set_xticklabels(names, rotation=40, ha="right")
left.set_yticklabels(names)
left.grid(False)
for t in range(3):
    for to, source in np.argwhere(W):
        speaks = states[t][3, source] != 0
        line = (
            {"color": "black", "lw": 2.0}
            if speaks
            else {"color": "0.75", "lw": 1.2, "linestyle": "--"}
        )
        right.plot([t, t + 1], [-source, -to], **line, zorder=1)
for t, state in enumerate(states):
    for i, value in enumerate(state[3]):
        right.plot(
            t, -i, "o", markersize=24, color="white", markeredgecolor="black", zorder=2
        )
        right.text(t, -i, f"{value:g}", ha="center", va="center", zorder=3)
right.set(
    xticks=range(4),
    yticks=range(0, -5, -1),
    xlim=(-0.3, 3.3),
    ylim=(-4.5, 0.5),
    xlabel="time step t",
)
right.set_yticklabels(names)
right.set_title("the same matrix, unfolded over time, for x = (1, 1)")
right.grid(False)
plt.show()

# %% [markdown]
# **Figure 1.** *Left:* the five neurons' matrix. *Right:* three steps of thinking. Circles hold the states, black
# lines are wires that carry something, dashed grey ones carry zero. After one step the hidden neurons know, after two
# the output does, and a third step changes nothing: the pool has come to rest.
#
# Look at what "layer" has become. Nothing in the code says that 2 and 3 form one. They do so because **time does
# it**: a signal that crosses two wires arrives after two steps. If $P$ is $W$ with each wire replaced by a one,
# $(P^t)_{ij}$ counts the walks of exactly $t$ wires from $j$ to $i$. So the *pattern of zeros* in $W$ is the
# architecture:
#
# - blocks below the diagonal, one behind the other: layers;
# - a block further down: a skip; an identity from inputs to outputs: a residual stream;
# - a non-zero pattern that returns to its start: recurrence, which this pool is free to use.

# %%
P = (W != 0).astype(int)  # 1 where there is a wire
print(
    "walks of two wires from each input to the output:",
    np.linalg.matrix_power(P, 2)[4, :2],
)
print("walks of three wires in the whole pool:", np.linalg.matrix_power(P, 3).sum())
by_hand = from_matrix(
    urn.Network.create(2, 1, size=5, iterations=3, activation="relu", rng=0), W, c
)
found = structure.read_net(by_hand)
print(structure.judge(found).words)
assert found.widths == (2, 2, 1)

# %% [markdown]
# The last line comes from `minigrow.structure`, which knows nothing of the loss: it keeps the wires that lie on a walk
# from an input to an output of no more steps than the pool thinks, gives each neuron its longest path as its layer, and
# names the whole by rules that stand in `minigrow/structure/verdict.py`. It will be our judge, so that we do not see layers because we
# would like to.

# %% [markdown]
# ## The equation
#
# Letters: $d$ inputs, $H$ hidden neurons and $k$ outputs, in this order, make a pool of $d + H + k$ neurons. $W$ is its
# matrix of weights, $b$ the vector of its biases. It thinks for $I$ steps; $t$ counts them. $x_t$ is what all its
# neurons say after step $t$, $z_t$ what they have heard, $\mathrm{act}$ the activation of hidden neurons, and $\hat y_t$
# the outputs, which do not act:
#
# $$x_0 = [x, 0, 0], \qquad z_t = W x_{t-1} + b, \qquad
#   x_t = [\,x,\ \mathrm{act}(z_t)_{\text{hidden}},\ \hat y_t\,], \qquad
#   \hat y_t = (z_t)_{\text{outputs}}, \qquad \text{output} = \hat y_I .$$
#
# Wires into inputs and out of outputs are zero. The **general loss** $L$ has one term for being right and a price list.
# Its letters: $\ell_1$, local, time and loop are the four prices, numbers that we choose; $\text{place}_i$ is where
# neuron $i$ stands, if it stands somewhere; $a_t$ is $x_t$ without the inputs; the bar is the mean over samples.
#
# $$L = \text{task}(\hat y_I) + \ell_1 \sum_{ij} |W_{ij}| +
#   \text{local} \sum_{ij} |W_{ij}|\,|\text{place}_i - \text{place}_j| +
#   \text{time} \sum_{t=2}^{I} (t-1)\, \overline{|a_t - a_{t-1}|^2} + \text{loop} \sum_i |W_{ii}| .$$
#
# - $\ell_1$: each wire costs its size. Names of neurons do not enter, as it must be: hidden neurons are
#   interchangeable.
# - local: long wires cost more, if inputs have places. This is the geometry of the input speaking.
# - time: what still changes late, costs (at the last step only the outputs count). It asks for shallow nets.
# - loop: a wire from a neuron to itself is forbidden by a high price. This one is only ours; we will see why.
#
# (The library also has `group` and `path`; `minigrow run urn.economy --full` compares them.)
#
# **The gradient** is backpropagation through $I$ layers that happen to share one matrix. Each step $t$ sends back its
# own $\partial L / \partial W$, and because it is the same $W$, they add:
# $\mathrm dW = \sum_t \mathrm dz_t\, x_{t-1}^\top$, where $\mathrm dW$ and $\mathrm dz_t$ are short for
# $\partial L/\partial W$ and $\partial L/\partial z_t$.
#
# **Exact zeros** need one more idea. A gradient step on $|w|$ makes a weight hop around zero without ever sitting on
# it, and a wire of size $10^{-5}$ is still a wire. So the price is paid *after* the optimiser's step, by solving a
# small problem exactly: from a weight $w$ find the new one, $\tilde w$, that stays near but pays $\zeta$ for each unit
# of its size,
#
# $$\min_{\tilde w}\ \tfrac12 (\tilde w - w)^2 + \zeta\,|\tilde w| .$$
#
# For $\tilde w > 0$ the slope is $\tilde w - w + \zeta$, zero at $\tilde w = w - \zeta$, which is positive only if
# $w > \zeta$; for $\tilde w < 0$ likewise with signs turned. In between nothing beats the corner. So the answer is the
# **soft threshold** $\tilde w = \mathrm{sign}(w)\max(|w| - \zeta, 0)$: everything shrinks by $\zeta$, and what is smaller
# than $\zeta$ becomes zero, exactly.
#
# How large is $\zeta$? The optimiser moves weight $i$ by $\eta_i$ for each unit of gradient; paid in the same coin,
# $\zeta_i = \eta_i \times \text{price}_i$, where $\text{price}_i$ is all that the list asks for a unit of weight $i$.
# Then, at rest, a weight stays at zero exactly as long as the gradient there is smaller than its price, as the loss
# says. For Adam $\eta_i = \eta / (\sqrt{s_i} + 10^{-8})$, with the rate $\eta$ and the bias-corrected mean $s_i$ of the squared
# gradient of weight $i$; exercise 3 shows what happens without this.

# %% [markdown]
# ## The code that is the equation
#
# The recursion and the price list, in plain NumPy:


# %%
def general_loss(W, c, X, y, I, s, distance):
    (samples, d), k = X.shape, y.shape[1]
    x, late, a = np.hstack([X, np.zeros((samples, len(W) - d))]), 0.0, None
    for t in range(1, I + 1):
        z, before = x @ W.T + c, a
        a = np.hstack([np.tanh(z[:, d:-k]), z[:, -k:]])  # hidden neurons act
        if t > 1:
            moved = a - before if t < I else (a - before)[:, -k:]  # at last: outputs
            late += (t - 1) * np.mean(np.sum(moved**2, axis=1))
        x = np.hstack([X, a])
    size, own = np.abs(W), np.abs(np.diag(W))
    paid = s.l1 * size.sum() + s.local * np.sum(size * distance) + s.loop * own.sum()
    return np.mean((z[:, -k:] - y) ** 2) + s.time * late + paid


# %%
rng = np.random.default_rng(1)
net = urn.Network.create(
    3, 2, size=12, iterations=5, positions=urn.line(3, 7, 2, rng=1), rng=1
)
X, y = rng.standard_normal((20, 3)), rng.standard_normal((20, 2))
s = urn.Strengths(l1=0.02, local=0.01, time=0.05, loop=1.0)

mine = general_loss(net.W, net.c, X, y, net.iterations, s, urn.positions.distances(net))
task, g = net.gradient(X, y, "mse")
theirs = task + sum(urn.penalty(net, s, X).values())
gap = abs(mine - theirs) / eps
print(f"ten lines {mine:.6f}, library {theirs:.6f}, apart by {gap:.1f} eps")
assert abs(mine - theirs) < 64 * eps

# %% [markdown]
# The gradient that the library derives by hand, against central differences of *our* ten lines (task and time; the
# other prices have a corner and are no gradient's business), weight by weight:

# %%
smooth = urn.Strengths(time=s.time)
_, g = net.gradient(X, y, "mse", time=s.time)


def value(theta):
    moved = dataclasses.replace(net, theta=theta)
    return general_loss(
        moved.W, moved.c, X, y, net.iterations, smooth, np.zeros_like(net.W)
    )


unit = 1e-5 * np.eye(net.theta.size)
slopes = np.array([(value(net.theta + e) - value(net.theta - e)) / 2e-5 for e in unit])
small = np.abs(g - slopes).max() < 1e-8
print(f"{net.theta.size} slopes, largest difference below 1e-8: {small}")
assert np.abs(g - slopes).max() < 1e-8

# %% [markdown]
# And one whole training step: gradient, Adam, soft threshold in Adam's step sizes. This is all that `urn.train` does,
# again and again.

# %%
adam, theta = Adam(rate=1e-2), net.theta.copy()
state = adam.update(start(adam, theta), theta, g)  # theta moves in place
theta = soft_threshold(theta, metric(adam, state, theta) * prices(net, s))

plan = growth.Plan(steps=1, batch=None, loss="mse")  # one step on all rows
library = urn.train(growth.start(net, adam, rng=0), X, y, plan, s).net
gap = np.abs(theta - library.theta).max() / eps
print(f"apart by {gap:.1f} eps; weights that became zero: {np.sum(theta == 0)}")
assert np.abs(theta - library.theta).max() < 64 * eps

# %% [markdown]
# ## An invariant, checked live
#
# Three things must hold exactly, whatever the weights are.
#
# 1. A pool *contains* the known architectures: write an MLP, or a residual net $x + \text{branch}(x)$, into the
#    blocks of $W$, and the pool computes the same.
# 2. Hidden neurons have no names: renumber them, **rows and columns together**, and nothing changes; neither function
#    nor price.
# 3. Once the longest path has been walked, further steps change nothing.

# %% [markdown]
# **Predict, then run.** A pool holds an MLP with two hidden layers of four. Its longest path has three wires. What
# happens to the outputs if we renumber hidden neurons in rows and columns, if we renumber the rows and forget the
# columns, and if the pool may think nine steps instead of three?

# %%
draw = np.random.default_rng(2)
mlp = MLP.create([3, 4, 4, 2], "tanh", rng=2)
pool = embed_mlp(mlp)
X3 = draw.standard_normal((50, 3))

V1, V2, b1, b2 = (draw.standard_normal(shape) for shape in ((6, 3), (3, 6), 6, 3))
residual = embed_residual([(V1, b1), (V2, b2)])
plain = X3 + np.tanh(X3 @ V1.T + b1) @ V2.T + b2

order = np.r_[0:3, 3 + draw.permutation(8), 11:13]  # only hidden neurons move
renamed = from_matrix(pool, pool.W[np.ix_(order, order)], pool.c[order])
broken = from_matrix(pool, pool.W[order], pool.c[order])
longer = dataclasses.replace(pool, iterations=9)
pairs = {
    f"MLP 3-4-4-2 in a pool of {pool.size}": (pool(X3), mlp(X3)),
    "residual net": (residual(X3), plain),
    "renumbered": (renamed(X3), pool(X3)),
    f"9 steps instead of {pool.iterations}": (longer(X3), pool(X3)),
}
for name, (other, same) in pairs.items():
    print(f"{name}: apart by {np.abs(other - same).max() / eps:.1f} eps")
    assert np.abs(other - same).max() < 64 * eps
gap = np.abs(broken(X3) - pool(X3)).max()
print(f"rows only, columns forgotten: apart by {gap:.1f}, as it should be")
costs = [urn.penalty(p, urn.Strengths(l1=1, time=1), X3) for p in (pool, renamed)]
assert all(np.isclose(costs[0][name], costs[1][name], rtol=1e-13) for name in costs[0])
assert gap > 0.1

# %% tags=["hide-input"]
fig, axes = plt.subplots(1, 4, figsize=(11.5, 3.4))
for ax, given in zip(axes[:2], (pool.W, renamed.W), strict=True):
    pictures.signed(ax, given)
    ax.set(xticks=[], yticks=[], xlabel="from", ylabel="to")
    ax.grid(False)
pictures.matrix(axes[2], renamed.W, structure.read_net(renamed))
pictures.matrix(axes[3], residual.W, structure.read_net(residual))
titles = (
    "MLP 3-4-4-2 as a pool",
    "renumbered",
    "as the reader sorts it",
    "residual net",
)
for ax, title in zip(axes, titles, strict=True):
    ax.set_title(title)
plt.show()

# %% [markdown]
# <details><summary>What happened</summary>
#
# Renumbering rows and columns changes nothing but rounding; rows alone change the function, because then neurons hear
# in one order and speak in another. Nine steps say what three say: what crosses three wires has arrived, and the pool
# is at rest.
#
# </details>
#
# **Figure 2.** Matrices: blue positive, red with a minus negative, deeper is larger. The first pool has its layers as
# blocks below the diagonal; the second is the *same network* with hidden neurons renumbered, and looks like noise. The
# reader finds the layers again (third; black lines part layers). Fourth: the identity of a residual net, a diagonal in
# the corner from inputs to outputs, beside its branch.
#
# So a layer is no place in the matrix. It is a property of the graph, and that is why it can *emerge*.

# %%
faded = residual.W.copy()
faded[-3:, :3] *= 0.6  # the same wires at the same places, but no identity
faded = from_matrix(residual, faded, residual.c)
readings = [structure.read_net(net) for net in (renamed, residual, faded)]
for reading, kind in zip(readings, ("layered", "residual", "layered"), strict=True):
    print(structure.judge(reading).words)
    assert structure.judge(reading).kind == kind
assert readings[0].widths == (3, 4, 4, 2)

# %% [markdown]
# The last two nets have their wires at the same places. But an identity is a weight of *one*: the reader says residual
# when such wires, within 0.1 of 1, run past a branch that matters. At 0.6 they are a few skips in a layered net.

# %% [markdown]
# ## The paper's claim at small scale
#
# Now nobody builds anything. A pool of 28 neurons starts dense and random; 2000 steps of Adam on half an XOR. Prices
# rise over the first half, so that the net can learn before it must save; in the last quarter the zeros are frozen
# and the prices switched off, so that what was found is fitted without the shrinking that prices leave behind. (Ramp
# and settling are ours; `trained`, folded away above, is these two lines.) It is the life with which this page opened.

# %%
for row in life.history.rows[1::6]:
    hidden = row["widths"][1]
    print(f"step {row['step']:4d}: {hidden:2d} hidden neurons, {row['edges']:3d} edges")
print(structure.judge(structure.read_net(life.net)).words)
print("hidden weights and biases:")
heard = np.column_stack([life.net.params["Whx"], life.net.params["ch"]])
print(heard.round(2) + 0.0)
assert np.abs(life.net(signs) - half_xor).max() < 1e-6

# %%
rows = life.history.rows
fig, axes = plt.subplots(1, 5, figsize=(13, 3.3), width_ratios=[1.7, 1, 1, 1, 1])
steps = [row["step"] for row in rows]
axes[0].semilogy(steps, [row["edges"] for row in rows], label="edges", **look(0))
axes[0].semilogy(
    steps, [max(row["error"], 1e-9) for row in rows], label="squared error", **look(1)
)
axes[0].set(
    xlabel="training step",
    ylabel="edges; squared error",
    ylim=(5e-10, 2e4),
    title="a life",
)
axes[0].legend(loc="lower left")
for ax, i in zip(axes[1:], (1, 7, 13, 39), strict=True):
    size = sum(rows[i]["widths"])
    matrix = rows[i]["matrix"].reshape(size, size)
    pictures.matrix(ax, matrix, structure.read(matrix, range(2), [size - 1], 4))
    ax.set_title(f"step {rows[i]['step']}")
plt.show()

# %% [markdown]
# **Figure 3.** One life. *Left:* number of wires (no unit) and mean squared error, clipped at $10^{-9}$, against
# training steps. *Right:* the matrix of live neurons at four moments, sorted by layer. The wide block in the middle
# at step 100 is recurrence: neurons that can reach each other share a layer. What is left at the end are two blocks
# below the diagonal: one hidden layer of two ReLU neurons, the network that we built by hand.
#
# The weights above show it: both hidden neurons hear the sum of the inputs, with opposite signs. The error rises
# while prices do, a compromise, and falls once they are gone.
#
# One life proves nothing. So: ten seeds, the same pool on half an XOR and on a linear target, and, as a **control**,
# the same runs with all prices at zero.

# %% [markdown]
# **Predict, then run.** What will the reader call the ten nets on half an XOR, the ten on the linear target, and the
# ten of the control? Which of them get the task right?

# %%
SEEDS = range(2) if notebook.small() else range(10)
bits = np.array(list(np.ndindex(2, 2, 2, 2))) * 2.0 - 1  # all 16 patterns of 4 signs
linear = bits @ np.array([[0.5], [-1.0], [0.8], [0.2]])


def grown(X, y, s, seed, activation):
    net = urn.Network.create(
        X.shape[1], y.shape[1], size=28, iterations=4, activation=activation, rng=seed
    )
    return trained(net, X, y, s, seed).net


def between(value, low, high):
    """Return the range as text, after checking that the value lies in it."""
    if notebook.small():  # too few seeds for a range
        return f"{value:g}"
    assert low <= value <= high, (value, low, high)
    return f"{low:g} to {high:g}" if low < high else f"{low:g}"


def told(nets, test):
    """What each net is, its edges, its depth, whether its test error is below 1e-3."""
    read = [structure.read_net(net) for net in nets]
    kinds = [structure.judge(r).kind for r in read]
    right = [np.mean((net(test[0]) - test[1]) ** 2) < 1e-3 for net in nets]
    edges, depth = ([getattr(r, name) for r in read] for name in ("edges", "depth"))
    return kinds, np.array(list(map(len, edges))), np.array(depth), np.array(right)


questions = {
    "half XOR": (signs, half_xor, cheap),
    "half XOR, no prices": (signs, half_xor, urn.Strengths()),
    "linear": (bits, linear, cheap),
}
arms, kinds, few = {}, {}, len(SEEDS)
for name, (X, y, s) in questions.items():
    arms[name] = [grown(X, y, s, seed, "relu") for seed in SEEDS]
    kinds[name], edges, depth, right = told(arms[name], (X, y))
    seen, middle = ", ".join(sorted(set(kinds[name]))), np.median(edges)
    print(
        f"{name:20s} {seen:10s} median {middle:3g} edges, right: {right.sum()} of {few}"
    )
    assert notebook.small() or right.all()
layered, free = (kinds[name].count("layered") for name in list(arms)[:2])
print(f"layered: {layered} of {few} with prices, {free} of {few} without")
assert notebook.small() or layered >= 8
assert notebook.small() or free == 0

# %% [markdown]
# <details><summary>What happened</summary>
#
# The same loss and the same pool: two layers of wires where the task needs them, one where it does not, and without
# prices a tangle that solves the task just as well.
#
# </details>
#
# Being right does not make an architecture; being right *and cheap* does. How cheap? **Move the price** of a wire.


# %%
def at_price(l1):
    """Draw what grows on half an XOR (seed 0) when a unit of weight costs so much."""
    priced = urn.Strengths(l1=l1, time=0.03, loop=1.0)
    net = grown(signs, half_xor, priced, 0, "relu")
    found, error = structure.read_net(net), np.mean((net(signs) - half_xor) ** 2)
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3))
    pictures.matrix(left, net.W, found)
    pictures.graph(right, net.W, found)
    fig.suptitle(f"l1 = {l1:g}: {len(found.edges)} edges, squared error {error:.2g}")


notebook.move(at_price, l1=[0.001, 0.003, 0.01, 0.03, 0.1], stills=[0.001, 0.01, 0.03])

# %% [markdown]
# Does difficulty set the size? Four tasks that get harder, now with tanh and prices on wires and loops only. (On
# another processor, which rounds otherwise, a net may end with a wire more or less. So from here on cells print ranges,
# and check that what they measure lies inside.)

# %%
wires = urn.Strengths(l1=0.01, loop=1.0)
tasks = {
    "linear": (bits, linear),
    "XOR": (signs, 2 * half_xor),
    "3-bit parity": (bits[::2, :3], np.prod(bits[::2, :3], axis=1, keepdims=True)),
    "4-bit parity": (bits, np.prod(bits, axis=1, keepdims=True)),
}
expected = {
    "linear": (4, 5),
    "XOR": (6, 8.5),
    "3-bit parity": (10, 14),
    "4-bit parity": (17, 26),
}
medians = []
for name, (X, y) in tasks.items():
    nets = [grown(X, y, wires, seed, "tanh") for seed in SEEDS]
    _, edges, _, right = told(nets, (X, y))
    medians.append(np.median(edges))
    middle, solved = between(medians[-1], *expected[name]), between(right.sum(), 8, 10)
    print(f"{name:13s} median {middle} edges, right: {solved} of {few}")
assert notebook.small() or np.all(np.diff(medians) > 0)

# %% [markdown]
# **A residual net.** The target is the input plus a little, $y_i = x_i + \tfrac12 |x_{i+1} + x_{i+2}|$ for four
# inputs. The *control* has the same small term without the $x_i$.
#
# A wire from each $x_i$ to its $y_i$ is not enough: one of weight 0.4, beside a branch that carries the other
# $0.6\,x_i$, is no identity. So we count twice: *by place*, all four wires are there; *by weight*, all four are within
# 0.1 of 1. The reader asks for the weights, a branch that matters, and few cycles.
#
# Two natural guesses about a price on late activity. It should make the wires true: after one step an output has heard
# only $W_{yx} x + b_y$ ($W_{yx}$: the direct wires; $b_y$: the outputs' biases), and the branch arrives later, so this
# should already say as much as it can. As $|x_{i+1} + x_{i+2}|$ is even, no straight line explains any of it: the best
# $W_{yx}$ is the identity. And the price should keep the branch shallow, one hidden layer at most. We try it at two
# prices of wire.

# %%
MORE = range(1) if notebook.small() else range(20)


def stream(seed, identity, l1, time):
    """The net for x + a branch (identity 1) or the branch alone (0); what told says."""
    U = np.random.default_rng(seed).uniform(-1, 1, (256, 4))
    y = identity * U + 0.5 * np.abs(np.roll(U, -1, axis=1) + np.roll(U, -2, axis=1))
    s = urn.Strengths(l1=l1, time=time, loop=1.0)
    net = grown(U[:128], y[:128], s, seed, "relu")
    return net, *told([net], (U[128:], y[128:]))


expected = {  # (l1, time): of 20 seeds by place, by weight, called residual, shallow
    (0.001, 0.0): ((18, 20), (0, 6), (0, 6), (2, 10)),
    (0.001, 0.01): ((18, 20), (16, 20), (16, 20), (8, 15)),
    (0.003, 0.0): ((9, 15), (4, 12), (3, 11), (5, 13)),
    (0.003, 0.01): ((18, 20), (16, 20), (16, 20), (16, 20)),
}
counts, off, judged = {}, {}, ("by place", "by weight", "reader", "shallow", "right")
print(f"{f'of {len(MORE)} seeds':33s}", "".join(f"{name:11s}" for name in judged))
for (l1, time), ranges in expected.items():
    name = f"residual, l1 {l1}, time {time}"
    runs = [stream(seed, 1.0, l1, time) for seed in MORE]
    arms[name], found, _, depth, right = zip(*runs, strict=True)
    kinds[name] = [kind for (kind,) in found]
    wires_of = np.array(
        [np.diag(net.params["Wyx"]) for net in arms[name]]
    )  # x_i to y_i
    off[l1, time] = np.abs(wires_of - 1).max(axis=1)  # of the worst wire
    found = [np.all(wires_of != 0, axis=1).sum(), np.sum(off[l1, time] <= 0.1)]
    found += [kinds[name].count("residual"), np.sum(np.ravel(depth) <= 2)]
    said = [between(number, *ends) for number, ends in zip(found, ranges, strict=True)]
    counts[l1, time] = list(zip(said, found, strict=True))
    right = between(np.sum(right), 18, 20)
    print(f"{name:33s}", "".join(f"{text:11s}" for text in said) + right)

# %%
control = [stream(seed, 0.0, 0.001, 0.01)[1][0] for seed in SEEDS]
kinds["residual without x"] = control
print(f"control without x, time 0.01: residual {control.count('residual')} of {few}")
without, priced = (np.median(off[0.001, time]) for time in (0.0, 0.01))
without, priced = between(without, 0.4, 0.8), between(priced, 0, 0.02)
print(f"the worst wire is off by, median: {without} without, {priced} with")
assert notebook.small() or "residual" not in control
for l1 in (0.001, 0.003):
    priced, free = ([n for _, n in counts[l1, time]] for time in (0.01, 0.0))
    more = np.subtract(priced, free)
    # more by weight, more called residual, more shallow:
    assert notebook.small() or np.all(more[1:] > 0)

# %% [markdown]
# The shape of a residual net comes without a price on late activity, its identity does not. With cheap wires all four
# are there in nearly every net. Our first version counted these, and called the price unnecessary. But hardly any net
# has all four within 0.1 of 1: a wire and a branch that share the work fit just as well. With the price, the first
# guess comes true.

# %% [markdown]
# **Local wiring.** Twelve inputs stand on a line; each of four outputs is the product of two neighbours. Hidden
# neurons stand at random places on the same line. Three arms at the same $\ell_1$: no price on wire, a price, and the
# control: the price, but inputs dealt out to other places, so that neighbours in the task are strangers in space.


# %%
def line_up(seed, local, shuffled):
    """The net, what told says of it, and how much wire it uses."""
    draw = np.random.default_rng(seed)
    X = np.sign(draw.standard_normal((512, 12)))
    y, places = X[:, 0::3] * X[:, 1::3], urn.line(12, 44, 4, rng=seed)
    if shuffled:
        places[:12] = draw.permutation(places[:12])
    net = urn.Network.create(12, 4, size=60, iterations=3, positions=places, rng=seed)
    s = urn.Strengths(l1=0.001, local=local, loop=1.0)
    net = trained(net, X[:256], y[:256], s, seed).net
    used = urn.penalty(net, urn.Strengths(local=1.0), X[:1])["local"]
    return net, told([net], (X[256:], y[256:])), used


expected = {  # the price; wire used, share of short edges
    "no price": (0.0, (60, 90), (0.1, 0.4)),
    "price": (0.003, (4, 7), (0.8, 1)),
    "price, shuffled": (0.003, (7, 11), (0.5, 0.8)),
}
wire = {}
for name, (local, *ranges) in expected.items():
    seeds = MORE if local or notebook.small() else SEEDS[:6]
    runs = [line_up(seed, local, "shuffled" in name) for seed in seeds]
    wire[name] = np.array([used for *_, used in runs])
    arms[f"local, {name}"] = [net for net, *_ in runs]
    kinds[f"local, {name}"] = [report[0][0] for _, report, _ in runs]
    near = np.median([structure.read_net(net).local for net, *_ in runs])
    right = sum(int(report[3][0]) for _, report, _ in runs)
    right = between(right, len(runs) - 1, len(runs))
    paid, short = (
        between(value, *ends)
        for value, ends in zip((np.median(wire[name]), near), ranges, strict=True)
    )
    words = f"wire {paid}, share of short edges {short}"
    print(f"{name:16s} right {right} of {len(runs)}, {words}")
judged = [kinds[f"local, {name}"].count("local") for name in ("price", "no price")]
local = between(judged[0], 16, 20)
with_price, without_price = (
    len(kinds[f"local, {name}"]) for name in ("price", "no price")
)
print(f"judged local: {local} of {with_price} with a price,", end=" ")
print(f"{judged[1]} of {without_price} without")
dearer = np.sum(wire["price, shuffled"] > wire["price"])
print(
    "the shuffled control pays more wire in",
    between(dearer, 16, 20),
    f"of {with_price}",
)
assert notebook.small() or judged[1] == 0

# %% tags=["hide-input"]
fig, axes = plt.subplots(2, 4, figsize=(11.5, 5.6))
shown = ("linear", "half XOR", "residual, l1 0.001, time 0.01", "local, price")
for (top, bottom), name in zip(axes.T, shown, strict=True):
    net = arms[name][0]
    found = structure.read_net(net)
    pictures.matrix(top, net.W, found)
    pictures.graph(bottom, net.W, found)
    top.set_title(name.split(", l1")[0])
    bottom.set(xlabel="layer")
plt.show()

# %% [markdown]
# **Figure 4.** Four of the networks that emerged (seed 0). *Top:* their matrices, live neurons sorted by layer, blue
# positive, red negative. *Bottom:* the same as graphs, solid positive, dashed negative, thicker is larger. In the
# residual net look for the diagonal in the lower left block, the four wires of weight 1.

# %%
colours = {"direct": "#F0E442", "layered": "#0072B2", "residual": "#CC79A7"}
colours |= {"local": "#009E73", "sparse": "#E69F00", "recurrent": "#999999"}
colours |= {"skip": "#56B4E9", "bottleneck": "#D55E00", "densenet": "#FFFFFF"}
hatches = ("..", "", "++", "\\\\", "//", "xx", "--", "oo", "**")
hatches = dict(zip(colours, hatches, strict=True))
there = [kind for kind in colours if any(kind in found for found in kinds.values())]
fig, ax = plt.subplots(figsize=(9.5, 4.6))
for place, found in enumerate(kinds.values()):
    before = 0
    for kind in there:
        number = 100 * found.count(kind) / len(found)
        bar = {"color": colours[kind], "hatch": hatches[kind], "edgecolor": "black"}
        ax.barh(place, number, left=before, label=None if place else kind, **bar)
        before += number
ax.set(title="what emerged", xlabel="share of seeds (%)")
ax.set(yticks=range(len(kinds)), ylim=(len(kinds) - 0.4, -0.6))
ax.set_yticklabels(kinds)
ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
ax.grid(False)
plt.show()

# %% [markdown]
# **Figure 5.** The reader's verdicts on all runs, 6 to 20 seeds a row. Only prices and data differ between rows (and,
# for local wiring, tanh instead of ReLU and a larger pool), never the method. "Sparse" is what no other rule fits.
#
# **A lifetime.** The second half of Golkar's title: the same network meets an easy task (linear), a hard one (the
# product of three of the four inputs), and the easy one again, always at the same prices. Dead neurons leave as they
# die; at each change the pool grows fresh ones, listening to everybody and speaking to nobody, so that the function
# stays; Adam's memory is carried along (`minigrow.growth.accept`).

# %% [markdown]
# **Predict, then run.** The easy task was solved with four edges. How many does the pool have when it meets the easy
# task again, after the hard one?


# %%
def lived(seed):
    """The edges along one life; at the end of each task: edges, and was it right."""
    net = urn.Network.create(4, 1, size=28, rng=seed)
    life, ends = growth.start(net, Adam(rate=1e-2), rng=seed), []
    for y in (linear, tasks["4-bit parity"][1] * bits[:, 3:], linear):
        if life.net.size < 28:
            wide, event = urn.grow(life.net, 28 - life.net.size, rng=life.rng)
            assert np.abs(wide(bits) - life.net(bits)).max() < 64 * eps
            life = growth.accept(life, wide, event)
        until = {"since": life.step, "steps": life.step + 2000}  # prices rise anew
        plan = growth.Plan(**until, batch=None, loss="mse", every=50, observe=snapshot)
        life = urn.train(life, bits, y, plan, wires, ramp=1000, settle=500)
        error = np.mean((life.net(bits) - y) ** 2)
        ends.append((life.history.rows[-1]["edges"], error < 1e-3))
    return [row["edges"] for row in life.history.rows], ends


lives, ends = zip(*[lived(seed) for seed in SEEDS[:6]], strict=True)
size, right = np.array(ends)[:, :, 0], np.array(ends)[:, :, 1].astype(int)
expected = {"easy": (4, 5), "hard": (9, 16), "easy again": (6, 10)}
for phase, (name, ends_of) in enumerate(expected.items()):
    edges, solved = between(np.median(size[:, phase]), *ends_of), right[:, phase].sum()
    print(
        f"{name:11s} median {edges} edges, right at its end: {solved} of {len(lives)}"
    )
grew, back = np.sum(size[:, 1] > size[:, 0]), np.sum(size[:, 2] <= size[:, 0] + 1)
print("more edges on the hard task:", between(grew, 5, 6), f"of {len(lives)},", end=" ")
print("back to the first number, up to one:", between(back, 0, 3), f"of {len(lives)}")
assert notebook.small() or right.all()

# %% tags=["hide-input"]
fig, ax = plt.subplots(figsize=(8.5, 3.5))
steps = 50 * np.arange(1, len(lives[0]) + 1)
ax.semilogy(steps, np.transpose(lives), color="0.7", linewidth=1)
ax.semilogy(steps, np.median(lives, axis=0), label=f"median of {len(lives)}", **look(0))
for start_of, name in ((0, "easy"), (2000, "hard"), (4000, "easy again")):
    ax.axvline(start_of, color="black", linewidth=0.8)
    ax.text(start_of + 60, 2.3, name)
ax.set(title="structure in a changing world", xlabel="training step", ylabel="edges")
ax.set(ylim=(2, 900), xlim=(0, 6000))
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# **Figure 6.** Wires in use against training steps; grey: six lives. Each change of task begins with a burst of fresh
# wires: new neurons, and prices that rise anew.
#
# <details><summary>What happened</summary>
#
# The hard task adds wires, and not all of them leave again, though the same task at the same prices had done with four:
# a pool remembers.
#
# </details>
#
# The verdicts. We had only the abstract, which has no numbers, so the middle column is all ours:


# %% tags=["hide-input"]
def share(text, number, of):
    return f"{text} of {of}", number >= 0.8 * of


def asked(claim, found, beside=""):
    here, holds = found
    print(f"{claim:44s}{here + beside:42s}{'holds' if holds else 'refuted'}")


print(f"{'claim':44s}{'here':42s}verdict (80 % of seeds asked)")
asked("two layers on half an XOR", share(layered, layered, few), "; 0 unpriced")
direct = kinds["linear"].count("direct")
asked("one layer on a linear target", share(direct, direct, few))
rises = "more at each step", np.all(np.diff(medians) > 0)
asked("harder tasks take more edges", rises, " (medians of 10)")
for l1 in (0.001, 0.003):
    (place, weight, reader, branch), free = counts[l1, 0.01], counts[l1, 0.0]
    none = f"; {control.count('residual')} of {few} without x" if l1 == 0.001 else ""
    print(f"residual, x in the target, l1 = {l1}:")
    asked("  by place, no late price", share(*free[0], len(MORE)))
    asked("  by weight, no late price", share(*free[1], len(MORE)))
    asked("  by weight, late price", share(*weight, len(MORE)))
    asked("  the reader agrees, late price", share(*reader, len(MORE)), none)
    unpriced = f"; {free[3][0]} without price"
    asked("  late price keeps the branch shallow", share(*branch, len(MORE)), unpriced)
most = share(local, judged[0], with_price)
asked("local wiring, if wire costs", most, f"; {judged[1]} of {without_price} unpriced")
asked(
    "the shuffled control pays more wire",
    share(between(dearer, 16, 20), dearer, with_price),
)
asked("a harder task adds wires", share(between(grew, 5, 6), grew, len(lives)))
asked("  which leave when it goes", share(between(back, 0, 3), back, len(lives)))

# %% [markdown]
# The full versions are `minigrow run urn --full`; the long answer is in `tutorials/urn.md`. `urn.residual` asks the
# same by weight on ten targets, nine of which were not made for it; `urn.lifetime` changes the task, the price, or
# both.
#
# Two remarks. "Refuted" is not "does nothing". At $\ell_1 = 0.001$ the price makes shallow branches more frequent, and
# still misses the 80 % that were asked for. With dearer wires it gets there. But that setting was looked at afterwards,
# and a claim that is found by looking wants fresh data. (These seeds are fresh: the experiment uses others.)
#
# And on local wiring: its share of short edges alone is a poor witness, because even the shuffled control looks more
# local than no price at all, and the reader calls single nets of it local (Figure 5). A price on wire also chooses
# *which of many equally good* wires survive. What the control cannot avoid is the wire itself.

# %% [markdown]
# ## What breaks it
#
# Prices are hyperparameters, and each can be wrong in its own way.

# %% [markdown]
# **Predict, then run.** What comes of wires that are too cheap, of wires that are too dear, of cheap wires with a high
# price on late change, and of loops that cost nothing?

# %%
kept = {}
for l1, name, edges_in, right_in in (
    (0.001, "linear", (22, 29), (10, 10)),
    (0.001, "XOR", (15, 22), (9, 10)),
    (0.03, "4-bit parity", (6, 15), (3, 7)),
):
    X, y = tasks[name]
    s = urn.Strengths(l1=l1, loop=1.0)
    _, edges, _, right = told([grown(X, y, s, i, "tanh") for i in SEEDS], (X, y))
    kept[name] = np.median(edges)
    middle, solved = between(kept[name], *edges_in), between(right.sum(), *right_in)
    print(f"l1 = {l1:5}: {name:13s} median {middle} edges, right: {solved} of {few}")
assert notebook.small() or kept["linear"] > kept["XOR"]

# %%
for time in (0.0, 0.03):
    late = urn.Strengths(l1=0.001, time=time, loop=1.0)
    nets = [grown(signs, half_xor, late, seed, "relu") for seed in SEEDS[:5]]
    found, *_ = told(nets, (signs, half_xor))
    reads = np.array([forward(net, signs)[1] for net in nets])  # after each step
    moves = np.sqrt(np.mean(np.diff(reads, axis=1) ** 2, axis=(2, 3)))
    moves = ["yes" if size > 0.005 else "no" for size in np.median(moves, axis=0)]
    rings = between(found.count("recurrent"), *((4, 5) if time else (0, 0)))
    print(f"time price {time}: recurrent in {rings} of 5,", end=" ")
    print("output moves at steps 2, 3, 4:", ", ".join(moves))

# %%
X, y = tasks["XOR"]
for loop in (0.0, 1.0):
    s = urn.Strengths(l1=0.01, loop=loop)
    among = [grown(X, y, s, seed, "tanh").params["Whh"] for seed in SEEDS[:5]]
    own = np.mean([np.count_nonzero(np.diag(Whh)) / len(Whh) for Whh in among])
    own = between(own, *((0, 0) if loop else (0.5, 1)))
    print(f"loop price {loop:g}: share of hidden neurons that hear themselves {own}")

wild = urn.Network.create(
    2, 1, size=28, iterations=1000, activation="relu", scale=3.0, rng=0
)
try:
    trained(wild, signs, half_xor, urn.Strengths(), 0)
except growth.Diverged as stopped:
    radius = between(spectral_radius(stopped.run.net), 3, 3.4)
    print("ReLU, 1000 steps: stopped, spectral radius", radius)

# %% [markdown]
# <details><summary>What happened</summary>
#
# - **Too cheap**, and prices do not decide: at $\ell_1 = 0.001$ a linear target keeps more wires than XOR. **Too
#   dear**, and nets die before they learn: 4-bit parity at $0.03$ in part of the seeds.
# - **Time against wires.** A high price on late change, with cheap wires, breeds *cycles*. The price is on *squares*,
#   so several small moves are cheaper than a big one: if an output is to move by a given amount in all, the least
#   $\sum_t (t-1)\,(\hat y_t - \hat y_{t-1})^2$ has moves proportional to $1/(t-1)$. The output learns to arrive in
#   portions, and for that something in the pool must go on changing. The price that was meant to make nets shallow makes
#   them recurrent.
# - **Loops.** Without their price XOR's tanh neurons listen to themselves: under $\ell_1$ that is the cheapest way to
#   a steeper curve. Parsimony finds holes in the price list, and then it is our list that is wrong, not the network.
# - **Running away.** With ReLU, states grow like the $t$-th power of the spectral radius of the hidden weights (their
#   largest eigenvalue in size) once this exceeds one. `train` stops with `growth.Diverged` and hands back the last good run.
#
# </details>
#
# - **The reader's rules are rules.** "Layered" means at most 10 % skips: one wire past a layer of one or two neurons
#   makes "skip" of a net that you might call layered. XOR with tanh sometimes ends so. Activation and strengths in this
#   tutorial were found by search (on other seeds): *some* setting gives each architecture; not every setting does.

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 1 (easy)
#
# Write `layers()`: the two layers `[(W1, b1), (W2, b2)]` of $y = |x|$, with two ReLU neurons, as
# `urn.embedding.embed_layers` takes them. How many edges has the pool, and what does it say if it may think for one
# step only? Predict before you run.
#
# Check your answer: `minigrow check 05.1 answer.py`
#
# <details><summary>Answer</summary>
#
# $|x| = \mathrm{relu}(x) + \mathrm{relu}(-x)$: four edges. After one step the hidden neurons have only just heard of
# $x$, and the output read them when they were still zero: it says its bias, 0.
#
# ```python
# def layers():
#     hidden = np.array([[1.0], [-1.0]]), np.zeros(2)
#     return [hidden, (np.array([[1.0, 1.0]]), np.zeros(1))]
#
#
# magnitude = urn.embedding.embed_layers(layers(), "relu")
# x = np.array([[-2.0], [0.5]])
# edges = len(structure.read_net(magnitude).edges)
# print("edges", edges, "says", magnitude(x)[:, 0])
# print("one step:", dataclasses.replace(magnitude, iterations=1)(x)[:, 0])
# assert np.array_equal(magnitude(x), np.abs(x))
# ```
#
# ```text
# edges 4 says [2.  0.5]
# one step: [0. 0.]
# ```
#
# </details>

# %% [markdown]
# ### Exercise 2 (medium)
#
# A ReLU neuron can be rescaled: multiply its incoming weights and bias by $q > 0$, divide the outgoing ones by $q$.
# The function stays. Does the $\ell_1$ price? Write `cheapest(A, B)`: the $q$ that is cheapest for a neuron whose
# incoming weights have absolute values with the sum $A$, its outgoing ones with the sum $B$. Train half an XOR with
# $\ell_1$ alone (no settling) and see whether the network knows the answer.
#
# Check your answer: `minigrow check 05.2 answer.py`
#
# <details><summary>Answer</summary>
#
# The price is $qA + B/q$, with slope $A - B/q^2$: cheapest at $q = \sqrt{B/A}$, where both parts are $\sqrt{AB}$. So
# a trained neuron should spend as much on listening as on speaking. The function has a symmetry that the price does
# not have; the price picks one scale out of it. What cannot be rescaled away is the product $AB$.
#
# ```python
# def cheapest(A, B):
#     return np.sqrt(B / A)
#
#
# plan = growth.Plan(steps=4000, batch=None, loss="mse", quiet=True)
# run = growth.start(drawn, Adam(rate=1e-2), rng=0)
# wire_only = urn.Strengths(l1=0.01, loop=1.0)
# p = urn.train(run, signs, half_xor, plan, wire_only, ramp=1000).net.params
# listens = np.abs(p["Whx"]).sum(axis=1) + np.abs(p["Whh"]).sum(axis=1)
# speaks = np.abs(p["Wyh"]).sum(axis=0) + np.abs(p["Whh"]).sum(axis=0)
# print("listens / speaks:", (listens / speaks).round(2))
# assert np.allclose(cheapest(listens, speaks), 1, rtol=0.01)
# ```
#
# ```text
# listens / speaks: [1. 1.]
# ```
#
# </details>

# %% [markdown]
# ### Exercise 3 (hard)
#
# Write the training loop yourself: `by_own_loop(net, X, y, cost, steps)`, which trains a pool on all of `X`, `y` with
# Adam at the rate 0.01 and returns it. `net.bound(g, "mse")` gives the gradient, `Adam.update` the step,
# `soft_threshold` the zeros; `cost` is what `prices` returns. Compare two coins for the linear target: $\zeta = \eta_i
# \times \text{price}_i$ with Adam's own $\eta_i$ (`metric`), and the bare $\zeta = \eta \times \text{price}_i$. Four
# edges would be enough. Which coin finds them? Can another price help the one that does not?
#
# Check your answer: `minigrow check 05.3 answer.py`
#
# <details><summary>Answer</summary>
#
# Adam divides by the gradient's own size, so a weight that is pushed steadily moves by about `rate` a step, *however
# small the push*. The bare threshold takes back `rate * price`, a hundredth of that at a price of 0.01. So every
# weight with a steady push survives, worth its price or not. A higher price helps a little, until it stops the
# learning. In Adam's coin push and price are divided by the same number, and compare as the loss says.
#
# ```python
# def by_own_loop(net, X, y, cost, steps, coin=metric):
#     net = net.with_theta(net.theta.copy())
#     adam, g, theta = Adam(rate=1e-2), np.empty_like(net.theta), net.theta
#     gradient, state = net.bound(g, "mse"), start(adam, theta)
#     for _ in range(steps):
#         gradient(X, y)
#         state = adam.update(state, theta, g)
#         theta[:] = soft_threshold(theta, coin(adam, state, theta) * cost)
#     return net
#
#
# def bare(adam, state, theta):
#     return adam.rate
#
#
# def one(seed, price, coin):
#     net = urn.Network.create(4, 1, size=28, iterations=4, rng=seed)
#     cost = prices(net, urn.Strengths(l1=price, loop=1.0))
#     net = by_own_loop(net, bits, linear, cost, 2000, coin)
#     error = np.mean((net(bits) - linear) ** 2)
#     return len(structure.read_net(net).edges), error < 0.01
#
#
# for coin, price in ((metric, 0.01), (bare, 0.01), (bare, 0.3), (bare, 1.0)):
#     edges, right = np.transpose([one(seed, price, coin) for seed in range(5)])
#     four = f"{coin.__name__:6s} price {price:4}: four edges in {sum(edges == 4)} of 5"
#     print(f"{four}, learnt in {sum(right)} of 5")
#     assert (sum(edges == 4) == 5) == (coin is metric)
# ```
#
# ```text
# metric price 0.01: four edges in 5 of 5, learnt in 5 of 5
# bare   price 0.01: four edges in 0 of 5, learnt in 5 of 5
# bare   price  0.3: four edges in 0 of 5, learnt in 5 of 5
# bare   price  1.0: four edges in 0 of 5, learnt in 0 of 5
# ```
#
# </details>

# %% [markdown]
# ## Further reading
#
# - S. Golkar (2019), arXiv 1911.11691: the source; short. Read it for the argument why a general loss should suffice.
# - R. Jacobs and M. Jordan (1992), *Computational consequences of a bias toward short connections*, Journal of
#   Cognitive Neuroscience 4, 323: a price on wire, long before, and what it does to modules.
# - A. Beck and M. Teboulle (2009), *A fast iterative shrinkage-thresholding algorithm*, SIAM Journal on Imaging
#   Sciences 2, 183: proximal steps, where they come from and why they converge.
# - Q. Liao and T. Poggio (2016), arXiv 1604.03640: residual nets read as one recurrent step applied again and again.
# - The method page, `tutorials/urn.md`: every departure from the source, and every verdict.
# - Next in the package: `minigrow/urn/formulas.py`, whose first page has the whole gradient; then
#   `minigrow/structure/reading.py`.
#
# Text and pictures: CC BY 4.0. Code: MIT.
