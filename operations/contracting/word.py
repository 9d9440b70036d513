"""Word files as templates: what a house uploads is checked, and filled with data in a sandbox (LEG-1).

A template may show values, repeat over lists and choose by conditions; it calls nothing, and it carries no macros,
embedded objects or links to elsewhere.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate
from jinja2 import TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from operations.contracting.facts import FACTS
from operations.contracting.filling import BLANK

MOST_BYTES = 5 * 1024 * 1024
_MOST_UNPACKED = 50 * 1024 * 1024
_MOST_PARTS = 1000
_MARKS = ("title", "number", "institution", "version", "hash", "mark", "clauses", "signatures")
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_REFUSED_PARTS = ("vbaproject", "vbadata", "activex", "embeddings/", "oleobject", "afchunk", "customui")
_FILLED_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
"""Properties of the file that are filled in too."""
_DEEPEST_LOOP = 2
"""The paragraphs of each clause. Loops in loops in loops would let a small file make a document without end."""
_TEXTS = ("word/document.xml", "word/header", "word/footer", "word/footnotes", "word/endnotes")


class BadWordTemplate(ValueError):
    """The file cannot be a template; `code`: `size`, `format`, `macros`, `links`, `syntax`, `unknown`, with `name`."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{code}: {name}" if name else code)
        self.code = code
        self.name = name


def check_word(content: bytes) -> None:
    """Raises `BadWordTemplate` for what is no Word template that data can be filled into, and only data."""
    if not content or len(content) > MOST_BYTES:
        raise BadWordTemplate("size")
    for name, part in _parts(content).items():
        low = name.lower()
        if any(refused in low for refused in _REFUSED_PARTS):
            raise BadWordTemplate("macros", name)
        if low.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in part or b"<!ENTITY" in part):
            raise BadWordTemplate("format", name)
        if low == "[content_types].xml" and b"macroEnabled" in part:
            raise BadWordTemplate("macros", name)
        if low.endswith(".rels") and _leads_elsewhere(part):
            raise BadWordTemplate("links", name)
    try:
        template = DocxTemplate(io.BytesIO(content))
        template.init_docx()
        texts = _marked_up(template, content)
    except BadWordTemplate:
        raise
    except Exception as error:  # whatever the readers of Word files raise for a broken one
        raise BadWordTemplate("format", type(error).__name__) from error
    for text in texts:
        _require_plain(text)
    for name in _FILLED_PROPERTIES:
        _require_plain(getattr(template.docx.core_properties, name))


def fill_word(content: bytes | None, marks: Mapping[str, Any], facts: Mapping[str, Any]) -> bytes:
    """The template filled with marks of the contract and its facts as they are written; None: the program's template.

    Raises `BadWordTemplate`.
    """
    content = standard_word() if content is None else content
    check_word(content)
    written = {name: fact.written(facts.get(name)) or BLANK for name, fact in FACTS.items()}
    template = DocxTemplate(io.BytesIO(content))
    try:
        template.render({**written, **marks}, jinja_env=_environment(), autoescape=True)
    except TemplateError as error:
        raise BadWordTemplate("syntax", str(error)) from error
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


@cache
def standard_word() -> bytes:
    """The template of the program, for houses to begin with: open it in Word, change it, and upload it."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(11)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title = heading.add_run("{{ title }}")
    title.bold, title.font.size = True, Pt(18)
    document.add_paragraph("编号：{{ number }}　{{ mark }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph("{%p for clause in clauses %}")
    document.add_paragraph().add_run("{{ clause.article }}　{{ clause.title }}").bold = True
    document.add_paragraph("{%p for words in clause.paragraphs %}")
    document.add_paragraph("{{ words }}")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p for label in signatures %}")
    document.add_paragraph("{{ label }}（签字或盖章）：＿＿＿＿＿＿＿＿　　　　年　　月　　日")
    document.add_paragraph("{%p endfor %}")
    foot = document.sections[0].footer.paragraphs[0]
    foot.text = "{{ number }} 第 {{ version }} 版　{{ hash }}"
    for run in foot.runs:
        run.font.size = Pt(8)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True)


def _parts(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            if len(listed) > _MOST_PARTS or sum(part.file_size for part in listed) > _MOST_UNPACKED:
                raise BadWordTemplate("size")
            parts = {part.filename: archive.read(part) for part in listed}
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        if isinstance(error, BadWordTemplate):
            raise
        raise BadWordTemplate("format") from error
    if "word/document.xml" not in parts or "[Content_Types].xml" not in parts:
        raise BadWordTemplate("format")
    return parts


def _leads_elsewhere(relations: bytes) -> bool:
    """Whether a part loads something from outside of the file; a link that a reader may click on does not."""
    from lxml import etree

    try:
        root = etree.fromstring(relations, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return True
    return any(
        relation.get("TargetMode") == "External" and not str(relation.get("Type", "")).endswith("/hyperlink")
        for relation in root
    )


def _marked_up(template: DocxTemplate, content: bytes) -> list[str]:
    names = [name for name in _parts(content) if name.startswith(_TEXTS) and name.endswith(".xml")]
    return [template.patch_xml(_parts(content)[name].decode("utf-8")) for name in names]


def _require_plain(text: str) -> None:
    try:
        parsed = _environment().parse(text)
    except TemplateError as error:
        raise BadWordTemplate("syntax", str(error)) from error
    if _depth_of_loops(parsed) > _DEEPEST_LOOP:
        raise BadWordTemplate("syntax", "For")
    local: set[str] = set()
    for node in parsed.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED) or (isinstance(node, nodes.For) and node.recursive):
            raise BadWordTemplate("syntax", type(node).__name__)
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise BadWordTemplate("syntax", node.attr)
        if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
            local.add(node.target.name)
    for name in parsed.find_all(nodes.Name):
        if name.name not in {*FACTS, *_MARKS, *local}:
            raise BadWordTemplate("unknown", name.name)


def _depth_of_loops(node: nodes.Node) -> int:
    return max((_depth_of_loops(child) for child in node.iter_child_nodes()), default=0) + isinstance(node, nodes.For)
