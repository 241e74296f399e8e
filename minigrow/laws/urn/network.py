"""Laws of the unstructured recursive network: gradients, architectures written into the pool, symmetries."""

from __future__ import annotations

import dataclasses

import numpy as np

from minigrow.growth import permute
from minigrow.growth.basis import rescale
from minigrow.laws import law
from minigrow.laws.cases import in_eps
from minigrow.laws.urn.cases import deep, inputs, moved, pool
from minigrow.laws.urn.prices import SUMS
from minigrow.nn import MLP, complex_step
from minigrow.urn.embedding import embed_layers, embed_mlp, embed_residual, read_layers
from minigrow.urn.formulas import SLOPES, gradient


def _gradient_gap(rng, spoil=1.0):
    net = pool(rng, "tanh", most=6)
    X, time = inputs(rng, net), float(rng.uniform(0, 0.5))
    loss, y = (
        ("mse", rng.standard_normal((7, net.outputs))) if net.outputs == 1 or rng.random() < 0.5 else _labels(rng, net)
    )
    f = lambda theta: gradient(dataclasses.replace(net, theta=theta), X, y, loss, spoil * time)[0]  # noqa: E731
    return in_eps(gradient(net, X, y, loss, time)[1], complex_step(f, net.theta))


def _labels(rng, net):
    return "softmax", rng.integers(net.outputs, size=7)


def _forgotten_time(rng):
    """The gradient of the loss is held against that of a loss with twice the time term.

    By hand: y_1 = 1, y_2 = 3, time = 1. The term is (3 - 1)^2 = 4, its derivative by y_2 is 2 x 2 = 4; of twice the term it is 8.

    >>> from minigrow.urn.formulas import late_activity
    >>> value, _, dy = late_activity([np.zeros((1, 1))] * 2, [np.array([[1.0]]), np.array([[3.0]])])
    >>> value, dy[1].item(), 2 * dy[1].item()
    (4.0, 4.0, 8.0)
    """
    return max(_gradient_gap(rng, spoil=2.0) for _ in range(5))


@law(
    "urn.gradient", tolerance=4096, because="complex step: what is left is the rounding of sums", broken=_forgotten_time
)
def hand_gradient(rng: np.random.Generator) -> float:
    """Backpropagation through the iterations, time term included, equals the complex-step derivative (tanh).

    Needs the time term with the same strength in the loss and in the gradient.

    Proof. y_t = W_yx x + c_y + W_yh h_{t-1} and h_t = act(W_hx x + c_h + W_hh h_{t-1}): an unrolled net with shared weights, so
    each weight's gradient is the sum over t of that of a layer (nn.gradient): dy_t' h_{t-1}, dz_t' h_{t-1}, dy_t' x, dz_t' x.
    h_{t-1} goes into y_t and z_t: dh_{t-1} += W_yh' dy_t + W_hh' dz_t, and dz_t = (1 - h_t^2) dh_t.
    (t - 1) |a_t - a_{t-1}|^2 adds 2 (t - 1)(a_t - a_{t-1}) to da_t and takes it from da_{t-1}; the task adds to dy_I only.
    h_0 = 0 is a constant and ends the recursion.
    """
    return _gradient_gap(rng)


def _stale(rng):
    """The fast path is bound without the time term, the formulas have it.

    By hand: y_1 = 1, y_2 = 3, time = 0.3: the formulas add 0.3 x 2 x (3 - 1) = 1.2 to dL/dy_2, the fast path adds nothing.

    >>> from minigrow.urn.formulas import late_activity
    >>> dy = late_activity([np.zeros((1, 1))] * 2, [np.array([[1.0]]), np.array([[3.0]])])[2]
    >>> round(0.3 * dy[1].item(), 9)
    1.2
    """
    net = deep(rng, "tanh")
    X, y, g = inputs(rng, net), rng.standard_normal((7, net.outputs)), np.empty_like(net.theta)
    net.bound(g, "mse")(X, y)
    return in_eps(g, gradient(net, X, y, "mse", 0.3)[1])


