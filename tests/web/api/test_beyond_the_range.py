"""Numbers and days that no row can hold are refused with the field's name, or lead nowhere."""

import pytest

from models.queries.people import grant_role

BEYOND = 2**63


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/webhooks", {"title": "总线", "url": "https://bus.example", "unit": BEYOND}, "unit"),
        ("/weekly-targets", {"person": "wang", "since": "2026-03-02", "prospects": int("9" * 4000)}, "prospects"),
        ("/weekly-targets", {"person": "wang", "since": "2026-03-02", "prospects": 1.5}, "prospects"),
    ],
)
def test_a_number_beyond_the_range_is_told_by_its_field(house, as_, path, body, field):
    with house.step() as step:
        grant_role(step.session, "root", "dept_manager")
    answer = as_("root").post(path, body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


@pytest.mark.parametrize("number", [BEYOND, 10**20])
@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("post", "/authority/limit-proposals/{}/confirm"),
        ("post", "/outbox/{}/send-again"),
        ("get", "/contract-templates/loan/versions/{}/word"),
    ],
)
def test_a_row_number_beyond_the_range_leads_nowhere(as_, call, path, number):
    assert getattr(as_("root"), call)(path.format(number)).status_code == 404


def test_the_last_week_of_the_calendar_is_refused(house, as_):
    with house.step() as step:
        grant_role(step.session, "qian", "dept_manager")
    answer = as_("qian").get("/weekly-targets", week="9999-12-31")
    assert (answer.status_code, list(answer.json["errors"])) == (400, ["week"])


@pytest.mark.parametrize("until", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_an_instant_that_some_zone_cannot_show_is_refused(as_, until):
    case = as_("li").post("/definitions/review/instances", {"variables": {}}).json["id"]
    [task] = as_("li").get(f"/instances/{case}/tasks").json["items"]
    answer = as_("li").post(f"/tasks/{task['id']}/pause", {"reason": "等资料", "until": until})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["until"])
