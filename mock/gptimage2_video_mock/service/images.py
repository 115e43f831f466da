"""A sample image for image-to-video: a cup on a table, as PNG, drawn by a formula."""

from __future__ import annotations

import struct
import zlib
from functools import cache

SIDE = 96  # pixels
_WALL, _TABLE, _CUP = bytes((214, 226, 232)), bytes((150, 111, 80)), bytes((198, 72, 52))


@cache
def cup_png() -> bytes:
    """A PNG of `SIDE` by `SIDE` pixels, 8-bit RGB."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(SIDE)) for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _pixel(x: int, y: int) -> bytes:
    body = 28 <= x <= 60 and 34 <= y <= 76
    handle = x > 60 and 60 <= (x - 60) ** 2 + (y - 54) ** 2 <= 170
    return _CUP if body or handle else _TABLE if y > 70 else _WALL


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