@law("urn.workspace", tolerance=1024, because="the same formulas with sums in another order", broken=_stale)
def fast_gradient(rng: np.random.Generator) -> float:
    """The preallocated gradient equals the formulas: both activations, both losses, with and without the time term.

    Needs the same loss, time term included.

    Proof. What inputs say is the same at every t, so A = X (W_hx; W_yx)' + c is formed once and added at each iteration.
    Sums over t of products with one factor fixed come apart: sum_t dz_t' X = (sum_t dz_t)' X.
    Sums of dz_t' h_{t-1} are one product of the matrices that have all iterations' rows under each other.
    Without the time term dy_t = 0 for t < I, and these rows are left out. All that differs is the order of sums.
    What could break it: a buffer not overwritten (the law calls it twice, on a g full of NaN), or a batch size mixed up.
    """
    net = pool(rng)
    X, time = inputs(rng, net), float(rng.choice([0.0, 0.3]))
    loss, y = (
        ("mse", rng.standard_normal((7, net.outputs))) if net.outputs == 1 or rng.random() < 0.5 else _labels(rng, net)
    )
    g = np.full_like(net.theta, np.nan)
    step = net.bound(g, loss, time)
    step(X, y)
    value, (expected, dtheta) = step(X, y), gradient(net, X, y, loss, time)
    return max(in_eps(g, dtheta), in_eps(np.array(value), np.array(expected)))


def _mlp(rng):
    widths = [int(n) for n in rng.integers(1, 9, int(rng.integers(2, 5)))]
    mlp = MLP.create(widths, str(rng.choice(list(SLOPES))), rng=rng)
    return dataclasses.replace(mlp, theta=mlp.theta + 0.3 * rng.standard_normal(mlp.theta.size))


def _too_few_iterations(rng):
    """The same weights, one iteration short: the last hidden layer has not arrived.

    By hand: x -> h1 -> h2 -> y with all weights 1, ReLU, x = 1. I = 3: h1 = 1, then h2 = 1, y = 1. I = 2: y reads h2 = 0.

    >>> net = embed_layers([(np.eye(1), np.zeros(1))] * 3, "relu")
    >>> [dataclasses.replace(net, iterations=I)([[1.0]]).item() for I in (3, 2)]
    [1.0, 0.0]
    """
    mlp = MLP.create([3, 5, 4, 2], "tanh", rng=rng)
    X = rng.standard_normal((7, 3))
    return in_eps(dataclasses.replace(embed_mlp(mlp), iterations=2)(X), mlp(X))


@law("urn.embed_mlp", tolerance=64, because=SUMS, broken=_too_few_iterations)
def embedded_mlp(rng: np.random.Generator) -> float:
    """An MLP of L layers in the blocks of a pool with I = L computes the same, and is read back bit for bit.

    Needs as many iterations as the MLP has layers.

    Proof. Layer l is a block of hidden neurons; W_l stands at (l, l-1), all else is zero, so block l hears block l-1 only.
    Claim: from step t = l on, block l holds the MLP's x_l. l = 1 hears the inputs, which are always there; and if block l-1 is
    right from step l-1 on, h_t = act(W_l h_{t-1} + b_l) is right from step l on.
    y_I reads block L-1 at step I-1 = L-1: right, so y_I = W_L x_{L-1} + b_L. Before that blocks hold values that nobody reads.
    Reading back copies the blocks. In floating point zeros lengthen the sums, which BLAS then orders differently.
    """
    mlp = _mlp(rng)
    X, net = rng.standard_normal((7, mlp.widths[0])), embed_mlp(mlp)
    back = [array for layer in read_layers(net, mlp.widths[1:-1]) for array in layer]
    exact = all(np.array_equal(array, mlp.params[name]) for array, name in zip(back, mlp.params, strict=True))
    return in_eps(net(X), mlp(X)) if exact else np.inf


def _no_identity(rng):
    """The branch alone, without the identity block.

    By hand: a branch of zeros, x = 2: x + branch(x) = 2, the branch alone gives 0.

    >>> branch = [(np.zeros((1, 1)), np.zeros(1))] * 2
    >>> embed_residual(branch)([[2.0]]).item(), embed_layers(branch)([[2.0]]).item()
    (2.0, 0.0)
    """
    layers = [
        (rng.standard_normal((4, 3)), rng.standard_normal(4)),
        (rng.standard_normal((3, 4)), rng.standard_normal(3)),
    ]
    X = rng.standard_normal((7, 3))
    return in_eps(embed_layers(layers)(X), embed_residual(layers)(X))


