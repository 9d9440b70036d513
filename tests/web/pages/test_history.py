"""The history has words for everything that the engine writes into it."""

import re
from pathlib import Path

import engine
from web.pages import history

KIND = re.compile(
    r'"((?:task|case|incident|timer|message|signal|external|comment|attachment|conflict|variable)\.[a-z_]+)"'
)


def test_every_kind_of_event_has_its_sentence():
    sources = Path(engine.__file__).parent.rglob("*.py")
    written = {kind for source in sources for kind in KIND.findall(source.read_text(encoding="utf-8"))}
    assert len(written) > 30
    assert written - history._SENTENCES.keys() == set()
