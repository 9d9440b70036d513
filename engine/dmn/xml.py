"""Reads XML without entities, document types or network; finds elements by name, whatever the version of DMN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from engine.dmn.errors import DmnError

MAX_SIZE: Final = 10_000_000
_NAMESPACES: Final = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")

Element = Any


def parse(source: bytes | str) -> Element:
    """The `definitions` element. Raises `DmnError` for what is not a DMN file or is larger than 10 MB."""
    source = source.encode() if isinstance(source, str) else source
    if len(source) > MAX_SIZE:
        raise DmnError(f"a decision model of more than {MAX_SIZE} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DmnError(f"not well-formed XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise DmnError("a document type (DOCTYPE) is not allowed")
    if local(root) != "definitions" or not (etree.QName(root).namespace or "").startswith(_NAMESPACES):
        raise DmnError("not a DMN file: its root is not the element definitions of DMN")
    return root


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children with one of these names."""
    return (child for child in element if local(child) in names)


def child(element: Element, *names: str) -> Element | None:
    """The first child with one of these names."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str | None:
    """The trimmed content of the child `text`, or None when there is none."""
    found = child(element, "text") if element is not None else None
    return (found.text or "").strip() if found is not None else None


def name_of(element: Element) -> str:
    """The element's name, trimmed."""
    return (element.get("name") or "").strip()


def id_of(element: Element | None) -> str:
    """The id of the element, or of the nearest one around it that has one."""
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return ""
