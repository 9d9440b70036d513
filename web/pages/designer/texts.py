"""Files as text: what an editor can show, and XML in one fixed shape so that only real differences differ."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.xml import XmlError, parse

_XML = (".bpmn", ".dmn")


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
        etree.indent(root)
        return etree.tostring(root, method="c14n2").decode().splitlines()  # type: ignore[no-any-return]
    return content.decode("utf-8-sig", "replace").splitlines()