@law("urn.embed_residual", tolerance=64, because=SUMS, broken=_no_identity)
def embedded_residual(rng: np.random.Generator) -> float:
    """x + branch(x), and any skip from the inputs to a later layer, compute the same in a pool.

    Needs the block from the inputs to that layer, the identity for x + branch(x).

    Proof. y_I = W_yx x + c_y + W_yh h_{I-1}: by urn.embed_mlp the last two terms are branch(x), and W_yx = 1 adds x.
    A skip W_s to layer l stands at (l, 0): z_l = W_l h^(l-1) + W_s x + b_l.
    Inputs are clamped, so x is there at every step, also at the one at which block l-1 arrives; the claim of urn.embed_mlp
    then goes through with W_s x added on both sides.
    """
    d, m = (int(n) for n in rng.integers(1, 6, 2))
    branch = [
        (rng.standard_normal((m, d)), rng.standard_normal(m)),
        (rng.standard_normal((m, m)), rng.standard_normal(m)),
    ]
    branch.append((rng.standard_normal((d, m)), rng.standard_normal(d)))
    X, skip = rng.standard_normal((7, d)), rng.standard_normal((m, d))
    (W1, b1), (W2, b2), (W3, b3) = branch
    h = np.tanh(X @ W1.T + b1)
    plain = X + np.tanh(h @ W2.T + b2) @ W3.T + b3
    skipping = np.tanh(h @ W2.T + X @ skip.T + b2) @ W3.T + b3
    jumped = embed_layers(branch, "tanh", [(2, 0, skip)])
    return max(in_eps(embed_residual(branch)(X), plain), in_eps(jumped(X), skipping))


def _rows_only(rng):
    """Rows are permuted and columns left: the recursion hears the wrong neurons.

    By hand: neuron 0 speaks to neuron 1: W_hh = [0 0; 1 0]. Swapped it is [0 1; 0 0]; with rows alone [1 0; 0 0], and neuron 0
    speaks to itself.

    >>> Whh = np.array([[0, 0], [1, 0]])
    >>> Whh[[1, 0]][:, [1, 0]].tolist(), Whh[[1, 0]].tolist()
    ([[0, 1], [0, 0]], [[1, 0], [0, 0]])
    """
    net = deep(rng, "tanh")
    X, order = inputs(rng, net), np.roll(np.arange(net.hidden), 1)
    params = dict(net.params) | {name: net.params[name][order] for name in ("Whx", "Whh", "ch")}
    return in_eps(net.with_params(params)(X), net(X))


@law("urn.permute", tolerance=64, because=SUMS, broken=_rows_only)
def relabelling(rng: np.random.Generator) -> float:
    """Permuting hidden neurons, rows and columns together, changes no output: W_hh -> P W_hh P', W_hx -> P W_hx, W_yh -> W_yh P'.

    Needs rows and columns: the hidden space is both produced and consumed.

    Proof. h_t -> P h_t: true at t = 0, where h = 0. If true at t-1,
    act(P W_hx x + P c_h + P W_hh P' P h) = act(P z) = P act(z), since P'P = 1 and act is element-wise.
    The read-out W_yh P' P h is the same at every t; W_yx and c_y do not name hidden neurons.
    """
    net = pool(rng)
    X = inputs(rng, net)
    return in_eps(moved(net, permute(rng.permutation(net.hidden)))(X), net(X))


def _rescaled(rng, activation):
    net = deep(rng, activation)
    X = inputs(rng, net)
    return in_eps(moved(net, rescale(np.exp(rng.standard_normal(net.hidden))))(X), net(X))


def _rescaled_tanh(rng):
    """The activation is tanh, which is not homogeneous.

    By hand: weights 1 in, 1 out, x = 1, c = 2: relu gives 1/2 relu(2) = 1 = relu(1); tanh gives 1/2 tanh(2) = 0.482, not 0.762.

    >>> [round(float(np.tanh(c) / c), 3) for c in (2.0, 1.0)]
    [0.482, 0.762]
    """
    return _rescaled(rng, "tanh")


@law("urn.rescale", tolerance=256, because="two more roundings a weight, over five iterations",
     broken=_rescaled_tanh)  # fmt: skip
def relu_rescaling(rng: np.random.Generator) -> float:
    """Scaling a ReLU neuron's incoming weights and bias by c > 0 and its outgoing ones by 1 / c changes no output.

    Needs act(c z) = c act(z) for c > 0.

    Proof. With C = diag(c): W_hh -> C W_hh / C, W_hx -> C W_hx, c_h -> C c_h, W_yh -> W_yh / C; claim h_t -> C h_t.
    True at t = 0, where h = 0. If true at t-1, z_t becomes C W_hx x + C c_h + C W_hh h_{t-1} = C z_t.
    relu(c z) = max(c z, 0) = c max(z, 0) for c > 0, so h_t -> C h_t.
    The read-out (W_yh / C) C h = W_yh h is the same. A weight between two hidden neurons is multiplied and divided.
    """
    return _rescaled(rng, "relu")
