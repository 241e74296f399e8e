"""Many whole cycles, compiled: chunk, gradient, update, and the decision about structure; they stop where it decides something.

The readable twins are `formulas.gradient` and `minigrow.nn.wrappers`. Living neurons fill places 0..H-1 of a `Room`.
"""

from __future__ import annotations

from minigrow.differentiable_structure.fast.decide import EPOCH, H_, PLACE, decide
from minigrow.differentiable_structure.fast.kernels import backward, compiled, forward, padded, update


@compiled
def cycles(q, codes, n, counts, smooth, c, rule, rng):
    """Run up to n cycles on the text `codes`; returns how many were run and the smoothed loss.

    q is a `Room`, c holds `Numbers`, rule `Chances` (most = 0: the size stays). `counts` holds H, the place in the text, how often
    the text was over, and the decision: spares, how many of q.marks are pruned, whether a neuron is born, and whether by chance.
    """
    T = len(q.hs) - 1
    for done in range(1, n + 1):
        if counts[PLACE] + T + 1 > codes.size:
            counts[PLACE] = 0
            q.hs[0, :] = 0.0
        H, p = counts[H_], counts[PLACE]
        loss = forward(q, H, codes[p : p + T], codes[p + 1 : p + T + 1], c.path)
        backward(q, H, codes[p : p + T], c.path)
        smooth = 0.99 * smooth + 0.01 * loss
        update(q, H, c)
        q.hs[0, : padded(H)] = q.hs[T, : padded(H)]
        counts[PLACE] += T
        counts[EPOCH] += counts[PLACE] + T + 1 > codes.size
        if rule.most > 0 and decide(q, counts, rule, rng, c.path):
            return done, smooth
    return n, smooth
