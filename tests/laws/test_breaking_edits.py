"""One breaking edit of the code for every law: with that one mistake in the package the law's own check exceeds its tolerance.

A law that is emptied, or that looks at nothing, notices no edit. The edits of the page for teachers are tried in `test_teaching.py`;
here are those of all other laws. They are planted in memory, in one process of plain Python (no compiler), by exchanging the code of
the functions of a file; run this file by itself to see the deviations.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "tutorials" / "teaching.md"
CASES = 6  # a mistake may make no difference to a single case
# law: file in minigrow, the code that is there once, what stands there instead
EDITS = {
    "nn.gradient": ("nn/mlp.py", "g.T @ x", "-g.T @ x"),
    "nn.gradient_gelu": ("nn/activations.py", "math.sqrt(2 * math.pi)", "math.sqrt(math.pi)"),
    "nn.losses": ("nn/losses.py", "(2 / error.size) * error", "(1 / error.size) * error"),
    "nn.isotropic": ("nn/radial.py", "np.sum(Z * Z, axis=1)", "np.sum(Z, axis=1) ** 2"),
    "nn.symmetries": ("nn/activations.py", "return np.where(z.real > 0, z, 0)", "return np.where(z.real > 0, z, 1)"),
    "nn.no_other_symmetry": ("nn/activations.py",
        "return 0.5 + 0.5 * np.tanh(0.5 * z)", "return 0.5 * np.tanh(0.5 * z)"),
    "nn.optimisers": ("nn/optimisers.py", "theta - rate * (g + beta * v)", "theta - rate * v"),
    "growth.composition": ("growth/places.py", "later.factor * first.factor[later.source]", "later.factor"),
    "growth.training_commutes": ("growth/basis.py", "change.dual if order == 1", "change.dual if order != 1"),
    "growth.adam_commutes_with_places": ("growth/basis.py", "else change.dual.squared)", "else change.dual)"),
    "growth.restores": ("growth/basis.py",
        "part = Places(source, np.ones(len(source)), h)", "part = Places(source, np.zeros(len(source)), h)"),
    "growth.pad": ("growth/transport.py", "source = change.T.source if", "source = change.T.source[::-1] if"),
    "growth.reset": ("growth/transport.py",
        "return without_metrics(optimiser), State", "return optimiser._replace(rate=1.0), State"),
    "isotropic.gradient": ("isotropic/formulas.py", "= a @ g", "= 2 * a @ g"),
    "isotropic.kernels": ("isotropic/fast/kernels.py",
        "return LEAK + (1 - LEAK) * a,", "return LEAK + (1 + LEAK) * a,"),
    "isotropic.removal_is_linear": ("isotropic/pruning.py", "else np.arange(m - count, m)", "else np.arange(count)"),
    "isotropic.sparsify": ("isotropic/diagonalise.py",
        '(Move(f"h{l}", rotate(R)), Move(f"h{l - 1}", rotate(Q)))', '(Move(f"h{l}", rotate(R)),)'),
    "isotropic.ends": ("isotropic/ends.py",
        "keep(range(width - neurons), width)", "keep(range(neurons, width), width)"),
    "isotropic.precompute": ("isotropic/fast/precompute.py",
        "np.column_stack([pi * a[:, None],", "np.column_stack([pi,"),
    "nimble.smooth_step": ("nimble/gates.py", "** 2, u.real > 1)", "** 3, u.real > 1)"),
    "nimble.whole_size": ("nimble/gates.py", "** 2, u.real > 1)", "** 2 / 2, u.real > 1)"),
    "nimble.continuous": ("nimble/gates.py", "(u.real <= 1)", "(u.real <= 2)"),
    "nimble.closed": ("nimble/gates.py", "(u.real >= 0) &", "(u.real >= -9) &"),
    "nimble.pinned": ("nimble/fast/kernels.py",
        "g[v + i] = gamma[i] * sums[i, 0]", "g[v + i] = -gamma[i] * sums[i, 0]"),
    "nimble.released": ("nimble/fast/kernels.py", "max(rule[2], 0.0) * ds", "max(rule[2], 1.0) * ds"),
    "differentiable_structure.delete_silent": ("growth/basis.py",
        "return place(kept, h)", "return place((kept + 1) % h, h)"),
    "differentiable_structure.newborn_bound": ("differentiable_structure/rule.py",
        'Move("h", append(net.neurons, 1))', 'Move("h", append(net.neurons, 2))'),
    "differentiable_structure.permute": ("differentiable_structure/formulas.py",
        'p["Whh"] @ hs[t] +', 'p["Whh"] @ hs[t][::-1] +'),
    "differentiable_structure.memories": ("growth/places.py",
        "moved = array.take(part.source, axis=axis)", "moved = array.take(part.source - 1, axis=axis)"),
    "differentiable_structure.resume": ("growth/checkpoint.py",
        '"counts": [run.state.t, run.step, run.work]', '"counts": [run.state.t, 0, run.work]'),
    "differentiable_structure.multipliers_silence": ("differentiable_structure/multipliers.py",
        'self.params[name] * (self.params["m"] if', "self.params[name] * (1 if"),
    "differentiable_structure.inheritance": ("differentiable_structure/inheriting.py",
        '= net.params["Wxh"][gone]', "= 0"),
    "differentiable_structure.areas_gradient": ("differentiable_structure/area_formulas.py",
        "+= dz.T @ h[source]", "-= dz.T @ h[source]"),
    "differentiable_structure.areas_birth": ("differentiable_structure/area_formulas.py",
        "total = total + h[source] @", "total = h[source] @"),
    "differentiable_structure.areas_death": ("differentiable_structure/area_moves.py", "return found + (", "return ("),
    "differentiable_structure.areas_empty": ("differentiable_structure/area_formulas.py",
        '(len(h["x"]), 1))', '(len(h["x"]), 1)) + len(net.edges)'),
    "differentiable_structure.areas_relabel": ("differentiable_structure/area_formulas.py",
        "now[a] = np.tanh(z)", "now[a] = np.tanh(z)[:, ::-1] * np.arange(1, z.shape[1] + 1)"),
    "differentiable_structure.areas_memories": ("growth/places.py",
        "moved[(slice(None),) * axis + (born,)] = new", "moved[(slice(None),) * axis + (born,)] = new + 1"),
    "urn.group_step": ("urn/blocks.py", "n / (n + price * unit[i, j])", "n / (n - price * unit[i, j])"),
    "urn.path_gradient": ("urn/paths.py", "d[\"Whh\"] += np.outer(r, q[t - 1])", "d[\"Whh\"] -= np.outer(r, q[t - 1])"),
    "urn.path_step": ("urn/fast/paths.py", "dW.X[H:] = 1", "dW.X[H:] = 2"),
    "urn.prune": ("urn/pool.py", "return spoken & heard if", "return ~(spoken & heard) if"),
    "urn.prune_blas": ("urn/pool.py", "return spoken & heard if", "return ~spoken if"),
    "urn.offer": ("urn/pool.py",
        "block = wide.params[name][H:, :width]", 'block, wide.params["Wyh"][:, H:] = wide.params[name][H:, :width], 1'),
    "urn.clamped": ("urn/formulas.py", "act(to_h + h[-1]", "act(to_h - h[-1]"),
    "urn.permute": ("urn/formulas.py", "y.append(to_y + h[-1] @", "y.append(to_y + h[-1][:, ::-1] @"),
    "urn.nilpotent": ("urn/formulas.py", "y.append(to_y + h[-1] @", "y.append(to_y + len(y) * h[-1] @"),
    "urn.symmetry_relabel": ("urn/strengths.py", "float(size @ wire)", "float(size @ np.arange(size.size))"),
    "urn.symmetry_flip": ("urn/strengths.py",
        "float(size[: entries(net, net.priced)].sum())", "float(net.theta[: entries(net, net.priced)].sum())"),
    "urn.proximal": ("urn/strengths.py", "np.maximum(np.abs(w) - r, 0)", "np.maximum(np.abs(w) - r / 2, 0)"),
    "motifs.brute_force": ("motifs/table.py", "table[slot, 1] += 1", "table[slot, 1] -= 1"),
    "motifs.total": ("motifs/table.py", "table[slot, 1] = 1", "table[slot, 1] = 2"),
    "motifs.labels": ("motifs/table.py", "table[slot, 1] = 1", "table[slot, 1] = slot"),
    "motifs.switching": ("motifs/bonds.py", "(kind < back)", "(kind <= back)"),
    "addition.batching": ("addition/statistics.py", "range(0, len(X), batch)", "range(1, len(X), batch)"),
    "addition.deeper": ("addition/depth.py", "np.eye(W.shape[1]), W, net", "2 * np.eye(W.shape[1]), W, net"),
    "addition.deeper_pairs": ("addition/depth.py", "np.hstack([W, -W])", "np.hstack([W, W])"),
    "addition.gradmax": ("addition/gradmax.py",
        "length(seen, c) * np.linalg.svd(M, full_matrices=False)[2][:k]",
        "length(seen, c) * np.linalg.svd(M, full_matrices=False)[2][-k:]"),
    "addition.gradmax_best": ("addition/gradmax.py",
        "length(seen, c) * np.linalg.svd(M, full_matrices=False)[2][:k]",
        "length(seen, c) * np.linalg.svd(M, full_matrices=False)[2][-k:]"),
    "addition.grow_then_remove": ("growth/basis.py", "return place(kept, h)", "return place(kept[::-1], h)"),
    "addition.isotropic": ("addition/proposal.py", "+= g * proposal.B.T", "-= g * proposal.B.T"),
    "addition.isotropic_kept": ("addition/gradmax.py",
        "np.zeros((seen.block.d + 1, len(B))), B, kept", "np.ones((seen.block.d + 1, len(B))), B, kept"),
    "addition.kept": ("addition/gradmax.py",
        "np.zeros((seen.block.d + 1, len(B))), B, kept", "np.ones((seen.block.d + 1, len(B))), B, kept"),
    "addition.kept_in_order": ("addition/gradmax.py",
        "np.zeros((seen.block.d + 1, len(B))), B, kept", "np.ones((seen.block.d + 1, len(B))), B, kept"),
    "addition.nest": ("addition/nest.py", "e * np.sign(M[i, j]) * r, e * r", "e * np.sign(M[i, j]), e * r"),
    "addition.north_orthogonal": ("addition/north.py",
        "basis @ rng.standard_normal((basis.shape[1], candidates))", "rng.standard_normal((block.d + 1, candidates))"),
    "addition.north_outside": ("addition/north.py", "int(np.argmax(shares))", "int(np.argmin(shares))"),
    "addition.pair": ("addition/pairs.py", "twice this\", -1.0)", "twice this\", 1.0)"),
    "addition.pair_is_linear": ("addition/pairs.py", "twice this\", -1.0)", "twice this\", 1.0)"),
    "addition.removal": ("addition/removal.py", "(scale**2 / np.diag(P))[:-1]", "(scale / np.diag(P))[:-1]"),
    "addition.senn_bound": ("addition/senn.py", "G) - captured(span(H), G)", "G) - 2 * captured(span(H), G)"),
    "addition.senn_keeps": ("addition/senn.py", "np.zeros((k, block.p))", "np.ones((k, block.p))"),
    "addition.senn_limit": ("addition/senn.py",
        "return captured(span(seen.block.H), whitened(seen.block)[0])",
        "return 9 * captured(span(seen.block.H), whitened(seen.block)[0])"),
    "addition.senn_slope": ("addition/senn.py", "* (2 / block.n)", "* (1 / block.n)"),
    "addition.signed_splitting": ("addition/signed.py", "np.stack(places), rate)", "np.stack(places), 2 * rate)"),
    "addition.splitting": ("addition/splitting.py", "float(values[0]))", "2 * float(values[0]))"),
    "addition.tiny": ("addition/proposal.py", "+= g**2 * proposal.D[:-1].T", "-= g**2 * proposal.D[:-1].T"),
    "addition.tiny_free": ("addition/tiny.py", "root = np.sqrt(s[:k])", "root = s[:k]"),
    "addition.wider": ("growth/basis.py", "= share, 1 - share", "= share, 2 - share"),
    "motifs.itself": ("motifs/statistics.py", "out=undefined.copy(), where", "out=0 * mean, where"),
    "motifs.sampling": ("motifs/sampling.py", "found.counts / math.prod(p.tolist())", "found.counts / 2"),
    "motifs.jobs": ("motifs/ensemble.py", "children = rng.spawn(null.random)", "children = [rng] * null.random"),
    "motifs.uniform": ("motifs/switching.py", "int(rng.random() * degree[u])", "int(rng.random() ** 2 * degree[u])"),
}  # fmt: skip


def edited(source, old, new):
    """The source with the edit, its lines where they were."""
    assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in the file"
    assert new.count("\n") == old.count("\n")
    return source.replace(old, new)


def planted(file, old, new, work):
    """Run work() with the edit in all functions of a file that are alive."""
    from minigrow.labs.planting import _alive, _forget, _pairs

    source = Path(file).read_text(encoding="utf-8")
    codes = (compile(text, file, "exec", dont_inherit=True) for text in (source, edited(source, old, new)))
    other = dict(_pairs(*codes))
    functions, caches = _alive(file)
    changed = [(f, f.__code__) for f in functions if f.__code__ in other]
    _forget(caches)
    try:
        for f, code in changed:
            f.__code__ = other[code]
        return work() if changed else "no living function has this code"
    finally:
        for f, code in changed:
            f.__code__ = code
        _forget(caches)


def worst(law):
    """The greatest deviation of a law, in its tolerances, or what it stops with."""
    import numpy as np

    from minigrow import laws

    found = []
    for number in range(CASES):
        with np.errstate(all="ignore"):
            try:
                found.append(float(law.check(laws.case(law.name, 0, number))))
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        if not found[-1] <= law.tolerance:
            break
    return max(np.inf if np.isnan(value) else value for value in found) / max(law.tolerance, 1e-300)


def main(names):
    """Print {law: deviation in tolerances with its edit} as JSON."""
    sys.path.insert(0, str(ROOT))
    import minigrow
    from minigrow import laws

    there = {law.name: law for law in laws.all_laws()}
    folder, found = Path(minigrow.__file__).parent, {}
    for name in names or EDITS:
        file, old, new = EDITS[name]
        found[name] = planted(str(folder / file), old, new, lambda law=there[name]: worst(law))
    print(json.dumps(found))


@pytest.fixture(scope="module")
def deviations():
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-W", "ignore", __file__], env=env, capture_output=True, text=True, cwd=ROOT)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("law", EDITS)
def test_the_law_notices_its_edit(deviations, law):
    assert not isinstance(deviations[law], str), deviations[law]
    assert deviations[law] > 1, f"{law} does not notice {EDITS[law]}"


def test_every_law_has_an_edit():
    """Here or on the page for teachers; a new law fails until it has one."""
    from minigrow import laws

    if not PAGE.is_file():
        pytest.skip("installed without its repository")
    taught = set(re.findall(r"^(\S+) +3 +\S+ +\S+ +FAILS$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {law.name for law in laws.all_laws()} == set(EDITS) | taught


if __name__ == "__main__":
    main(sys.argv[1:])
