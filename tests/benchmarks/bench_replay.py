"""How long the replay page takes: to record, to write, to show its first picture, and to draw a frame in Chromium.

    python tests/benchmarks/bench_replay.py

Nothing here can fail because a machine is busy; it prints the machine and its load, and medians with the worst.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from pathlib import Path

import numpy as np

FIGURES = Path(__file__).parents[2] / "figures"
DRAW = """const out = [], last = replay.player.last;
for (let k = 0; k < 40; k++) {
    const times = [0, 1, 2, 3, 4, 5, 6].map(() => {
        replay.player.position = Math.min(last, last * k / 40 + 0.4);
        replay.player.draw();
        return replay.milliseconds;
    });
    out.push(Math.min(...times));
}
return out;"""


def recorded() -> None:
    """Print what a surface of 33 x 33 adds to a snapshot of 20 neurons."""
    from minigrow import isotropic
    from minigrow.growth import watch

    X, y = np.random.default_rng(0).standard_normal((100, 2)), np.arange(100) % 2
    net, spent = isotropic.Network.create([2, 10, 10, 2], rng=0), []
    for observe in (watch(X, y), watch()):
        times = []
        for _ in range(300):
            began = time.perf_counter()
            observe(net)
            times.append(time.perf_counter() - began)
        spent.append(np.median(times))
    print(f"a surface of 33 x 33 on 20 neurons: {1e3 * (spent[0] - spent[1]):.2f} ms a row (asked: below 1)")


def wide(neurons: int):
    """Return a life of four rows of a net so many neurons wide."""
    from minigrow.growth import History

    rng = np.random.default_rng(0)
    rows = [
        {"step": i, "loss": 1.0, "size.x": 8, "size.h": neurons, "size.y": 2, "weights.x.h": rng.normal(size=8 * neurons),
         "weights.h.y": rng.normal(size=2 * neurons)}
        for i in range(4)
    ]  # fmt: skip
    return History(tuple(rows))


def main() -> None:
    """Print all of it."""
    from selenium import webdriver

    from minigrow.growth import History
    from minigrow.replay import write_page

    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    recorded()
    folder = Path(tempfile.mkdtemp())
    for neurons in (8000, 20_000):
        began = time.perf_counter()
        write_page(wide(neurons), folder / f"{neurons}.html")
        print(f"{neurons} neurons wide: written in {time.perf_counter() - began:.2f} s")
    for path in sorted(FIGURES.glob("*/history.npz")):
        write_page(History.load(path), folder / f"{path.parent.name}.html")
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    with webdriver.Chrome(options=options) as driver:
        driver.set_window_size(1366, 768)
        for path in sorted(folder.glob("*.html")):
            driver.get("about:blank")
            driver.get(path.as_uri())
            while not driver.execute_script("return window.replay && replay.ready"):
                time.sleep(0.05)
            first, took = driver.execute_script("return replay.ready"), driver.execute_script(DRAW)
            print(
                f"{path.stem:34s} {path.stat().st_size / 1e3:5.0f} kB, first picture {first:5.0f} ms, "
                f"a frame {np.median(took):5.1f} ms, worst {max(took):5.1f} ms"
            )


if __name__ == "__main__":
    main()
