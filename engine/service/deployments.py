"""Deploying packages: checked, then a new version for each process if the content changed."""

from __future__ import annotations

import sqlalchemy as sa

from engine.bpmn.model import Process
from engine.bpmn.reading import read_diagrams
from engine.check import check
from engine.errors import CheckFailed, Conflict
from engine.packages import Package
from engine.service import starts
from engine.service.house import Step
from models.definitions import Definition, DeployedFile, Deployment


def deploy(step: Step, package: Package, actor: str | None, *, own_only: bool = False) -> Deployment:
    """Deploy `package`. The same content as before gives the deployment that is there already.

    Raises `CheckFailed` with all findings when one of them is an error; with `own_only`, `Conflict` when a process came
    from a package of another name.
    """
    unchanged = _unchanged(step, package)
    if unchanged is not None:
        return unchanged
    if own_only:
        _refuse_processes_of_others(step, package)
    findings = check(package, step.house.operations)
    if any(finding.level == "error" for finding in findings):
        raise CheckFailed(findings)
    return deploy_checked(step, package, actor)


def deploy_checked(step: Step, package: Package, actor: str | None) -> Deployment:
    """Deploy a package that has been checked, or whose scenarios are to be run whatever the checker says."""
    unchanged = _unchanged(step, package)
    if unchanged is not None:
        return unchanged
    deployment = Deployment(
        package=package.key,
        content_hash=package.content_hash,
        deployed_at=step.now,
        deployed_by=actor,
        files=[DeployedFile(name=name, content=content) for name, content in package.files.items()],
    )
    step.session.add(deployment)
    step.session.flush()
    parameters = {name: parameter.value for name, parameter in package.manifest.parameters.items()}
    for process in _executable(package):
        before = _latest(step, process.id)
        definition = Definition(
            key=process.id,
            version=1 if before is None else before.version + 1,
            deployment_id=deployment.id,
            title=process.name or process.id,
        )
        step.session.add(definition)
        step.session.flush()
        starts.listen(step, definition, process, parameters)
    return deployment


def definitions_of(step: Step, deployment: Deployment) -> list[Definition]:
    """The versions that a deployment made, by key."""
    query = sa.select(Definition).where(Definition.deployment_id == deployment.id).order_by(Definition.key)
    return list(step.session.scalars(query))


def _unchanged(step: Step, package: Package) -> Deployment | None:
    """The deployment from which the latest version of every process of the package comes, if it had this content.

    Where the package lay, and what its folder was called, makes no difference.
    """
    latest = [_latest(step, process.id) for process in _executable(package)]
    deployments = {definition.deployment_id: definition.deployment for definition in latest if definition is not None}
    if None in latest or len(deployments) != 1:
        return None
    (deployment,) = deployments.values()
    return deployment if deployment.content_hash == package.content_hash else None


def _refuse_processes_of_others(step: Step, package: Package) -> None:
    for process in _executable(package):
        latest = _latest(step, process.id)
        if latest is not None and latest.deployment.package != package.key:
            raise Conflict(f"the process {process.id} belongs to the package {latest.deployment.package}")


def _latest(step: Step, key: str) -> Definition | None:
    query = sa.select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    return step.session.scalars(query).first()


def _executable(package: Package) -> list[Process]:
    return [process for process in read_diagrams(package).processes.values() if process.executable]
