"""Drafts of packages: what is deployed, overlaid with what designers have changed since, file by file.

A file is saved, removed or discarded by whoever has seen it as it is now; all others are told. It knows nothing of
HTTP, and refuses only what may never be stored: a draft may be wrong, the checker says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.bpmn.xml import XmlError, parse
from engine.errors import Conflict, Invalid, NotFound
from engine.packages import Package, read_files
from engine.packages.package import place_of
from engine.packages.readers import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES
from engine.service import deployments
from engine.service.house import Step
from models.definitions import DeployedFile, Deployment, PackageDraft

ABSENT = ""
"""The version of a file that is not there: to save under it is to make a new file."""

_MAX_NAME = 255


@dataclass(frozen=True)
class Change:
    """Who changed a file, and when."""

    by: str
    at: dt.datetime


@dataclass(frozen=True)
class DraftFile:
    """One file: as deployed (`before`) and as it stands in the draft (`content`); None where it is not.

    `change` says who changed it, None for a file that is as deployed. `behind` says that the package was
    deployed anew after this change was made.
    """

    name: str
    before: bytes | None
    content: bytes | None
    change: Change | None = None
    behind: bool = False

    @property
    def version(self) -> str:
        """What whoever changes the file must have seen: a SHA-256 (hex) of its content, empty for none."""
        return ABSENT if self.content is None else hashlib.sha256(self.content).hexdigest()

    @property
    def state(self) -> str:
        """`same`, `added`, `removed` or `changed`, in comparison with what is deployed."""
        if self.change is None:
            return "same"
        if self.before is None:
            return "added"
        return "removed" if self.content is None else "changed"


@dataclass(frozen=True)
class Draft:
    """A package as designers see it; `deployment` is None while it has never been deployed."""

    key: str
    deployment: Deployment | None
    files: Mapping[str, DraftFile]

    @property
    def contents(self) -> dict[str, bytes]:
        """The files that the draft consists of, by name."""
        return {file.name: file.content for file in self.files.values() if file.content is not None}

    @property
    def changes(self) -> list[DraftFile]:
        """The files that differ from what is deployed, by name."""
        return [file for file in self.files.values() if file.change is not None]

    @property
    def version(self) -> str:
        """A SHA-256 (hex) over names and versions of all files: what whoever deploys must have seen."""
        lines = "".join(f"{file.name}\0{file.version}\n" for file in self.files.values())
        return hashlib.sha256(lines.encode()).hexdigest()

    def package(self) -> Package:
        """The draft as a package. Raises `PackageError` when it can be none."""
        return read_files(self.contents, self.key)

    def file(self, name: str) -> DraftFile:
        """The file of this name. Raises `NotFound` unless the draft has it."""
        found = self.files.get(name)
        if found is None or found.content is None:
            raise NotFound(f"There is no file {name} in {self.key}.")
        return found


class ChangedMeanwhile(Conflict):
    """Somebody else changed the file since it was opened; `file` is what it is now."""

    def __init__(self, file: DraftFile) -> None:
        who = file.change.by if file.change is not None else "A deployment"
        super().__init__(f"{who} changed {file.name} since you opened it.")
        self.file = file


def read(session: Session, key: str, *, locking: bool = False) -> Draft:
    """The draft of a package; without changes it is what is deployed. Raises `NotFound` for neither.

    `locking` keeps others from changing what has been changed already until the transaction ends.
    """
    deployment = latest_deployment(session, key)
    query = sa.select(PackageDraft).where(PackageDraft.package == key).order_by(PackageDraft.name)
    rows = session.scalars(query.with_for_update() if locking else query).all()
    if deployment is None and not rows:
        raise NotFound(f"There is no package {key}.")
    deployed = {} if deployment is None else _deployed_files(session, deployment)
    files = {name: DraftFile(name, content, content) for name, content in deployed.items()}
    for row in rows:
        behind = deployment is not None and row.changed_at < deployment.deployed_at
        change = Change(row.changed_by, row.changed_at)
        files[row.name] = DraftFile(row.name, deployed.get(row.name), row.content, change, behind)
    return Draft(key, deployment, dict(sorted(files.items())))


def latest_deployment(session: Session, key: str) -> Deployment | None:
    """What is deployed of a package at present."""
    query = sa.select(Deployment).where(Deployment.package == key).order_by(Deployment.id.desc()).limit(1)
    return session.scalar(query)


def create(step: Step, key: str, files: Mapping[str, bytes], actor: str) -> Draft:
    """A new package, as a draft. Raises `Conflict` when there is one of this name, `Invalid` for hostile files."""
    if _exists(step.session, key):
        raise Conflict(f"There is a package {key} already.")
    return _fill(step, key, files, {}, actor)


def replace(step: Step, key: str, files: Mapping[str, bytes], actor: str, *, over: bool = False) -> Draft:
    """The draft becomes exactly `files`: what they lack counts as removed.

    Raises `Conflict` when there are changes already, unless `over` gives them up; `Invalid` for hostile files.
    """
    if not _exists(step.session, key):
        return _fill(step, key, files, {}, actor)
    draft = read(step.session, key, locking=True)
    if draft.changes and not over:
        raise Conflict(f"{key} has changes that are not deployed.")
    _drop(step.session, key, draft.changes)
    deployed = {name: file.before for name, file in draft.files.items() if file.before is not None}
    return _fill(step, key, files, deployed, actor)


def save(step: Step, key: str, name: str, content: bytes, version: str, actor: str) -> DraftFile:
    """Save one file of a draft for someone who has seen it at `version` (`ABSENT` for a new file).

    A file saved as it is deployed is no change any more. Raises `ChangedMeanwhile`, and `Invalid` for what may not
    be stored: a name that is no place in a package, too much of it, XML with a DTD or that is none.
    """
    refuse_hostile(name, content)
    draft = read(step.session, key, locking=True)
    file = _seen(draft, name, version)
    _refuse_too_much({**draft.contents, name: content})
    return _store(step, draft, file, content, actor)


def remove(step: Step, key: str, name: str, version: str, actor: str) -> DraftFile:
    """Take a file out of the draft. Raises `NotFound`, `ChangedMeanwhile`."""
    draft = read(step.session, key, locking=True)
    draft.file(name)
    return _store(step, draft, _seen(draft, name, version), None, actor)


def discard(step: Step, key: str, name: str, version: str) -> DraftFile:
    """Give up the change of one file; it is as deployed again. Raises `NotFound`, `ChangedMeanwhile`."""
    draft = read(step.session, key, locking=True)
    file = draft.files.get(name)
    if file is None or file.change is None:
        raise NotFound(f"{name} has no change to give up.")
    _seen(draft, name, version)
    _drop(step.session, key, [file])
    return DraftFile(name, file.before, file.before)


def discard_all(step: Step, key: str, version: str) -> int:
    """Give up all changes of a draft that was seen at `version`; how many there were. Raises `Conflict`."""
    draft = _seen_whole(step.session, key, version)
    _drop(step.session, key, draft.changes)
    return len(draft.changes)


def deploy(step: Step, key: str, version: str, actor: str) -> Deployment:
    """Deploy the draft that was seen at `version`; afterwards it has no changes.

    Raises `Conflict` when somebody changed it since, `CheckFailed` with all findings when there are errors,
    `PackageError` when it is no package.
    """
    draft = _seen_whole(step.session, key, version)
    deployment = deployments.deploy(step, draft.package(), actor, own_only=True)
    if draft.deployment is not None and deployment.id == draft.deployment.id:
        _replace_scenarios(step.session, draft, deployment)
    _drop(step.session, key, draft.changes)
    return deployment


def refuse_hostile(name: str, content: bytes) -> None:
    """Raises `Invalid` for a name that is no place in a package, a file too large, and XML that is unsafe or none."""
    if place_of(name) != name or len(name) > _MAX_NAME or not name.isprintable() or not _is_inside(name):
        raise Invalid(f"{name} is no place for a file of a package.", {"name": "place"})
    if len(content) > MAX_FILE_BYTES:
        raise Invalid(f"A file of a package may have {MAX_FILE_BYTES} bytes.", {"content": "size"})
    if name.endswith((".bpmn", ".dmn")):
        try:
            parse(content, name)
        except XmlError as error:
            raise Invalid(error.message, {"content": "xml"}) from None


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return "\\" not in name and ":" not in parts[0] and all(part and not part.startswith(".") for part in parts)


def _refuse_too_much(files: Mapping[str, bytes]) -> None:
    if len(files) > MAX_FILES:
        raise Invalid(f"A package may have {MAX_FILES} files.", {"content": "files"})
    if sum(map(len, files.values())) > MAX_TOTAL_BYTES:
        raise Invalid(f"The files of a package may have {MAX_TOTAL_BYTES} bytes together.", {"content": "total"})


def _exists(session: Session, key: str) -> bool:
    query = sa.select(PackageDraft.name).where(PackageDraft.package == key).limit(1)
    return latest_deployment(session, key) is not None or session.scalar(query) is not None


def _deployed_files(session: Session, deployment: Deployment) -> dict[str, bytes]:
    query = sa.select(DeployedFile.name, DeployedFile.content).where(DeployedFile.deployment_id == deployment.id)
    return {row.name: row.content for row in session.execute(query)}


def _fill(step: Step, key: str, files: Mapping[str, bytes], deployed: Mapping[str, bytes], actor: str) -> Draft:
    for name, content in files.items():
        refuse_hostile(name, content)
    _refuse_too_much(files)
    for name in sorted({*files, *deployed}):
        if files.get(name) != deployed.get(name):
            step.session.add(_change(step, key, name, files.get(name), actor))
    try:
        step.session.flush()
    except IntegrityError:
        raise Conflict(f"Somebody else began to change {key} at the same time.") from None
    return read(step.session, key)


def _change(step: Step, key: str, name: str, content: bytes | None, actor: str) -> PackageDraft:
    return PackageDraft(package=key, name=name, content=content, changed_at=step.now, changed_by=actor, lock_version=1)


def _seen(draft: Draft, name: str, version: str) -> DraftFile:
    file = draft.files.get(name) or DraftFile(name, None, None)
    if file.version != version:
        raise ChangedMeanwhile(file)
    return file


def _seen_whole(session: Session, key: str, version: str) -> Draft:
    draft = read(session, key, locking=True)
    if draft.version != version:
        raise Conflict(f"Somebody changed {key} since you looked at it.")
    return draft


def _store(step: Step, draft: Draft, file: DraftFile, content: bytes | None, actor: str) -> DraftFile:
    if content == file.before:
        _drop(step.session, draft.key, [file])
        return DraftFile(file.name, file.before, content)
    if file.change is None:
        # Not "if there is no row": one that came since the file was read is somebody else's.
        step.session.add(_change(step, draft.key, file.name, content, actor))
    else:
        row = step.session.get_one(PackageDraft, (draft.key, file.name))
        row.content, row.changed_at, row.changed_by = content, step.now, actor
        row.lock_version += 1
    try:
        step.session.flush()
    except IntegrityError:
        # The lock holds rows that are there; a second one who begins to change the same file meets its key.
        raise ChangedMeanwhile(file) from None
    return DraftFile(file.name, file.before, content, Change(actor, step.now))


def _drop(session: Session, key: str, files: list[DraftFile]) -> None:
    """Gives up the changes of these files, and only these: one that came meanwhile stays."""
    names = [file.name for file in files if file.change is not None]
    session.execute(sa.delete(PackageDraft).where(PackageDraft.package == key, PackageDraft.name.in_(names)))


def _replace_scenarios(session: Session, draft: Draft, deployment: Deployment) -> None:
    """Scenarios test and do not run: changing them alone makes no new version, and they are kept with the present one.

    Rule: docs/packages.md, Files.
    """
    tests = DeployedFile.deployment_id == deployment.id, DeployedFile.name.startswith("scenarios/")
    session.execute(sa.delete(DeployedFile).where(*tests))
    session.expire(deployment, ["files"])
    for name, content in draft.contents.items():
        if name.startswith("scenarios/"):
            session.add(DeployedFile(deployment_id=deployment.id, name=name, content=content))
    session.flush()
