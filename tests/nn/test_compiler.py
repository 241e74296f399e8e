"""Where compiled kernels are kept when the package and the home are read-only, and that nobody else can fill that folder."""

import os
import runpy
from types import SimpleNamespace

import pytest

from minigrow.nn import compiler


def test_a_folder_of_ours_is_used_again(tmp_path):
    first = compiler.private_folder(tmp_path, "kernels")
    assert compiler.private_folder(tmp_path, "kernels") == first == tmp_path / "kernels"
    assert first.stat().st_mode & 0o777 == 0o700


def foreign(kind, path):
    if kind == "open to others":
        path.mkdir()
        path.chmod(0o777)
    elif kind == "a link":
        (path.parent / "elsewhere").mkdir(mode=0o700)
        path.symlink_to(path.parent / "elsewhere")
    else:
        path.write_text("")
        path.chmod(0o600)


@pytest.mark.skipif(os.name == "nt", reason="owners and modes are POSIX's")
@pytest.mark.parametrize("kind", ["open to others", "a link", "a file"])
def test_a_folder_that_others_could_fill_is_not_used(kind, tmp_path):
    foreign(kind, tmp_path / "kernels")
    found = compiler.private_folder(tmp_path, "kernels")
    assert found != tmp_path / "kernels"
    assert found.is_dir()
    assert found.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="owners are POSIX's")
def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "kernels").mkdir(mode=0o700)
    monkeypatch.setattr(compiler.os, "getuid", lambda: 12345)
    assert compiler.private_folder(tmp_path, "kernels") != tmp_path / "kernels"


def test_numba_gets_a_folder_only_where_it_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr(compiler.tempfile, "gettempdir", lambda: str(tmp_path))
    found = SimpleNamespace(njit=lambda **options: lambda function: function, config=SimpleNamespace(CACHE_DIR=""))
    compiler.make_room(found)
    assert found.config.CACHE_DIR == ""

    def refuses(function):
        raise RuntimeError("cannot cache function: no locator available")

    found.njit = lambda **options: refuses
    with pytest.warns(UserWarning, match="compiled kernels are kept in .*minigrow-.*NUMBA_CACHE_DIR"):
        compiler.make_room(found)
    assert found.config.CACHE_DIR.startswith(str(tmp_path))
    monkeypatch.delattr(compiler.os, "getuid", raising=False)  # as on Windows
    with pytest.warns(UserWarning, match="kept in .*minigrow-user"):
        compiler.make_room(found)


def test_numba_is_given_its_folder_when_the_package_is_imported(tmp_path, monkeypatch):
    def refuses(**options):
        raise RuntimeError("cannot cache function: no locator available")

    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba, "njit", refuses)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr(compiler.tempfile, "gettempdir", lambda: str(tmp_path))
    with pytest.warns(UserWarning, match="compiled kernels are kept in"):
        runpy.run_path(compiler.__file__)
    assert numba.config.CACHE_DIR.startswith(str(tmp_path))
