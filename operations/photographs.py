"""Photographs that people send: when and where they were taken, and a small rendition to look at.

What is sent is never trusted: only four formats are read, nothing larger than `MOST_PIXELS` is decoded, and what
cannot be read simply says nothing.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

MOST_PIXELS = 80_000_000
"""A decoded pixel takes three bytes: this is what a picture may take of the memory, whatever its file's size."""
MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff"})
RENDITION_TYPE = "image/jpeg"
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_LONGEST_SIDE = 1600
_QUALITY = 82

_EXIF, _GPS = 0x8769, 0x8825
_DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL = 0x9003, 0x9011
_MICRO = 1_000_000


class TooManyPixels(ValueError):
    """The picture would take too much memory to look at."""


@dataclass(frozen=True)
class Taken:
    """When and where a photograph says it was taken; a place is in millionths of a degree. Neither is proof."""

    at: dt.datetime | None = None
    latitude: int | None = None
    longitude: int | None = None


def taken(content: bytes, zone: dt.tzinfo) -> Taken:
    """What the photograph says of itself; times without an offset are of `zone`. Raises `TooManyPixels`.

    Only the head of the file is read.
    """
    try:
        with _opened(content) as image:
            exif = image.getexif()
            latitude, longitude = _place(exif.get_ifd(_GPS))
            return Taken(_time(exif.get_ifd(_EXIF), zone), latitude, longitude)
    except TooManyPixels:
        raise
    except Exception:
        return Taken()


def rendition(content: bytes) -> bytes | None:
    """The picture upright, small, as JPEG and without what its camera wrote; None for what cannot be read.

    Raises `TooManyPixels`.
    """
    try:
        with _opened(content) as image:
            image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            out = io.BytesIO()
            _on_white(upright).save(out, "JPEG", quality=_QUALITY)
            return out.getvalue()
    except TooManyPixels:
        raise
    except Exception:
        return None


def _opened(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise TooManyPixels
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "L"):
        return image
    coloured = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("RGB")


def _time(exif: Any, zone: dt.tzinfo) -> dt.datetime | None:
    written = exif.get(_DATE_TIME_ORIGINAL)
    if not isinstance(written, str):
        return None
    try:
        at = dt.datetime.strptime(written.strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        offset = exif.get(_OFFSET_TIME_ORIGINAL)
        return dt.datetime.fromisoformat(f"{at:%Y-%m-%dT%H:%M:%S}{offset}") if isinstance(offset, str) else at
    except ValueError:
        return None


def _place(gps: Any) -> tuple[int, int] | tuple[None, None]:
    try:
        latitude = _micro_degrees(gps[2], gps[1] in ("S", b"S"))
        longitude = _micro_degrees(gps[4], gps[3] in ("W", b"W"))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None, None
    there = abs(latitude) <= 90 * _MICRO and abs(longitude) <= 180 * _MICRO
    return (latitude, longitude) if there else (None, None)


def _micro_degrees(parts: Any, negative: bool) -> int:
    degrees, minutes, seconds = (float(part) for part in parts)
    micro = round((degrees + minutes / 60 + seconds / 3600) * _MICRO)
    return -micro if negative else micro
