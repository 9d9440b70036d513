"""Files as text: what an editor can show, what a file calls itself, and XML in one fixed shape so that only real
differences differ."""

from __future__ import annotations

import re

from lxml import etree

from engine.bpmn.xml import BPMNDI, XmlError, parse, tag

_XML = (".bpmn", ".dmn")
_MOST_READ = 4_000
_MOST_HEADLINE = 80
_SCENARIO_NAME = re.compile(r"^name:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)


def headline(name: str, content: bytes) -> str:
    """What a diagram, a decision model or a scenario calls itself, empty for one that does not say."""
    if name.startswith("scenarios/"):
        found = _SCENARIO_NAME.search(content[:_MOST_READ].decode("utf-8", "ignore"))
        return found.group(1)[:_MOST_HEADLINE] if found else ""
    if not name.endswith(_XML):
        return ""
    try:
        root = parse(content, name)
    except XmlError:
        return ""
    named = [node.get("name") for node in root.iterchildren("{*}process", "{*}decision") if node.get("name")]
    return (root.get("name") or next(iter(named), ""))[:_MOST_HEADLINE]


def editable(name: str, content: bytes) -> str | None:
    """The file as text; None when it is none. XML in another encoding is given as the text it means."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if not name.endswith(_XML):
        return None
    try:
        return str(etree.tostring(parse(content, name), encoding="unicode"))
    except XmlError:
        return None


def lines_of(name: str, content: bytes | None) -> list[str]:
    """The lines to compare: of XML those of its canonical form, since every tool writes its own line breaks."""
    if content is None:
        return []
    if name.endswith(_XML):
        try:
            root = parse(content, name)
        except XmlError:
            return content.decode("utf-8", "replace").splitlines()
        for plane in root.iter(tag(BPMNDI, "BPMNPlane")):
            # Tools write shapes in the order in which they were touched; it says nothing.
            plane[:] = sorted(plane, key=lambda shape: str(shape.get("bpmnElement")))
        etree.indent(root)
        return etree.tostring(root, method="c14n2").decode().splitlines()  # type: ignore[no-any-return]
    return content.decode("utf-8-sig", "replace").splitlines()
