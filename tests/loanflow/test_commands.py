"""The command line as the contract describes it: exit status, results alone on standard output."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.service import actors, cases
from loanflow.commands.serve import listening_host, refuse_open_demo
from loanflow.settings import Settings, read_settings
from loanflow.wiring import make_house
from models.cases import CaseEvent
from models.passwords import verify_password
from models.people import AuthorityLimit, PersonRegion, StaffRelation
from models.queries.people import demo_people_can_sign_in, find_person, find_unit
from models.queries.staff import institution
from tests.web.packages import REVIEW, as_zip, process, user_task

ROOT = Path(__file__).parents[2]


@pytest.fixture
def package(tmp_path):
    """A folder with the test package."""
    return written(tmp_path / "review_package", REVIEW)


def written(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def test_people(loanflow, sqlite_database):
    assert loanflow("unit", "add", "一支行").exit_code == 0
    assert loanflow("unit", "add", "分理处", "--under", "一支行").exit_code == 0
    add = ("user", "add", "li", "--password", "long enough", "--name", "李", "--role", "clerk", "--unit", "分理处")
    assert loanflow(*add).exit_code == 0
    assert loanflow("user", "add", "wang", "--password-stdin", stdin="from stdin\n").exit_code == 0
    assert loanflow("role", "grant", "li", "unheard_of").exit_code == 0
    assert loanflow("role", "revoke", "li", "clerk").exit_code == 0
    assert loanflow("user", "disable", "wang").exit_code == 0
    assert loanflow("authority", "set", "li", "approve_loan", "500000.5", "--until", "2027-01-31").exit_code == 0
    assert loanflow("relate", "li", "C-000123").exit_code == 0
    assert loanflow("regions", "li", "清河街", "柳林镇").exit_code == 0
    assert loanflow("regions", "li", "柳林镇").exit_code == 0
    listed = loanflow("user", "list", "--json")
    assert json.loads(listed.stdout) == [
        {"name": "li", "title": "李", "unit": "分理处", "roles": ["unheard_of"], "demo": False, "disabled": False},
        {"name": "wang", "title": "", "unit": "总部", "roles": [], "demo": False, "disabled": True},
    ]
    assert loanflow("user", "list", "--demo", "--json").stdout.strip() == "[]"
    with sqlite_database.reading() as session:
        assert verify_password(find_person(session, "wang").password_hash, "from stdin")
        assert find_unit(session, "分理处").path.startswith(find_unit(session, "一支行").path)
        [limit] = session.scalars(sa.select(AuthorityLimit))
        assert (limit.power, limit.amount, str(limit.until)) == ("approve_loan", Decimal("500000.5"), "2027-01-31")
        assert session.scalars(sa.select(StaffRelation.customer)).all() == ["C-000123"]
        assert session.scalars(sa.select(PersonRegion.region)).all() == ["柳林镇"]


def test_people_and_units_change(loanflow, sqlite_database):
    for name, under in (("一支行", ()), ("二支行", ()), ("分理处", ("--under", "一支行"))):
        assert loanflow("unit", "add", name, *under).exit_code == 0
    assert loanflow("user", "add", "li", "--password", "long enough").exit_code == 0
    assert loanflow("unit", "rename", "分理处", "城南分理处").exit_code == 0
    assert loanflow("unit", "list").stdout.splitlines() == ["总部", "  一支行", "    城南分理处", "  二支行"]
    assert json.loads(loanflow("unit", "list", "--json").stdout)[2] == {"name": "城南分理处", "under": "一支行"}
    change = ("user", "change", "li", "--name", "李", "--unit", "二支行", "--password-stdin")
    assert loanflow(*change, stdin="another one\n").exit_code == 0
    assert loanflow("user", "disable", "li").exit_code == 0
    assert loanflow("user", "enable", "li").exit_code == 0
    with sqlite_database.reading() as session:
        person = find_person(session, "li")
        assert (person.title, person.unit.name, person.disabled) == ("李", "二支行", False)
        assert verify_password(person.password_hash, "another one")


def test_the_house_is_called_as_the_settings_say_until_it_is_renamed(loanflow, sqlite_database, monkeypatch):
    monkeypatch.setenv("LOANFLOW_INSTITUTION", "禾川村镇银行")

    def called():
        with sqlite_database.reading() as session:
            return institution(session)

    assert loanflow("init").exit_code == 0
    assert called() == "禾川村镇银行"
    assert loanflow("unit", "rename", "禾川村镇银行", "禾川农商银行").exit_code == 0
    assert loanflow("init").exit_code == 0
    assert called() == "禾川农商银行"


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "add", "li", "--password", "1234567"),
        ("user", "add", "li"),
        ("user", "add", "li", "--password", "12345678", "--password-stdin"),
        ("user", "add", "li", "--password", "12345678", "--unit", "nowhere"),
        ("user", "add", "a b", "--password", "12345678"),
        ("user", "add", "li", "--password", "12345678", "--name", "x" * 101),
        ("unit", "add", "no UTF-8: \udcff"),
        ("user", "disable", "ghost"),
        ("role", "grant", "ghost", "clerk"),
        ("unit", "add", "总部"),
        ("unit", "add", "x", "--under", "nowhere"),
        ("unit", "rename", "nowhere", "x"),
        ("unit", "rename", "总部", " "),
        ("user", "change", "ghost", "--name", "x"),
        ("user", "change", "ghost"),
        ("user", "enable", "ghost"),
        ("authority", "set", "ghost", "p", "1"),
        ("authority", "set", "ghost", "p", "NaN"),
        ("authority", "set", "ghost", "p", "1.001"),
        ("authority", "set", "ghost", "p", "1", "--until", "tomorrow"),
        ("relate", "ghost", "C-1"),
        ("regions", "ghost", "柳林镇"),
        ("regions", "ghost", " "),
        ("check", "/nowhere"),
        ("deploy",),
        ("serve", "--port", "0"),
        ("audit", "verify", "--instance", "00000000-0000-0000-0000-000000000000"),
        ("nonsense",),
        (),
    ],
)
def test_usage_and_broken_input_end_with_2_and_say_so(loanflow, arguments):
    loanflow("init")
    result = loanflow(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_eight_characters_are_enough_and_nothing_else_is_asked(loanflow):
    assert loanflow("user", "add", "li", "--password", "aaaaaaaa").exit_code == 0


def test_check_finds_without_settings(package, monkeypatch, loanflow):
    monkeypatch.delenv("LOANFLOW_DATABASE_URL")
    warned = loanflow("check", package, "--json")
    assert warned.exit_code == 0
    findings = json.loads(warned.stdout)["findings"]
    assert {finding["level"] for finding in findings} == {"warning"}
    assert set(findings[0]) == {"rule", "level", "file", "element", "line", "message"}
    (package / "wrong.bpmn").write_text(process("wrong", user_task("do", "stranger")))
    wrong = loanflow("check", package)
    assert wrong.exit_code == 1
    assert "wrong.bpmn" in wrong.stdout


def test_check_reads_zips_and_refuses_what_is_no_package(tmp_path, loanflow):
    (tmp_path / "p.zip").write_bytes(as_zip(REVIEW))
    assert loanflow("check", tmp_path / "p.zip").exit_code == 0
    (tmp_path / "bad.zip").write_text("no zip")
    bad = loanflow("check", tmp_path / "bad.zip", "--json")
    assert bad.exit_code == 2
    [finding] = json.loads(bad.stdout)["findings"]
    assert (finding["rule"], finding["level"]) == ("package", "error")


def test_deploy_prints_key_and_version(package, loanflow):
    first = loanflow("deploy", package)
    assert first.exit_code == 0
    assert "review 1" in first.stdout.splitlines()
    assert loanflow("deploy", package).stdout == first.stdout
    (package / "review.bpmn").write_text(process("review", user_task("do", "clerk")))
    assert "review 2" in loanflow("deploy", package).stdout.splitlines()
    (package / "review.bpmn").write_text(process("review", user_task("do", "stranger")))
    refused = loanflow("deploy", package)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "stranger" in refused.stderr


def test_scenarios_pass_or_fail(package, monkeypatch, loanflow):
    monkeypatch.delenv("LOANFLOW_DATABASE_URL")
    scenario = {
        "name": "prepared",
        "process": "review",
        "start_at": "2026-03-02T09:00:00+08:00",
        "people": {"li": ["clerk"]},
        "start": {"as": "li"},
        "steps": [{"complete": "prepare", "as": "li"}],
        "expect": {"state": "running", "visited": ["prepare"]},
    }
    written(package, {"scenarios/01.yaml": json.dumps(scenario)})
    passed = loanflow("scenario", "run", package / "scenarios", "--json")
    report = json.loads(passed.stdout)
    assert (passed.exit_code, report["passed"], report["failed"]) == (0, 1, 0)
    assert "prepare" in report["coverage"]["elements"]["visited"]
    written(package, {"scenarios/02.yaml": json.dumps({**scenario, "expect": {"state": "completed"}})})
    failed = loanflow("scenario", "run", package)
    assert failed.exit_code == 1
    assert "1 passed, 1 failed" in failed.stdout


def test_audit_names_the_first_altered_event(package, loanflow, sqlite_database):
    loanflow("deploy", package)
    loanflow("user", "add", "li", "--password", "long enough", "--role", "clerk")
    house = make_house(read_settings(os.environ))
    with house.step() as step:
        case = cases.start(step, "review", actors.load(step.session, "li"), {"note": "first"})
    house.sessions.engine.dispose()
    assert loanflow("audit", "verify").exit_code == 0
    with sqlite_database.writing.begin() as session:
        session.execute(sa.update(CaseEvent).values(actor="somebody else"))
    for arguments in ((), ("--instance", case.id)):
        altered = loanflow("audit", "verify", *arguments)
        assert altered.exit_code == 1
        assert f"{case.id}: event 1" in altered.stdout


def test_operations_are_listed(monkeypatch, loanflow):
    monkeypatch.delenv("LOANFLOW_DATABASE_URL")
    listed = json.loads(loanflow("operations", "--json").stdout)["operations"]
    [disburse] = [item for item in listed if item["name"] == "loan.disburse"]
    assert {"inputs", "outputs", "errors", "title"} <= set(disburse)
    assert "loan.disburse" in loanflow("operations").stdout


def test_init_may_be_repeated(loanflow):
    assert loanflow("init").exit_code == loanflow("init").exit_code == 0


def test_a_database_that_nobody_made_ready_is_named(loanflow, monkeypatch, tmp_path):
    monkeypatch.setenv("LOANFLOW_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    result = loanflow("user", "list")
    assert result.exit_code == 2
    assert "loanflow init" in result.stderr


@pytest.mark.parametrize("command", [("init",), ("user", "list")])
@pytest.mark.parametrize("url", ["nonsense", "mysql://127.0.0.1/x", "sqlite:///{}/file/x.db", "sqlite:///{}/file"])
def test_what_is_no_database_is_told_with_2(loanflow, monkeypatch, tmp_path, command, url):
    (tmp_path / "file").write_text("neither a folder nor a database, and long enough for the header" * 20)
    monkeypatch.setenv("LOANFLOW_DATABASE_URL", url.format(tmp_path))
    result = loanflow(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "database" in result.stderr or "URL" in result.stderr


def test_a_data_folder_that_cannot_be_made_is_told_with_2(loanflow, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LOANFLOW_DATA_DIR", str(tmp_path / "file" / "x"))
    result = loanflow("serve")
    assert result.exit_code == 2
    assert "LOANFLOW_DATA_DIR" in result.stderr


@pytest.mark.parametrize("name", ["LOANFLOW_DATABASE_URL", "LOANFLOW_SECRET_KEY", "LOANFLOW_DATA_DIR"])
def test_serve_names_the_setting_that_it_lacks(loanflow, monkeypatch, name):
    monkeypatch.delenv(name)
    result = loanflow("serve")
    assert result.exit_code == 2
    assert name in result.stderr


def test_serve_refuses_while_demo_people_can_sign_in(loanflow, sqlite_database):
    loanflow("user", "add", "li", "--password", "long enough")
    with sqlite_database.writing.begin() as session:
        find_person(session, "li").demo = True
    refused = loanflow("serve")
    assert refused.exit_code == 2
    assert "loanflow user disable" in refused.stderr
    loanflow("user", "disable", "li")
    with sqlite_database.reading() as session:
        assert not demo_people_can_sign_in(session)


@pytest.mark.parametrize(
    ("demo", "public", "wanted", "expected"),
    [
        (True, False, "0.0.0.0", "127.0.0.1"),
        (True, False, "example.org", "127.0.0.1"),
        (True, False, "::1", "::1"),
        (True, False, "localhost", "localhost"),
        (True, True, "0.0.0.0", "0.0.0.0"),
        (False, False, "0.0.0.0", "0.0.0.0"),
    ],
)
def test_a_demonstration_listens_on_this_machine_only(demo, public, wanted, expected):
    assert listening_host(Settings(demo=demo, demo_public=public), wanted) == expected
    assert listening_host(Settings(demo=demo, demo_public=public, host=wanted), None) == expected


def test_demo_mode_lets_demo_people_in():
    refuse_open_demo(Settings(demo=True), None)


def test_help_imports_no_command():
    code = "import sys; from loanflow.cli import main\ntry: main(['--help'])\nfinally: print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "Exit status" in shown.stdout
    assert "sqlalchemy" not in shown.stdout
    assert "flask" not in shown.stdout


@pytest.mark.parametrize("command", ["calc", "decide"])
def test_calculating_imports_neither_web_nor_database(command):
    code = f"import sys; from loanflow.cli import cli; cli.get_command(None, {command!r}); print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "'flask'" not in shown.stdout
    assert "'sqlalchemy'" not in shown.stdout


def test_a_deputy_is_arranged_listed_and_ended(loanflow):
    assert loanflow("init").exit_code == 0
    for name in ("he", "zhou"):
        loanflow("user", "add", name, "--password", "long enough")
    days = ("--from", "2026-01-01", "--until", "2099-12-31", "--reason", "年休假")
    made = loanflow("deputy", "set", "he", "zhou", *days)
    assert (made.exit_code, made.stdout.strip()) == (0, "1")
    listed = json.loads(loanflow("deputy", "list", "--json").stdout)
    assert [(row["person"], row["deputy"], row["until"]) for row in listed] == [("he", "zhou", "2099-12-31")]
    assert loanflow("deputy", "set", "he", "zhou", *days).exit_code == 2
    assert loanflow("deputy", "end", "1").exit_code == 0
    assert loanflow("deputy", "list").stdout == ""
