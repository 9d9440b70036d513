"""Brings a package in from a folder, a zip or uploaded files, within bounds; it does not look into the files."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from engine.packages.errors import PackageError
from engine.packages.package import Package, build_package

MAX_FILES = 500
MAX_FILE_BYTES = 5_000_000
MAX_TOTAL_BYTES = 20_000_000
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1


def read_folder(path: str | Path) -> Package:
    """The package in a folder; its key is the folder's name.

    Hidden files are left out. Raises `PackageError` for a folder that is none, links out of it and too much content.
    """
    folder = Path(path).resolve()
    if not folder.is_dir():
        raise PackageError(str(path), "There is no such folder.")
    bounded = _Bounded()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if _is_hidden(name) or file.is_dir():
            continue
        if file.is_symlink() and not file.resolve().is_relative_to(folder):
            raise PackageError(name, "A link that leads out of the package is refused.")
        if file.is_file():
            bounded.announce(name, file.stat().st_size)
            bounded.add(name, file.read_bytes())
    return build_package(folder.name, bounded.files)


def read_zip(data: bytes, key: str | None = None) -> Package:
    """The package in a zip; files that all stand under one folder are taken out of it.

    The key is `key`, else that folder's name, else the name of the first diagram. Raises `PackageError` for what is no
    zip, for absolute paths, `..`, links, encryption, and for more or larger files than a package may have.
    """
    bounded = _Bounded()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [(_name_of(entry), entry) for entry in archive.infolist() if not entry.is_dir()]
            entries = [(name, entry) for name, entry in entries if not _is_hidden(name)]
            for name, entry in entries:
                _refuse_entry(name, entry)
                bounded.announce(name, entry.file_size)
            for name, entry in entries:
                with archive.open(entry) as stream:
                    # The size in the directory may lie, so that no more than allowed is ever unpacked.
                    bounded.add(name, stream.read(MAX_FILE_BYTES + 1))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise PackageError("", f"The zip cannot be read: {error}.") from None
    files, folder = _unwrapped(bounded.files)
    return build_package(key or folder or _key_of(files), files)


def read_files(files: Mapping[str, bytes], key: str | None = None) -> Package:
    """The package in files that were handed over by name; forms may come without their folder.

    The key is `key`, else the folder that all of them stand in, else the name of the first diagram.
    Raises `PackageError`.
    """
    bounded = _Bounded()
    for name, content in files.items():
        _refuse_path(name)
        if not _is_hidden(name):
            bounded.announce(name, len(content))
            bounded.add(name, content)
    unwrapped, folder = _unwrapped(bounded.files)
    return build_package(key or folder or _key_of(unwrapped), unwrapped)


class _Bounded:
    """Collects files and refuses what would be too much, before it is read where the size is known."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._announced = self._count = self._total = 0

    def announce(self, name: str, size: int) -> None:
        self._count += 1
        self._announced += size
        if self._count > MAX_FILES:
            raise PackageError(name, f"A package may have {MAX_FILES} files.")
        self._refuse_size(name, size, self._announced)

    def add(self, name: str, data: bytes) -> None:
        if name in self.files:
            raise PackageError(name, "The file is in the package twice.")
        self._total += len(data)
        self._refuse_size(name, len(data), self._total)
        self.files[name] = data

    @staticmethod
    def _refuse_size(name: str, size: int, total: int) -> None:
        if size > MAX_FILE_BYTES:
            raise PackageError(name, f"A file of a package may have {MAX_FILE_BYTES} bytes.")
        if total > MAX_TOTAL_BYTES:
            raise PackageError(name, f"The files of a package may have {MAX_TOTAL_BYTES} bytes together.")


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The entry's name; archivers on Chinese Windows write GBK, or UTF-8 unsaid, which Python takes for cp437."""
    name = entry.orig_filename if "\\" in entry.orig_filename else entry.filename
    if not entry.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return name


def _refuse_entry(name: str, entry: zipfile.ZipInfo) -> None:
    _refuse_path(name)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageError(name, "A link in a zip is refused.")
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise PackageError(name, "An encrypted zip cannot be read.")


def _refuse_path(name: str) -> None:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or "\0" in name or ".." in parts or ":" in parts[0]:
        raise PackageError(name, "A file name must be relative, with / between folders and without '..'.")


def _is_hidden(name: str) -> bool:
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in name.split("/"))


def _unwrapped(files: dict[str, bytes]) -> tuple[dict[str, bytes], str | None]:
    """The files without the one folder that all of them stand in, and that folder's name."""
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files) and not tops & {"forms", "scenarios", "i18n"}:
        return {name.split("/", 1)[1]: data for name, data in files.items()}, tops.pop()
    return files, None


def _key_of(files: Mapping[str, bytes]) -> str:
    diagrams = sorted(name for name in files if name.endswith(".bpmn"))
    return PurePosixPath(diagrams[0]).stem if diagrams else "package"
