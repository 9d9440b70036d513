"""Contracts on paper say what is on record; hostile facts stay text, hostile Word files stay out (LEG-1)."""

from __future__ import annotations

import io
import zipfile

import pytest
import sqlalchemy as sa
from docx import Document
from pypdf import PdfReader

from models.contracts import Contract
from operations.contracting import papers
from operations.contracting.filling import article
from operations.contracting.word import BadWordTemplate, check_word, fill_word, standard_word

HOSTILE = '陈#梅 *粗* $x$ @ref {{amount}} <b>&amp;</b> #import "x" \\ ${now()}'


@pytest.fixture
def loan(case):
    """A drafted loan contract of somebody with a hostile name."""
    number = case.register(customer_id=case.customer(HOSTILE))
    case.resolve(number)
    case.draft(number)
    return case.session.scalars(sa.select(Contract).where(Contract.kind == "loan")).one()


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def squeezed(text):
    return "".join(text.split())


def test_the_pdf_holds_the_text_the_number_and_the_hash(loan):
    version = loan.versions[-1]
    pdf = papers.as_pdf(loan, version, "禾川村镇银行")
    said = squeezed(text_of(pdf))
    for clause in version.clauses:
        assert squeezed(article(clause["n"]) + clause["title"]) in said
    for words in ("禾川村镇银行", loan.number, version.hash, "壹拾万元整", "草稿", "贷款人（签字或盖章）"):
        assert squeezed(words) in said
    assert squeezed(HOSTILE) in said
    assert pdf == papers.as_pdf(loan, version, "禾川村镇银行")


def test_the_watermark_goes_with_the_review_and_void_is_said(case, loan):
    version = loan.versions[-1]
    case.call("contract.review", contract_no=loan.number, contract_check="pass", contract_check_reasons="可")
    assert papers.watermark(loan, version) is None
    assert "草稿" not in text_of(papers.as_pdf(loan, version, "行"))
    case.call("contract.void", contract_no=loan.number, reason="客户放弃")
    assert "作废" in text_of(papers.as_pdf(loan, version, "行"))


def test_the_word_file_holds_the_same(loan):
    version = loan.versions[-1]
    paragraphs = [p.text for p in Document(io.BytesIO(papers.as_word(loan, version, "行"))).paragraphs]
    assert paragraphs[0] == "借款合同"
    for clause in version.clauses:
        assert f"{article(clause['n'])}　{clause['title']}" in paragraphs
        assert clause["text"].splitlines()[0] in paragraphs


def template(*lines, **parts):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    if not parts:
        return out.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w") as new:
        for item in old.infolist():
            new.writestr(item, parts.pop(item.filename, old.read(item)))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed.getvalue()


def test_a_template_of_the_house_is_filled_with_facts(loan):
    content = template("甲方 {{ lender }}，{{ amount }} 元", "{% if mark %}{{ mark }}{% endif %}")
    loan.versions[-1].template_version.word = content
    paragraphs = [p.text for p in Document(io.BytesIO(papers.as_word(loan, loan.versions[-1], "行"))).paragraphs]
    assert paragraphs == ["甲方 总部一支行，100,000.00 元", "草稿"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{{ ''.__class__.__mro__ }}", "syntax"),
        ("{{ customer_name.__class__ }}", "syntax"),
        ("{{ cycler.__init__.__globals__ }}", "syntax"),
        ("{{ lipsum() }}", "syntax"),
        ("{% for i in range(999999999) %}x{% endfor %}", "syntax"),
        ("{% set x = 1 %}", "syntax"),
        ("{% include 'x' %}", "syntax"),
        ("{{ amount|attr('x') }}", "syntax"),
        ("{{ 9**9**9 }}", "syntax"),
        ("{% for x in clauses recursive %}x{% endfor %}", "syntax"),
        ("{{ unclosed", "syntax"),
        ("{{ nobody }}", "unknown"),
    ],
)
def test_a_template_calls_nothing(line, code):
    with pytest.raises(BadWordTemplate) as refused:
        check_word(template(line))
    assert refused.value.code == code


RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="http://x/" '
    'TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "size"),
        (b"PK\x03\x04 no zip", "format"),
        (b"x" * (5 * 1024 * 1024 + 1), "size"),
        (template("x", **{"word/vbaProject.bin": b"x"}), "macros"),
        (template("x", **{"word/embeddings/oleObject1.bin": b"x"}), "macros"),
        (template("x", **{"word/document.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "format"),
        (template("x", **{"word/document.xml": b"<broken"}), "format"),
        (template("x", **{"word/_rels/settings.xml.rels": RELATIONS.format(kind="attachedTemplate")}), "links"),
    ],
    ids=["empty", "no zip", "large", "macros", "embedded", "entities", "broken", "linked"],
)
def test_what_could_run_or_load_something_is_refused(content, code):
    with pytest.raises(BadWordTemplate) as refused:
        check_word(content)
    assert refused.value.code == code


def test_properties_of_the_file_are_filled_with_plain_facts_only():
    document = Document(io.BytesIO(standard_word()))
    document.core_properties.title = "{{ 'x' * 1000000000 }}"
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(BadWordTemplate) as refused:
        check_word(out.getvalue())
    assert refused.value.code == "syntax"


def test_loops_do_not_multiply():
    within = "{% for clause in clauses %}"
    check_word(template(within * 2 + "x" + "{% endfor %}" * 2))
    with pytest.raises(BadWordTemplate):
        check_word(template(within * 3 + "x" + "{% endfor %}" * 3))


def test_a_link_to_click_on_does_no_harm():
    check_word(template("x", **{"word/_rels/footnotes.xml.rels": RELATIONS.format(kind="hyperlink")}))


def test_markup_in_facts_stays_text():
    marks = {"title": "<w:p>借款", "clauses": [], "signatures": [], "number": "", "version": 1, "hash": "", "mark": ""}
    filled = Document(io.BytesIO(fill_word(standard_word(), marks, {})))
    assert filled.paragraphs[0].text == "<w:p>借款"
