"""`minigrow.notebook` in a real notebook, with and without ipywidgets, while notebooks are built, and in plain Python."""

import base64
import html
import re
import struct
import types

import numpy as np
import pytest

from minigrow import notebook
from minigrow.growth import History
from minigrow.replay import page

LIFE = "History().with_row({'epoch': 0, 'widths': (2, 3, 1)}).with_row({'epoch': 1, 'widths': (2, 5, 1)})"
START = "import matplotlib.pyplot as plt\nfrom minigrow import notebook\nfrom minigrow.growth import History\n"
DRAW = "def draw(angle):\n    fig, ax = plt.subplots(figsize=(3, 2))\n    ax.set_title(str(angle))\n    print(angle)\n"
MOVE = START + DRAW + "notebook.move(draw, angle=range(0, 91, 15))"


@pytest.fixture(name="run")
def run_in_a_kernel(monkeypatch, tmp_path):
    """Return what the cells of a notebook display, run by a kernel as `tutorials/build.py` runs it."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.delenv("MINIGROW_STATIC", raising=False)

    def run(*cells):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
        return [output for cell in book.cells for output in cell.outputs]

    return run


def shown(outputs, kind):
    return [output["data"][kind] for output in outputs if kind in output.get("data", {})]


def printed(outputs):
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


def pixels(picture):
    return struct.unpack(">II", base64.b64decode(picture)[16:24])


def test_a_slider_in_a_live_notebook(run):
    pytest.importorskip("ipywidgets")
    outputs = run(MOVE)
    assert len(shown(outputs, "application/vnd.jupyter.widget-view+json")) == 2, "the slider, and where it draws"
    assert "SelectionSlider" in str(shown(outputs, "text/plain"))
    assert not shown(outputs, "image/png"), "the figure is inside the widget"


def test_moving_the_slider_draws_that_value(run):
    pytest.importorskip("ipywidgets")
    found = "from ipywidgets import Widget\nfrom ipywidgets.widgets.widget import _instances\n"
    found += "slider = next(w for w in _instances.values() if type(w).__name__ == 'SelectionSlider')\n"
    seen = "drawn = []\nnotebook.move(drawn.append_angle, angle=[0, 15, 30], stills=[15])"
    keep = "class Drawn(list):\n    def append_angle(self, angle):\n        self.append(angle)\n"
    outputs = run(START + keep + seen.replace("[]", "Drawn()", 1), found + "slider.value = 30\nprint(list(drawn))")
    assert printed(outputs).strip() == "[15, 30]", "it starts at the first still"


def test_stills_while_the_notebook_is_built(run, monkeypatch):
    monkeypatch.setenv("MINIGROW_STATIC", "1")
    outputs = run(MOVE)
    assert len(shown(outputs, "image/png")) == 3
    assert printed(outputs).split() == ["0", "45", "90"], "first, middle and last, and no word on widgets"


def test_stills_and_a_hint_without_ipywidgets(run):
    outputs = run("import sys\nsys.modules['ipywidgets'] = None\n" + MOVE)
    assert len(shown(outputs, "image/png")) == 3
    assert notebook.NO_SLIDER in printed(outputs)


def test_sharp_figures_have_twice_the_pixels(run):
    draw = "fig, ax = plt.subplots(figsize=(3, 2), dpi=80)\nplt.show()"
    coarse, fine = shown(run(START + draw, "notebook.sharp()", draw), "image/png")
    assert np.allclose(np.divide(pixels(fine), pixels(coarse)), 2, rtol=0.01)


def test_the_replay_in_a_notebook_is_the_page(run):
    outputs = run(START + f"notebook.replay({LIFE}, title='my \"own\" <life>')")
    (shown_html,) = shown(outputs, "text/html")
    assert unframed(shown_html).startswith("<!doctype html>")
    assert 'title="Replay: my &quot;own&quot; &lt;life&gt;"' in shown_html
    assert shown(outputs, "text/plain")[0].startswith("played ≈ History(")
    assert not printed(outputs), "nothing to stderr: IPython warns where HTML is nothing but an iframe"


def unframed(text):
    return html.unescape(re.search(r"srcdoc='([^']*)'", text)[1])


def test_the_frame_holds_the_page_byte_for_byte():
    history = eval(LIFE, {"History": History})
    title = 'it\'s & "<b>" &amp;'
    assert unframed(notebook.framed(history, title)) == page(history, title).html


def test_a_frame_without_a_title_is_a_networks_life():
    history = eval(LIFE, {"History": History})
    found = notebook.framed(history)
    start = '<div><iframe title="Replay: A network&#x27;s life" width="100%" height="780" style="border:0" allow="fullscreen" '
    assert found.startswith(start + "srcdoc='<!doctype html>")
    assert unframed(found) == page(history, "A network's life").html
    assert 'height="90"' in notebook.framed(history, height=90)


def test_plain_python_prints_one_line(capsys):
    notebook.sharp()
    notebook.replay(eval(LIFE, {"History": History}))
    assert capsys.readouterr().out.startswith("played ≈ History(")


def test_plain_python_draws_stills(capsys):
    notebook.move(lambda N: print(N), N=[1, 2])
    notebook.move(lambda N: print(N), N=[1, 2, 4, 8, 16])
    assert capsys.readouterr().out.split() == ["1", "2", "1", "4", "16"]


@pytest.mark.parametrize("values", [{}, {"a": []}, {"a": [1], "b": [2]}])
def test_move_moves_one_thing(values):
    with pytest.raises(ValueError, match="one thing"):
        notebook.move(print, **values)


def test_a_terminal_is_no_notebook(monkeypatch):
    class TerminalInteractiveShell:
        pass

    class IPython:
        get_ipython = TerminalInteractiveShell

    monkeypatch.setitem(notebook.sys.modules, "IPython", IPython)
    assert not notebook._live()


def test_what_a_notebook_is_given_to_show(monkeypatch, capsys):
    display, given = pytest.importorskip("IPython.display"), []
    monkeypatch.setattr(display, "display", lambda *things, **more: given.append((things, more)))
    monkeypatch.setattr(notebook, "_live", lambda: True)
    one = eval(LIFE, {"History": History})
    for histories, several in ((one, [one]), ([one, one], [one, one])):
        notebook.replay(histories, "a title", 99)
        texts = {"text/html": notebook.framed(histories, "a title", 99)}
        texts["text/plain"] = "\n".join(f"played \u2248 {history!r}" for history in several)
        assert given.pop() == ((texts,), {"raw": True})
    assert capsys.readouterr().out == ""


def test_a_frame_without_a_title():
    history = eval(LIFE, {"History": History})
    framed = notebook.framed(history)
    assert unframed(framed) == page(history, "A network's life").html
    before, after = framed.split("srcdoc='")[0], framed.rsplit("'", 1)[1]
    title = 'title="Replay: A network&#x27;s life" width="100%" height="780" style="border:0" allow="fullscreen" '
    assert (before, after) == (f"<div><iframe {title}", "></iframe></div>")


def test_a_slider_by_hand(monkeypatch, capsys):
    display, made, given = pytest.importorskip("IPython.display"), [], []
    fake = types.SimpleNamespace(
        SelectionSlider=lambda **more: made.append(more) or "slider",
        interactive_output=lambda draw, controls: (draw, controls),
    )
    monkeypatch.setitem(notebook.sys.modules, "ipywidgets", fake)
    monkeypatch.setattr(display, "display", lambda *things: given.append(things))
    monkeypatch.setattr(notebook, "_live", lambda: True)
    monkeypatch.delenv("MINIGROW_STATIC", raising=False)
    for stills, index in ((None, 0), ([30, 0], 2), ([7], 0), ([], 0)):
        notebook.move(print, angle=[0, 0.5, 30], stills=stills)
        options = [("0", 0), ("0.5", 0.5), ("30", 30)]
        assert made.pop() == {"options": options, "index": index, "description": "angle"}
        assert given.pop() == ("slider", (print, {"angle": "slider"}))
    assert capsys.readouterr().out == "", "no picture beside the slider"


@pytest.mark.parametrize(("said", "short"), [("1", True), ("0", False), ("", False), (None, False)])
def test_runs_are_shortened_where_it_is_asked_for(monkeypatch, said, short):
    monkeypatch.delenv("MINIGROW_SMALL", raising=False)
    if said is not None:
        monkeypatch.setenv("MINIGROW_SMALL", said)
    assert notebook.small() is short


@pytest.mark.parametrize(("n", "few"), [(1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (4, [0, 2, 3]), (7, [0, 3, 6])])
def test_the_first_the_middle_and_the_last(n, few):
    assert notebook._few(list(range(n))) == few
