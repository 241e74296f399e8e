"""Nimble networks: many trials of algorithm A, and one epoch of algorithm B against JAX doing the same arithmetic.

python -m pip install -e ".[bench]"
python tests/benchmarks/bench_nimble.py            # trials need no JAX; without it the second part is left out
"""

import os
import sys
import time

import alternating
import numpy as np

from minigrow.nimble import TASKS, controller, run_trials
from minigrow.nimble.tasks import bessel_sum
from minigrow.nn import Adam
from minigrow.nn.optimisers import start
from minigrow.nn.wrappers import bind


def peak_megabytes():
    """Peak resident memory of this process, where the system says (not on Windows)."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def trials():
    """400 trials x 40000 epochs x 32 points, half growing, half grown."""
    for task in sys.argv[1:] or ("cubic", "quadratic", "bessel"):
        run_trials(TASKS[task]._replace(epochs=40), 2, size=0.0, rng=0)  # compile
        began, work = time.perf_counter(), time.process_time()
        growing = run_trials(task, 200, size=0.0, rng=0)
        grown = run_trials(task, 200, size=5.0, rng=0)
        seconds, work = time.perf_counter() - began, time.process_time() - work
        diverged = int(np.sum(growing.diverged >= 0) + np.sum(grown.diverged >= 0))
        print(
            f"{task}: 400 trials x 40000 epochs x 32 points in {seconds:.1f} s ({work:.1f} s of processor time, "
            f"{os.cpu_count()} cores), peak memory {peak_megabytes():.0f} MB, {diverged} diverged; "
            f"median test error {np.median(growing.test):.3g} growing, {np.median(grown.test):.3g} grown"
        )


def our_epochs(X, y, width, count):
    net = controller([1, width, 1], rng=0)
    step, box = bind(Adam(1e-3), net, np.empty_like(net.theta), "mse"), [start(Adam(1e-3), net.theta)]
    net.theta[-1] = 0.95  # nearly all neurons on: the epoch that costs most

    def epochs():
        for _ in range(count):
            value = step.gradient(X, y)
            box[0] = step.update(box[0])
        return value

    return epochs


def their_epochs(X, y, width, count, dtype, looped):
    """The authors' design: a dense mask, autodiff, full-batch Adam written out, one jitted step an epoch.

    `looped` compiles all `count` epochs into one loop instead, which spares JAX its dispatch.
    """
    import jax
    import jax.numpy as jnp

    net = controller([1, width, 1], rng=0)
    p = {name: jnp.asarray(value, dtype) for name, value in net.params.items()}
    p["s"] = jnp.full(1, 0.95, dtype)
    X, y = jnp.asarray(X, dtype), jnp.asarray(y, dtype)

    def loss(p):
        c = p["s"][0]
        mask = jnp.clip(width * jnp.sin(jnp.pi * c / 2) ** 2 - jnp.arange(width), 0, 1)
        inputs = jnp.concatenate([X, jnp.full_like(X, c)], axis=1)
        W = jnp.concatenate([p["W1"], p["w1"][:, None]], axis=1)
        hidden = mask * jnp.tanh(inputs @ W.T + p["b1"])
        return jnp.mean((hidden @ p["W2"].T + p["b2"] - y) ** 2) + 0.32 * (c - 1) ** 2

    def step(p, m, v, t):
        value, g = jax.value_and_grad(loss)(p)
        t = t + 1
        m = jax.tree_util.tree_map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree_util.tree_map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)

        def moved(p, m, v):
            return p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)

        return (jax.tree_util.tree_map(moved, p, m, v), m, v, t), value

    zeros = jax.tree_util.tree_map(jnp.zeros_like, p)
    state = [(p, zeros, zeros, jnp.zeros((), dtype))]
    once = jax.jit(step)
    many = jax.jit(lambda state: jax.lax.scan(lambda state, _: step(*state), state, None, length=count))

    def epochs():
        for _ in range(1 if looped else count):
            state[0], value = many(state[0]) if looped else once(*state[0])
        return float(value[-1] if looped else value)  # waits for all of them

    return epochs


def against_jax():
    try:
        import jax
    except ImportError:
        print("JAX is not installed: the comparison is left out")
        return
    jax.config.update("jax_enable_x64", True)
    print(f"JAX {jax.__version__} on the CPU; one full-batch epoch, gradient and Adam; c = 0.95")
    for width, points, need, count in ((10, 1024, 3, 200), (10, 32768, 1, 10), (100, 1024, None, 20)):
        X = np.random.default_rng(0).uniform(-1, 1, (points, 1))
        y = bessel_sum(X)
        for dtype, looped, asked in (("float64", False, need), ("float64", True, None), ("float32", False, None)):
            ours, theirs = our_epochs(X, y, width, count), their_epochs(X, y, width, count, dtype, looped)
            gap = abs(ours() - theirs())
            name = f"{points} points, width {width}, JAX {dtype}{', one compiled loop' if looped else ''}"
            seconds = alternating.compare(ours, theirs, 1)
            alternating.report(name, (seconds[0] / count, seconds[1] / count, seconds[2]), asked)
            print(f"  losses after {count} epochs differ by {gap:.1e}")


if __name__ == "__main__":
    alternating.machine()
    trials()
    against_jax()
