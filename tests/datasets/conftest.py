"""What several tests of loaders write: IDX files."""

import struct

import pytest


@pytest.fixture(scope="session")
def idx():
    """Return array of unsigned bytes -> the bytes of an IDX file that holds it."""
    return lambda array: bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
