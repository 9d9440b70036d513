"""A process package in memory: its files, and what they say before anybody looks into a diagram."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from engine.bpmn.xml import XmlError, parse
from engine.packages.errors import PackageError
from engine.packages.manifest import FILE as MANIFEST
from engine.packages.manifest import Manifest, read_manifest
from engine.packages.notices import FILE as NOTICES
from engine.packages.notices import NoticeText, read_notices
from engine.packages.yaml12 import YamlError, load_yaml

TRANSLATIONS = "i18n/en.yaml"
_MAX_JSON_DEPTH = 100
_LARGEST_EXPONENT = 100
"""Of a number in a form, and the most characters of one: what a field may be given is no larger either."""


@dataclass(frozen=True)
class Package:
    """A package as it was read; nothing in it changes afterwards.

    `files` holds everything that belongs to it (relative POSIX names to bytes); `ignored` names what lay beside it.
    `decisions` maps the id and the name of every decision and decision service to its file, `forms` the name of a form
    (`formRef`) to its schema with numbers as `Decimal`, `translations` Chinese text to English, `notices` a code to its
    texts.
    `content_hash` is a SHA-256 (hex) over names and bytes of all files but scenarios: these test, they do not run.
    `problems` are defects in single files that did not keep the rest from being read; with any, it is not deployed.
    """

    key: str
    files: Mapping[str, bytes]
    manifest: Manifest
    content_hash: str
    decisions: Mapping[str, str]
    forms: Mapping[str, Mapping[str, Any]]
    translations: Mapping[str, str]
    notices: Mapping[str, NoticeText] = field(default_factory=dict)
    problems: tuple[PackageError, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def bpmn_files(self) -> dict[str, bytes]:
        """The diagrams, by name."""
        return self._ending(".bpmn")

    @property
    def dmn_files(self) -> dict[str, bytes]:
        """The decision models, by name."""
        return self._ending(".dmn")

    @property
    def scenarios(self) -> dict[str, bytes]:
        """The scenario files, by name."""
        return {name: data for name, data in sorted(self.files.items()) if name.startswith("scenarios/")}

    def form_file(self, name: str) -> str:
        """Where the form `name` stands."""
        return f"forms/{name}.form"

    def importer(self, file: str) -> Callable[[str, str | None], bytes | None]:
        """What loads the models that the decision model `file` imports: by location beside it, else by namespace."""

        def load(namespace: str, location: str | None) -> bytes | None:
            if location:
                beside = self.files.get(str(PurePosixPath(file).parent / location))
                if beside is not None:
                    return beside
            return next((data for name, data in self.dmn_files.items() if _namespace_of(name, data) == namespace), None)

        return load

    def _ending(self, suffix: str) -> dict[str, bytes]:
        return {name: data for name, data in sorted(self.files.items()) if name.endswith(suffix)}


@dataclass
class _Contents:
    """What is gathered while the files are gone through."""

    decisions: dict[str, str] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    translations: dict[str, str] = field(default_factory=dict)
    notices: dict[str, NoticeText] = field(default_factory=dict)
    problems: list[PackageError] = field(default_factory=list)


def build_package(key: str, files: Mapping[str, bytes]) -> Package:
    """A package of these files (relative POSIX names). Defects in a file end up in `problems`.

    Raises `PackageError` when there is no BPMN diagram at all, or two files would stand in the same place.
    """
    placed: dict[str, bytes] = {}
    ignored = []
    for name, data in sorted(files.items()):
        place = place_of(name)
        if place is None:
            ignored.append(name)
        elif place in placed:
            raise PackageError(place, "Two files of the package would stand here; keep one of them.")
        else:
            placed[place] = data
    if not any(name.endswith(".bpmn") for name in placed):
        raise PackageError("", "This is no process package: there is no .bpmn file in it.")
    contents = _Contents()
    manifest = _read_manifest(placed, contents)
    for name, data in placed.items():
        _read_file(name, data, contents)
    return Package(
        key=key,
        files=placed,
        manifest=manifest,
        content_hash=content_hash(placed),
        decisions=contents.decisions,
        forms=contents.forms,
        translations=contents.translations,
        notices=contents.notices,
        problems=tuple(contents.problems),
        ignored=tuple(name for name in ignored if not _is_documentation(name)),
    )


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over the sorted names and bytes of everything that runs, so of all but `scenarios/`."""
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        if not name.startswith("scenarios/"):
            encoded = name.encode()
            digest.update(len(encoded).to_bytes(8, "big") + encoded + len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def place_of(name: str) -> str | None:
    """Where a file of this name stands in a package, None when it is no part of one.

    Forms lie in `forms/` and may be handed in without the folder; everything else stands where it is named.
    """
    name = unicodedata.normalize("NFC", name)
    path = PurePosixPath(name)
    if name in (MANIFEST, TRANSLATIONS, NOTICES) or path.suffix in (".bpmn", ".dmn"):
        return name
    if path.suffix == ".form":
        return (
            name
            if path.parts[0] == "forms" and len(path.parts) == 2
            else f"forms/{path.name}"
            if len(path.parts) == 1
            else None
        )
    if path.suffix in (".yaml", ".yml") and path.parts[0] == "scenarios":
        return name
    return None


def _namespace_of(name: str, data: bytes) -> str | None:
    try:
        return str(parse(data, name).get("namespace"))
    except XmlError:
        return None


def _is_documentation(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in (".md", ".txt") or any(
        part.startswith(".") for part in name.split("/")
    )


def _read_manifest(files: Mapping[str, bytes], contents: _Contents) -> Manifest:
    if MANIFEST not in files:
        contents.problems.append(PackageError(MANIFEST, "The package has no package.yaml: nobody holds a role in it."))
        return Manifest()
    manifest, problems = read_manifest(files[MANIFEST])
    contents.problems.extend(problems)
    return manifest


def _read_file(name: str, data: bytes, contents: _Contents) -> None:
    try:
        if name.endswith(".form"):
            contents.forms[PurePosixPath(name).stem] = read_form(name, data)
        elif name.endswith(".dmn"):
            _read_decisions(name, data, contents)
        elif name == TRANSLATIONS:
            contents.translations.update(_read_translations(data))
        elif name == NOTICES:
            contents.notices, problems = read_notices(data)
            contents.problems.extend(problems)
    except (PackageError, XmlError, YamlError) as error:
        contents.problems.append(PackageError(name, error.message, error.line))


def read_form(name: str, data: bytes) -> dict[str, Any]:
    """The schema in a `.form` file, numbers as `Decimal`. Raises `PackageError` for what is not a JSON object."""
    try:
        schema = json.loads(
            data.decode("utf-8-sig"), parse_float=_number, parse_int=_number, object_pairs_hook=_no_duplicates
        )
    except json.JSONDecodeError as error:
        raise PackageError(name, f"Not JSON: {error.msg}.", error.lineno) from None
    except (ValueError, ArithmeticError) as error:
        raise PackageError(name, f"Not JSON: {error}.") from None
    except RecursionError:
        raise PackageError(name, "The form is nested too deeply.") from None
    if not isinstance(schema, dict):
        raise PackageError(name, "A form must be a JSON object with a list of components.", 1)
    return schema


def _number(text: str) -> Decimal:
    """The number as written. Ten characters (1e99999999) would else come out as a hundred million in a message."""
    number = Decimal(text)
    if len(text) > _LARGEST_EXPONENT or (number and abs(number.adjusted()) > _LARGEST_EXPONENT):
        raise ValueError("a number is too large or too small")
    return number


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


def _read_decisions(name: str, data: bytes, contents: _Contents) -> None:
    """Notes the decisions of one file: an id wins over a name, the same id in two files is a defect."""
    root = parse(data, name)
    found = list(root.iterchildren("{*}decision", "{*}decisionService"))
    for node in found:
        key = node.get("id")
        if key and contents.decisions.get(key, name) != name:
            raise PackageError(name, f"The decision {key!r} also stands in {contents.decisions[key]}.", node.sourceline)
        if key:
            contents.decisions[key] = name
    for node in found:
        if node.get("name"):
            contents.decisions.setdefault(node.get("name"), name)


def _read_translations(data: bytes) -> dict[str, str]:
    content = load_yaml(data) or {}
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise PackageError(TRANSLATIONS, "The file must be a map from the Chinese text to the English text.", 1)
    return content
