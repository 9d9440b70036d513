"""Reads XML that anybody may have written: bounded, without entities, DTD or network. It knows no meaning."""

from __future__ import annotations

from typing import Any

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
LOANFLOW = "urn:loanflow:bpmn:1"

PREFIXES = {BPMN: "bpmn", BPMNDI: "bpmndi", DC: "dc", DI: "di", XSI: "xsi", CAMUNDA: "camunda", LOANFLOW: "loanflow"}
NAMESPACES = {prefix: uri for uri, prefix in PREFIXES.items()}

MAX_BYTES = 5_000_000
MAX_ATTRIBUTES = 500
"""Of one element: libxml2 looks one up by walking along all of them, so that reading them takes the square of it."""
_DECLARATIONS = ("<!DOCTYPE", "<!ENTITY")
_ENCODINGS = ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


class XmlError(ValueError):
    """A file that cannot be read as XML."""

    def __init__(self, file: str, message: str, line: int | None = None) -> None:
        super().__init__(f"{file}: {message}")
        self.file, self.message, self.line = file, message, line


class UnsafeXml(XmlError):
    """XML that is refused before anything looks at its content: too large, or with a DTD or entities."""


def parse(data: bytes, name: str) -> Any:
    """The root element of `data`, without comments and processing instructions, with `sourceline` kept.

    Raises `UnsafeXml` for more than `MAX_BYTES`, more than `MAX_ATTRIBUTES` of one element, a DTD or an entity,
    `XmlError` for what is not well-formed; both name the file.
    """
    if len(data) > MAX_BYTES:
        raise UnsafeXml(name, f"The file has {len(data)} bytes; more than {MAX_BYTES} are refused.")
    upper = data.upper()
    # Before the parser sees it: it expands entities in attribute values even when it leaves those in text alone.
    if any(word.encode(encoding) in upper for word in _DECLARATIONS for encoding in _ENCODINGS):
        raise UnsafeXml(name, "DOCTYPE and ENTITY declarations are refused; remove them.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlError(name, f"The file is not well-formed XML: {error}.", getattr(error, "lineno", None)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnsafeXml(name, "DOCTYPE and ENTITY declarations are refused; remove them.")
    if root.xpath(f"boolean(//*[count(@*) > {MAX_ATTRIBUTES}])"):
        raise UnsafeXml(name, f"An element with more than {MAX_ATTRIBUTES} attributes is refused.")
    return root


def local_name(node: Any) -> str:
    """The tag without its namespace."""
    return str(etree.QName(node).localname)


def namespace(node: Any) -> str:
    """The namespace of the tag, empty without one."""
    return str(etree.QName(node).namespace or "")


def tag(uri: str, name: str) -> str:
    """A tag or attribute name in the form that lxml wants."""
    return f"{{{uri}}}{name}"
