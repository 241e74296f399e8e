"""The isotropic layer, forward and backward, as one compiled pass each over a batch.

Between the passes stand only matrix products, which BLAS does. The readable twin is `formulas.gradient`. Lengths and
gains are computed in float64 even for float32 arrays: there is one for each sample, so it costs nothing. Reassociation
is allowed so that sums use vector instructions; BLAS reorders its sums too.
"""

from __future__ import annotations

import math

from minigrow.nn.compiler import njit
from minigrow.nn.radial import BEND_SERIES, GAIN_SERIES, LEAK, SMALL, THRESHOLD

FAST = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract"}}
G1, G2, G3, G4, G5 = GAIN_SERIES[1:]
B0, B1, B2, B3, B4 = BEND_SERIES


@njit(cache=True, error_model="numpy")
def gain_and_bend(code, rho):
    """Return a(rho) and a'(rho)/rho (scalars) of the profile with this number; see `minigrow.nn.radial`."""
    if code == 1:
        return 1.0, 0.0
    if code == 3:
        return (1 - THRESHOLD / rho, THRESHOLD / rho**3) if rho > THRESHOLD else (0.0, 0.0)
    s = rho * rho
    if code == 4:
        a = 1 / math.sqrt(1 + s)
        return a, -a * a * a
    if rho < SMALL:
        a = 1 + s * (G1 + s * (G2 + s * (G3 + s * (G4 + s * G5))))
        bend = B0 + s * (B1 + s * (B2 + s * (B3 + s * B4)))
    else:
        t = math.tanh(rho)
        a = t / rho
        bend = (1 - t * t - a) / s
    if code == 2:
        return LEAK + (1 - LEAK) * a, (1 - LEAK) * bend
    return a, bend


@njit(**FAST)
def forward_rows(Z, b, a_before, psi_before, o, code, X, a, bend):
    """z += b + a_before psi_before, then x = a z, in place.

    Z, X (n, h); b, psi_before (h,); a_before, a, bend (n,); o a scalar.
    """
    n, h = Z.shape
    for i in range(n):
        s = 0.0
        for j in range(h):
            z = Z[i, j] + b[j] + a_before[i] * psi_before[j]
            Z[i, j] = z
            s += z * z
        gain, slope = gain_and_bend(code, math.sqrt(o + s))
        a[i] = gain
        bend[i] = slope
        for j in range(h):
            X[i, j] = a[i] * Z[i, j]


@njit(**FAST)
def shift_rows(Z, b, a, psi):
    """z += b + a psi for each row, in place: Z (n, k); b, psi (k,); a (n,)."""
    for i in range(Z.shape[0]):
        for j in range(Z.shape[1]):
            Z[i, j] += b[j] + a[i] * psi[j]


@njit(**FAST)
def backward_rows(g, psi, Z, a, bend, o, g_x, db, dpsi):
    """Turn g_x (n, h) into dL/dz_l in place; write dL/db_{l+1} and dL/dpsi_l (k,); return dL/dlambda_l.

    g = dL/dz_{l+1} (n, k); psi (k,); Z (n, h); a, bend (n,); o a scalar.
    """
    n, h = Z.shape
    db[:] = 0
    dpsi[:] = 0
    dlambda = 0.0
    for i in range(n):
        q = 0.0
        for j in range(g.shape[1]):
            db[j] += g[i, j]
            dpsi[j] += a[i] * g[i, j]
            q += g[i, j] * psi[j]
        for j in range(h):
            q += g_x[i, j] * Z[i, j]
        dlambda += 0.5 * o * q * bend[i]
        along = Z.dtype.type(q * bend[i])
        for j in range(h):
            g_x[i, j] = a[i] * g_x[i, j] + along * Z[i, j]
    return dlambda


@njit(**FAST)
def column_sums(g, out):
    """Write the sum over the batch of g (n, h) into out (h,)."""
    out[:] = 0
    for i in range(g.shape[0]):
        for j in range(g.shape[1]):
            out[j] += g[i, j]
