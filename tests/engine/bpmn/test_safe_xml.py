"""XML from anybody is read within bounds, without entities, DTD or network."""

import pytest

from engine.bpmn.xml import MAX_ATTRIBUTES, MAX_BYTES, UnsafeXml, XmlError, parse

LAUGHS = b'<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;">]><a>&m;</a>'


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        LAUGHS.decode().encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>',
        b"<!doctype a><a/>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a b="&x;"/>',
        b"<a>" + b" " * MAX_BYTES + b"</a>",
        b"<a><b " + b" ".join(b'x%d="1"' % n for n in range(MAX_ATTRIBUTES + 1)) + b"/></a>",
    ],
)
def test_refuses_what_is_not_safe_and_names_the_file(data):
    with pytest.raises(UnsafeXml) as caught:
        parse(data, "evil.bpmn")
    assert caught.value.file == "evil.bpmn"


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<a>", b"<a/><b/>", b'<a x="1" x="2"/>', b"<a>&undefined;</a>", b"\xff\xfe"]
)
def test_refuses_what_is_not_well_formed(data):
    with pytest.raises(XmlError):
        parse(data, "broken.bpmn")


def test_a_nest_of_a_hundred_thousand_is_an_error_and_no_crash():
    with pytest.raises(XmlError):
        parse(b"<a>" * 100_000 + b"</a>" * 100_000, "deep.bpmn")


def test_leaves_out_comments_and_instructions_and_keeps_lines():
    root = parse(b"<?xml version='1.0'?>\n<a>\n<!-- c --><?pi x?>\n<b/></a>", "a.bpmn")
    assert [child.tag for child in root] == ["b"]
    assert root[0].sourceline == 4
