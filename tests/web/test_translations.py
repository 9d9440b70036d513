"""Both languages are complete, and what is compiled is what the catalogue says."""

import re

from web import translations


def test_every_message_has_its_english():
    assert translations.missing(translations.translations()) == []


def test_the_compiled_catalogue_is_up_to_date():
    assert translations.COMPILED.read_bytes() == translations.compiled(translations.translations()), (
        "run: python -m web.translations"
    )


def test_translations_keep_the_places_of_their_message():
    place = re.compile(r"%%?\(\w+\)[sd]|\{\w+\}")
    for message in translations.translations():
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set(place.findall(ids[0]))
        assert all(set(place.findall(text)) == wanted for text in strings), ids[0]


def test_no_english_is_left_in_chinese():
    han = re.compile(r"[\u4e00-\u9fff]")
    assert [m.string for m in translations.translations() if m.id and han.search(str(m.string))] == []
