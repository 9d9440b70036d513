"""Small renditions of images, made when first looked at and kept beside the files they were made of."""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path

from engine.service.attachments import FileStore
from operations.photographs import rendition

_DRAWING = threading.BoundedSemaphore(2)
"""How many pictures are decoded at once: each may take as much memory as `MOST_PIXELS` need."""


class Renditions:
    """The folder of renditions; what lies there can be thrown away at any time and is made again."""

    def __init__(self, folder: Path, store: FileStore) -> None:
        self._folder = Path(folder) / "renditions"
        self._store = store

    def of(self, stored_as: str) -> bytes | None:
        """The rendition of the kept image of this name as JPEG; None for what cannot be read.

        Raises `FileNotFoundError`, and `TooManyPixels` for what would take too much memory.
        """
        place = self._folder / stored_as[:2] / f"{stored_as}.jpg"
        try:
            return place.read_bytes()
        except FileNotFoundError:
            pass
        with self._store.open(stored_as) as file:
            content = file.read()
        with _DRAWING:
            drawn = rendition(content)
        if drawn is not None:
            self._keep(place, drawn)
        return drawn

    @staticmethod
    def _keep(place: Path, drawn: bytes) -> None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(drawn)
        fresh.replace(place)
