"""Deploying packages: checked, then a new version for each process if the content changed."""

from __future__ import annotations

import sqlalchemy as sa

from engine.bpmn.reading import read_diagrams
from engine.check import check
from engine.errors import CheckFailed, Conflict
from engine.packages import Package
from engine.service.house import Step
from models.definitions import Definition, DeployedFile, Deployment


def deploy(step: Step, package: Package, actor: str | None) -> Deployment:
    """Deploy `package`. The same content as before gives the deployment that is there already.

    Raises `CheckFailed` with all findings when one of them is an error, `Conflict` when a process belongs to another
    package.
    """
    findings = check(package, step.house.operations)
    if any(finding.level == "error" for finding in findings):
        raise CheckFailed(findings)
    return deploy_checked(step, package, actor)


def deploy_checked(step: Step, package: Package, actor: str | None) -> Deployment:
    """Deploy a package that has been checked, or whose scenarios are to be run whatever the checker says."""
    session = step.session
    latest = session.scalar(
        sa.select(Deployment).where(Deployment.package == package.key).order_by(Deployment.id.desc()).limit(1)
    )
    if latest is not None and latest.content_hash == package.content_hash:
        return latest
    deployment = Deployment(
        package=package.key,
        content_hash=package.content_hash,
        deployed_at=step.now,
        deployed_by=actor,
        files=[DeployedFile(name=name, content=content) for name, content in package.files.items()],
    )
    session.add(deployment)
    session.flush()
    _add_versions(step, deployment, package)
    return deployment


def definitions_of(step: Step, deployment: Deployment) -> list[Definition]:
    """The versions that a deployment made, by key."""
    query = sa.select(Definition).where(Definition.deployment_id == deployment.id).order_by(Definition.key)
    return list(step.session.scalars(query))


def _add_versions(step: Step, deployment: Deployment, package: Package) -> None:
    for process in read_diagrams(package).processes.values():
        if not process.executable:
            continue
        before = step.session.execute(
            sa.select(Definition.version, Deployment.package)
            .join(Deployment, Deployment.id == Definition.deployment_id)
            .where(Definition.key == process.id)
            .order_by(Definition.version.desc())
            .limit(1)
        ).first()
        if before is not None and before.package != package.key:
            raise Conflict(f"the process {process.id} belongs to the package {before.package}")
        step.session.add(
            Definition(
                key=process.id,
                version=1 if before is None else before.version + 1,
                deployment_id=deployment.id,
                title=process.name or process.id,
            )
        )
    step.session.flush()
