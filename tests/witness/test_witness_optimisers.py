"""Every optimiser and everything that wraps one, over nine steps, against torch.optim, or written out there where it has none.

Tolerance: 1e-12 of the greatest parameter. Both sides differ by rounding alone, but Adam and its like divide a gradient by the root of
its square: an entry that is a thousandth of the greatest is known to 1e3 eps of itself, and that is what its step is known to.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the witness needs PyTorch: pip install minigrow[bench]")

from witness_nets import WITNESSES, exported, path_norm, tensor  # noqa: E402

from minigrow import urn  # noqa: E402
from minigrow.growth.metric import Metric  # noqa: E402
from minigrow.nn import MLP  # noqa: E402
from minigrow.nn.optimisers import (  # noqa: E402
    OPTIMISERS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSProp,
    start,
)
from minigrow.nn.wrappers import L1, Clip, Floor, Pull, Span, bind  # noqa: E402

STEPS, TOLERANCE = 9, 1e-12
RATE = 0.05


class ByHand(torch.optim.Optimizer):
    """Adagrad and RMSProp as their sources have them, eps under the root and, for RMSProp, a limit to the step."""

    def __init__(self, params, beta, fresh, clip=np.inf):
        super().__init__(params, {"lr": RATE})
        self.beta, self.fresh, self.clip = beta, fresh, clip

    @torch.no_grad()
    def step(self):
        for p in self.param_groups[0]["params"]:
            s = self.state[p].setdefault("s", torch.zeros_like(p))
            s.mul_(self.beta).addcmul_(p.grad, p.grad, value=self.fresh)
            p -= torch.clamp(RATE * p.grad / torch.sqrt(s + 1e-3), -self.clip, self.clip)


def falling(optimiser):
    return torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: 1 / (1 + 0.1 * t))


def sgd(p, **options):
    return torch.optim.SGD(p, lr=RATE, **options)


def adamw(p):
    """Weight decay on all that is trained, as here."""
    return torch.optim.AdamW(p, lr=RATE, betas=(0.8, 0.95), eps=1e-8, weight_decay=0.5)


# name: ours, theirs, and whether the rate falls
PLAIN = {
    "sgd": (SGD(RATE, 0.1), sgd, True),
    "momentum": (Momentum(RATE, 0.8, 0.1), lambda p: sgd(p, momentum=0.8), True),
    "nesterov": (Nesterov(RATE, 0.8, 0.1), lambda p: sgd(p, momentum=0.8, nesterov=True), True),
    "adagrad": (Adagrad(RATE, 0.0), lambda p: torch.optim.Adagrad(p, lr=RATE, eps=0.0), False),
    "adagrad, eps": (Adagrad(RATE, 1e-3), lambda p: ByHand(p, 1.0, 1.0), False),
    "rmsprop": (RMSProp(RATE, 0.9, 0.0), lambda p: torch.optim.RMSprop(p, lr=RATE, alpha=0.9, eps=0.0), False),
    "rmsprop, eps and clip": (RMSProp(RATE, 0.9, 1e-3, 0.03), lambda p: ByHand(p, 0.9, 0.1, 0.03), False),
    "adam": (Adam(RATE, 0.8, 0.95), lambda p: torch.optim.Adam(p, lr=RATE, betas=(0.8, 0.95), eps=1e-8), False),
    "adamw": (AdamW(RATE, 0.5, 0.8, 0.95), adamw, False),
}


def nothing(*_):
    pass


def ours(optimiser, net, batches, loss, readable=False):
    """The parameters after as many steps as there are batches; a wrapper that changes in time is bound anew at every step."""
    net = net.with_theta(net.theta.copy())
    state = start(optimiser, net.theta)
    for i, batch in enumerate(batches):
        if readable:
            theta, state = optimiser.step(state, net.theta, net.gradient(*batch, loss)[1])
            net = net.with_theta(theta)
        else:
            gradient, update = bind(optimiser, net, np.empty_like(net.theta), loss, Span(i, i + 1))
            gradient(*batch)
            state = update(state)
    return net.theta


def theirs(make, net, batches, loss, decaying=False, extra=None, before=nothing, after=nothing, schedule=None):
    """The same with PyTorch: `extra` is added to the loss, `before` changes gradients, `after` parameters."""
    p = exported(net, leaves=True)
    optimiser = make(list(p.values()))
    rates = falling(optimiser) if decaying else schedule(optimiser) if schedule else None
    for i, batch in enumerate(batches):
        optimiser.zero_grad()
        value = WITNESSES[type(net)](net, p, *batch, loss)
        (value if extra is None else value + extra(p)).backward()
        for one in p.values():
            one.grad = torch.zeros_like(one) if one.grad is None else one.grad
        before(p)
        known = after(p, i) if after is not nothing else None  # what must be looked at before the step
        optimiser.step()
        with torch.no_grad():
            if known:
                known()
        if rates:
            rates.step()
    return torch.cat([p[name].detach().ravel() for name in net.axes]).numpy()


def agree(found, expected):
    gap = np.abs(found - expected).max() / np.abs(expected).max()
    assert gap <= TOLERANCE, f"{gap:.1e} apart"


def plain_net():
    rng = np.random.default_rng(0)
    net = MLP.create([3, 4, 3], rng=rng)
    net.theta[:] += 0.2 * rng.standard_normal(net.theta.size)
    return net, [(rng.standard_normal((8, 3)), rng.integers(3, size=8)) for _ in range(STEPS)]


@pytest.mark.parametrize("readable", [False, True])
@pytest.mark.parametrize("name", PLAIN)
def test_optimiser(name, readable):
    (optimiser, make, decaying), (net, batches) = PLAIN[name], plain_net()
    agree(ours(optimiser, net, batches, "softmax", readable), theirs(make, net, batches, "softmax", decaying))


def test_weight_decay_leaves_biases_alone_where_a_network_says_so():
    rng = np.random.default_rng(1)
    net = urn.Network.create(2, 2, 8, rng=rng)
    net.theta[:] += 0.2 * rng.standard_normal(net.theta.size)
    batches = [(rng.standard_normal((8, 2)), rng.integers(2, size=8)) for _ in range(STEPS)]

    def make(params):
        first = adamw([{"params": params[:4]}, {"params": params[4:], "weight_decay": 0.0}])
        assert [group["weight_decay"] for group in first.param_groups] == [0.5, 0.0]
        return first

    agree(ours(PLAIN["adamw"][0], net, batches, "softmax"), theirs(make, net, batches, "softmax"))


def test_l1_and_clip():
    """The price is a term of the loss, derived by autograd; the limit acts on what the optimiser sees."""
    net, batches = plain_net()
    make = PLAIN["adam"][1]
    for optimiser, clip in (
        (L1(Adam(RATE, 0.8, 0.95), 0.05), None),
        (Clip(L1(Adam(RATE, 0.8, 0.95), 0.05), 0.02), 0.02),
    ):
        expected = theirs(
            make, net, batches, "softmax", extra=lambda p: 0.05 * p["W2"].abs().sum(),
            before=lambda p, clip=clip: torch.nn.utils.clip_grad_value_(p.values(), clip) if clip else None,
        )  # fmt: skip
        agree(ours(optimiser, net, batches, "softmax"), expected)


def test_pull_and_floor():
    """A price that does not pass through the optimiser, and a least value, both on what leaves hidden neurons."""
    net, batches = plain_net()

    def pull(p, i):
        return lambda: p["W2"].sub_(0.003 * torch.sign(p["W2"]))

    def lift(p, i):
        return lambda: p["W2"].clamp_(min=0.1)

    for optimiser, after in ((Pull(Adam(RATE, 0.8, 0.95), 0.003), pull), (Floor(Adam(RATE, 0.8, 0.95), 0.1), lift)):
        agree(ours(optimiser, net, batches, "softmax"), theirs(PLAIN["adam"][1], net, batches, "softmax", after=after))


def test_metric():
    """The gradient of what produces the space times P, of what consumes it times Q."""
    net, batches = plain_net()
    A, B = np.random.default_rng(2).standard_normal((2, 4, 4))
    P, Q = torch.tensor(A @ A.T), torch.tensor(B @ B.T)

    def before(p):
        p["W1"].grad, p["b1"].grad, p["W2"].grad = P @ p["W1"].grad, P @ p["b1"].grad, p["W2"].grad @ Q

    rows = [tuple(map(tuple, M.numpy().tolist())) for M in (P, Q)]
    agree(
        ours(Metric(SGD(RATE, 0.1), "h1", *rows), net, batches, "softmax"),
        theirs(sgd, net, batches, "softmax", True, before=before),
    )


def pool():
    rng = np.random.default_rng(3)
    net = urn.Network.create(2, 2, 9, 3, positions=rng.uniform(0, 2, (9, 2)), rng=rng)
    net.theta[:] += 0.2 * rng.standard_normal(net.theta.size)
    return net, [(rng.standard_normal((8, 2)), rng.standard_normal((8, 2))) for _ in range(STEPS)]


@pytest.mark.parametrize("ramp", [0, 6])
def test_priced(ramp):
    """Soft threshold with the path norm's slope by autograd, then the block one; SGD, whose unit of prices is its rate."""
    net, batches = pool()
    strengths = urn.Strengths(0.1, 0.15, 0.02, 0.0, 0.2, 0.01)
    where = tensor(net.positions)
    d, h = 2, 7
    cut = {"x": slice(0, d), "h": slice(d, h), "y": slice(h, None)}

    def pay(p, i):
        share = min(1.0, (i + 1) / ramp) if ramp else 1.0
        leaves = {name: one.detach().abs().requires_grad_() for name, one in p.items()}
        path_norm(net, leaves, torch.Tensor.clone).backward()  # by |w|, which has a slope at 0 too

        def paid():
            for name, (to, source) in {"Whx": "hx", "Wyx": "yx", "Whh": "hh", "Wyh": "yh"}.items():
                far = (where[cut[to]][:, None] - where[cut[source]][None]).pow(2).sum(2).sqrt()
                slope = torch.zeros_like(p[name]) if leaves[name].grad is None else leaves[name].grad
                price = 0.1 + 0.02 * far + 0.01 * slope + 0.2 * torch.eye(*p[name].shape).double() * (name == "Whh")
                p[name].copy_(p[name].sign() * torch.relu(p[name].abs() - RATE * share * price))
            long = torch.cat([p["Whh"], p["Wyh"]]).norm(dim=0)
            factor = torch.relu(1 - RATE * share * 0.15 / torch.where(long > 0, long, 1.0))
            p["Whh"].mul_(factor)
            p["Wyh"].mul_(factor)

        return paid

    found = ours(urn.Priced(SGD(RATE), strengths, 0, ramp), net, batches, "mse")
    assert (found == 0).sum() > (net.theta == 0).sum()
    agree(found, theirs(sgd, net, batches, "mse", after=pay))


def test_settling():
    """The rate falls to a hundredth over the steps, and what is zero stays zero."""
    net, batches = pool()
    net.theta[::3] = 0
    zero = {name: torch.tensor(array == 0) for name, array in net.params.items() if name[0] == "W"}

    def frozen(p, i):
        return lambda: [p[name].masked_fill_(mask, 0.0) for name, mask in zero.items()]

    def schedule(optimiser):
        return torch.optim.lr_scheduler.LambdaLR(optimiser, lambda i: 0.01 ** (i / STEPS))

    found = ours(urn.Settling(SGD(RATE), 0, STEPS), net, batches, "mse")
    agree(found, theirs(sgd, net, batches, "mse", after=frozen, schedule=schedule))


def test_no_optimiser_is_without_a_witness():
    wrappers = {"l1", "clip", "pull", "floor", "metric", "priced", "settling"}  # the tests above
    assert set(OPTIMISERS) == {name for name in PLAIN if "," not in name} | wrappers
