"""Lists of packages: what is deployed of each, and what designers have changed since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.definitions import Definition, DeployedFile, Deployment, PackageDraft


@dataclass
class PackageRow:
    """One package: its latest deployment (None before the first), its processes, and the changes since.

    `processes` are pairs of key and version as they stand; `changed_by` names everybody with a change; `manifest` is
    `package.yaml` as it is in the draft.
    """

    key: str
    deployment: Deployment | None = None
    processes: list[Definition] = field(default_factory=list)
    changes: int = 0
    changed_by: list[str] = field(default_factory=list)
    changed_at: dt.datetime | None = None
    manifest: bytes | None = None


def packages(session: Session, manifest: str) -> list[PackageRow]:
    """All packages by name; `manifest` is the name of the file that has their titles. A house has a few dozen."""
    rows: dict[str, PackageRow] = {}
    latest = sa.select(sa.func.max(Deployment.id)).group_by(Deployment.package)
    for deployment in session.scalars(sa.select(Deployment).where(Deployment.id.in_(latest))):
        rows[deployment.package] = PackageRow(deployment.package, deployment)
    by_deployment = {row.deployment.id: row for row in rows.values() if row.deployment is not None}
    deployed = sa.select(DeployedFile).where(DeployedFile.name == manifest, DeployedFile.deployment_id.in_(latest))
    for file in session.scalars(deployed):
        by_deployment[file.deployment_id].manifest = file.content
    for definition in current_definitions(session):
        row = rows.get(definition.deployment.package)
        if row is not None:
            row.processes.append(definition)
    _add_changes(session, rows, manifest)
    return sorted(rows.values(), key=lambda row: row.key)


def current_definitions(session: Session, package: str | None = None) -> list[Definition]:
    """The latest version of each process by key, of one package or of all."""
    latest = sa.select(sa.func.max(Definition.id)).group_by(Definition.key)
    query = sa.select(Definition).where(Definition.id.in_(latest)).order_by(Definition.key)
    if package is not None:
        query = query.join(Deployment, Deployment.id == Definition.deployment_id).where(Deployment.package == package)
    return list(session.scalars(query))


def deployments_of(session: Session, package: str, limit: int) -> list[tuple[Deployment, list[Definition]]]:
    """The last deployments of a package with the versions that each made, the latest first."""
    query = sa.select(Deployment).where(Deployment.package == package).order_by(Deployment.id.desc()).limit(limit)
    found: dict[int, tuple[Deployment, list[Definition]]] = {item.id: (item, []) for item in session.scalars(query)}
    made = sa.select(Definition).where(Definition.deployment_id.in_(found)).order_by(Definition.key)
    for definition in session.scalars(made):
        found[definition.deployment_id][1].append(definition)
    return list(found.values())


def _add_changes(session: Session, rows: dict[str, PackageRow], manifest: str) -> None:
    query = sa.select(PackageDraft.package, PackageDraft.name, PackageDraft.changed_at, PackageDraft.changed_by)
    for change in session.execute(query.order_by(PackageDraft.changed_at)):
        row = rows.setdefault(change.package, PackageRow(change.package))
        row.changes += 1
        row.changed_at = change.changed_at
        if change.changed_by not in row.changed_by:
            row.changed_by.append(change.changed_by)
    titles = sa.select(PackageDraft.package, PackageDraft.content).where(PackageDraft.name == manifest)
    for title in session.execute(titles):
        rows[title.package].manifest = title.content
