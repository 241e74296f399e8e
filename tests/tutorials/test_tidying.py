"""What is kept of an executed notebook: tags, joined prints, figures in few colours at the size they are drawn."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from tidying import few_colours, joined, kept, tidy


def drawn(dpi=160):
    fig, ax = plt.subplots(figsize=(4, 3))
    ax.plot(np.arange(9), np.arange(9) % 4, linewidth=4)
    ax.imshow(np.random.default_rng(0).random((30, 30)), extent=(0, 8, 0, 3), alpha=0.5)
    fig.savefig(file := io.BytesIO(), format="png", dpi=dpi)
    plt.close(fig)
    return base64.b64encode(file.getvalue()).decode()


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB"), float)


def test_few_colours_are_smaller_and_look_the_same():
    picture = drawn()
    small = few_colours(picture)
    assert len(small) < 0.6 * len(picture)
    a, b = pixels(picture), pixels(small)
    assert a.shape == b.shape
    assert np.abs(a - b).mean() < 2.0, "of 255 levels"
    assert len(np.unique(b.reshape(-1, 3), axis=0)) <= 256
    assert few_colours(picture) == small, "the same bytes each time"


def output(**more):
    return {"output_type": "display_data", **more}


def test_outputs():
    size = {"width": 320, "height": 240}
    pieces = [
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {"output_type": "stream", "name": "stdout", "text": "b\nc\n"},
        output(data={"image/png": drawn()}, metadata={"image/png": size, "other": 1}),
        output(data={"text/html": "<p>", "text/plain": "p"}, metadata={}),
        {"output_type": "stream", "name": "stdout", "text": "d"},
    ]
    found = joined(pieces)
    assert [each.get("text") for each in found] == [["ab\n", "c\n"], None, None, ["d"]]
    assert found[1]["metadata"] == {"image/png": size}
    assert found[2]["data"] == pieces[3]["data"]
    assert found[2]["metadata"] == {}


@pytest.mark.parametrize(
    ("metadata", "left"),
    [
        ({"scrolled": True}, {}),
        (
            {"tags": ["hide-input"], "lines_to_next_cell": 2},
            {"tags": ["hide-input"], "jupyter": {"source_hidden": True}},
        ),
        ({"tags": ["remove-cell"]}, {"tags": ["remove-cell"]}),
    ],
)
def test_tags_stay_and_hidden_code_is_folded(metadata, left):
    assert kept(metadata) == left
    cells = [
        {"cell_type": "code", "source": "1", "metadata": metadata, "outputs": [], "execution_count": count}
        for count in (9, None)
    ]
    notebook = {"cells": cells, "metadata": {}}
    tidy(notebook)
    assert [cell["metadata"] for cell in cells] == [left, left]
    assert [cell["execution_count"] for cell in cells] == [1, None], "what was not run has no number"
    assert [cell["id"] for cell in cells] == ["cell-00", "cell-01"]
