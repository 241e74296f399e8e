"""The quick path: `whole_rows(block, separator, width)` reads rows of plain integers without a Python object for each."""

import numpy as np

from minigrow.nn.compiler import njit


def whole_rows(block: np.ndarray, separator: str, width: int) -> tuple[np.ndarray, int]:
    r"""Read rows of `width` integers from bytes, as far as there is nothing else; return them and the bytes that they take.

    block (b,) uint8 ends with a line; rows (r, width) int64. It stops at the line that holds anything but `width` plain integers
    of at most 18 digits, with one separator between each two (blanks may stand before a number).

    >>> rows, used = whole_rows(np.frombuffer(b"1,22\n3, 4\n5,x\n", np.uint8), ",", 2)
    >>> rows.tolist(), used
    ([[1, 22], [3, 4]], 10)
    """
    rows = np.empty((np.count_nonzero(block == 10), width), np.int64)
    count, used = _rows(block, ord(separator), rows)
    return rows[:count], used


@njit(cache=True, nogil=True)
def _rows(block, separator, rows):
    r = column = digits = used = 0
    value = np.int64(0)
    for i in range(block.size):
        byte = block[i]
        if 48 <= byte <= 57:
            if digits == 18 or (digits > 0 and value == 0) or column == rows.shape[1]:
                break  # 007 is a name
            value, digits = value * 10 + (byte - 48), digits + 1
        elif byte == 32 and digits == 0:
            continue
        elif (byte == separator or byte == 10) and digits > 0:
            rows[r, column] = value
            column, value, digits = column + 1, np.int64(0), 0
            if byte == 10:
                if column != rows.shape[1]:
                    break
                r, column, used = r + 1, 0, i + 1
        else:
            break
    return r, used
