"""The handbook as a page: in both languages, and true to the commands, roles, tables and settings that it names."""

import re
import shlex
from pathlib import Path

import click
import pytest

from engine.packages import read_folder
from loanflow.cli import cli
from loanflow.settings import table
from operations import product_desk

ROOT = Path(__file__).parents[3]
LANGUAGES = ("zh", "en")


def written(language):
    return (ROOT / f"web/handbook/{language}.md").read_text()


def commands(text):
    for block in re.findall(r"```\n(.*?)```", text, re.S):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0].endswith("loanflow"):
                yield words[1:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_click_away_and_reads_in_ones_own_language(visitor, lending, language):
    visitor.sign_in("li")
    visitor.post("/language", {"locale": language})
    assert 'href="/handbook"' in visitor.get("/inbox").text
    page = visitor.get("/handbook").text
    chapters = re.findall(r'<h2 id="(part-[^"]+)">(.*?)</h2>', page)
    assert len(chapters) == 4
    for anchor, words in chapters:
        assert f'<a href="#{anchor}">{words}</a>' in page
    assert page.count("<table") == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_commands_are_those_of_the_program(language):
    found = list(commands(written(language)))
    assert len(found) > 8
    for words in found:
        command, context = cli, click.Context(cli, info_name="loanflow")
        while isinstance(command, click.Group):
            name, words = words[0], words[1:]
            command = command.get_command(context, name)
            assert command is not None, name
        command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_roles_tables_and_settings_that_it_names_exist(language):
    text = written(language)
    packages = [read_folder(path.parent) for path in ROOT.glob("bpmn/*/package.yaml")]
    roles = {role for package in packages for role in package.manifest.roles}
    roles |= {"auditor", "designer", product_desk.ROLE}
    rows = re.findall(r"^   \| [^|]+ \| (`[a-z_]+`[^|]*) \| [^|]+ \|$", text, re.M)
    assert len(rows) == 12
    assert {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)} <= roles
    for name in re.findall(r"`(\w+\.dmn)`", text):
        assert list(ROOT.glob(f"bpmn/*/{name}")), name
    assert set(re.findall(r"LOANFLOW_\w+", text)) <= {setting.metadata["env"] for setting in table()}


def test_both_say_the_same_of_duties():
    zh, en = (re.findall(r"[A-Z]{3}-\d+", written(language)) for language in LANGUAGES)
    assert sorted(zh) == sorted(en)
