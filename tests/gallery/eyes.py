"""How a figure looks to other eyes and on other paper: deuteranopia, protanopia, tritanopia, greyscale; colour distances.

    python tests/gallery/eyes.py PNG... --to DIR      writes each figure as all of them would see it, to look at

Matrices: Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. Distance: CIE 1976 (Lab).
"""

import argparse
from pathlib import Path

import numpy as np

SEEN_AS = {
    "as drawn": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "greyscale": [[0.2126, 0.7152, 0.0722]] * 3,
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(rgb):
    rgb = np.asarray(rgb, float)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def seen(rgb, eyes):
    """Linear RGB (..., 3) of what these eyes make of sRGB (..., 3) in 0..1."""
    return np.clip(linear(rgb) @ np.array(SEEN_AS[eyes]).T, 0, 1)


def lab(light):
    """CIE Lab of linear RGB (..., 3) under daylight."""
    t = light @ XYZ.T / XYZ.sum(axis=1)
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def distance(a, b, eyes):
    """Lab distance of two sRGB colours to these eyes; 2 is just visible side by side, 10 is plain."""
    return float(np.linalg.norm(lab(seen(a, eyes)) - lab(seen(b, eyes))))


def main():
    from matplotlib.image import imread, imsave

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="+", type=Path)
    parser.add_argument("--to", type=Path, default=Path("build/eyes"))
    args = parser.parse_args()
    args.to.mkdir(parents=True, exist_ok=True)
    for path in args.figures:
        rgb = imread(path)[..., :3]
        for eyes in SEEN_AS:
            light = seen(rgb, eyes)
            shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
            imsave(args.to / f"{path.stem}_{eyes.replace(' ', '_')}.png", np.clip(shown, 0, 1))


if __name__ == "__main__":
    main()
