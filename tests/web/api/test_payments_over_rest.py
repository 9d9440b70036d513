"""Paying out over REST: by whom, once, what a failure undoes; finance's two people; draws at once (DIS-1 to DIS-3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from tests.web.api.test_loan_over_rest import Replay, origination

CHECKED_1 = {f"check_1_{what}": "yes" for what in ("contract", "titles", "conditions", "account")}
CHECKED_2 = {f"check_2_{what}": "yes" for what in ("contract", "titles", "conditions", "account")}
SECOND = {**CHECKED_2, "check_2": "pass"}


@pytest.fixture
def package():
    return origination()


@pytest.fixture
def replay(package, settings):
    """`replay("80_paid_by_hand", "clarify_payment")`: a scenario until a step is to be completed."""

    def begin(name, before=None, sessions=None):
        played = Replay(name, package, settings, sessions)
        played.run(before)
        return played

    return begin


def loans_of(case, reader="eyes"):
    return case.as_(reader).get("/loans").json["items"]


def test_a_payment_by_hand_counts_when_a_second_person_of_finance_has_seen_the_receipt(replay):
    case = replay("80_paid_by_hand", "clarify_payment")
    [loan] = loans_of(case)
    payments = f"/loans/{loan['id']}/payments"
    [order] = case.as_("kuai").get(payments).json["items"]
    assert (loan["status"], order["state"], order["bank_reference"]) == ("paying", "waiting", None)
    assert case.as_("kuai").get(f"/loans/{loan['id']}/papers/payment").status_code == 404  # it is entrusted to nobody
    said = {"clarified_as": "paid", "bank_reference": "HD-20260306-201"}
    for stranger in ("hong", "wang", "qian"):
        assert case.post_complete("clarify_payment", {"as": stranger, "form": said}).json["rule"] == "not_a_candidate"
    once = {"Idempotency-Key": "clarify-1"}
    answers = [case.post_complete("clarify_payment", {"as": "cai", "form": said}, once) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text
    assert case.as_("kuai").get(payments).json["items"][0]["state"] == "waiting"
    yes = {"payment_confirmed": "yes"}
    for who, rule in (("cai", "separation_of_duties"), ("hong", "not_a_candidate")):
        assert case.post_complete("confirm_payment", {"as": who, "form": yes}).json["rule"] == rule
    missing = case.post_complete("confirm_payment", {"as": "lei", "form": {}})
    assert (missing.status_code, list(missing.json["errors"])) == (422, ["payment_confirmed"])
    once = {"Idempotency-Key": "confirm-1"}
    answers = [case.post_complete("confirm_payment", {"as": "lei", "form": yes}, once) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    other = case.post_complete("confirm_payment", {"as": "lei", "form": {"payment_confirmed": "no"}}, once)
    assert other.status_code == 422
    [order] = case.as_("kuai").get(payments).json["items"]
    assert (order["state"], order["bank_reference"], order["amount"]) == ("paid", "HD-20260306-201", 180000)
    assert loans_of(case)[0]["status"] == "active"
    books = case.as_("kuai").get(f"/loans/{loan['id']}/postings").json
    assert [entry["kind"] for entry in books["items"]] == ["disbursement", "payment"]
    assert books["differences"] == []


def test_a_payment_that_failed_is_undone_in_the_books_and_becomes_work_of_finance(replay):
    case = replay("71_payment_failed_and_corrected", "correct_payment")
    [loan] = loans_of(case)
    [order] = case.as_("cai").get(f"/loans/{loan['id']}/payments").json["items"]
    assert (loan["status"], order["state"]) == ("reversed", "failed")
    assert order["message"]
    books = case.as_("cai").get(f"/loans/{loan['id']}/postings").json
    sums = {}
    for entry in books["items"]:
        for line in entry["postings"]:
            sums[line["account"]] = sums.get(line["account"], Decimal(0)) + line["debit"] - line["credit"]
    assert ([entry["kind"] for entry in books["items"]], set(sums.values())) == (["disbursement", "reversal"], {0})
    assert books["differences"] == []
    assert case.open() == ["correct_payment"]


def test_the_papers_of_a_payout_are_printed_for_who_may_see_the_loan(replay):
    case = replay("37_guaranteed_and_entrusted")
    [loan] = loans_of(case)
    for kind in ("notice", "voucher", "schedule", "payment"):
        answer = case.as_("cai").get(f"/loans/{loan['id']}/papers/{kind}")
        assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert case.as_("cai").get(f"/loans/{loan['id']}/papers/contract").status_code == 404


def test_the_two_checks_of_finance_are_never_by_one_person_whatever_the_road(replay):
    case = replay("38_two_people_in_finance", "finance_check_2")
    first = case.task("finance_check_1")["completed_by"]
    second = case.task("finance_check_2")["id"]
    assert first == "cai"
    at = f"/tasks/{second}"

    def refused(who, path, body):
        answer = case.as_(who).post(path, body)
        assert (answer.status_code, answer.json["rule"]) == (403, "separation_of_duties"), answer.text

    refused("cai", f"{at}/claim", {})
    refused("cai", f"{at}/complete", {"form": SECOND})
    assert case.as_("kuai").post(f"{at}/claim").status_code == 200
    refused("kuai", f"{at}/delegate", {"to": "cai"})
    refused("kuai", f"{at}/transfer", {"to": "cai", "reason": "请代办"})
    days = {"from": "2026-03-02", "until": "2026-03-31", "reason": "休假"}
    stands_in = case.as_("kuai").post("/deputies", {"deputy": "cai", **days})
    assert stands_in.status_code == 201, stands_in.text
    refused("cai", f"{at}/complete", {"form": SECOND})
    assert case.as_("kuai").post(f"{at}/release").status_code == 200
    refused("cai", f"{at}/complete", {"form": SECOND})
    assert case.as_("kuai").post(f"{at}/complete", {"form": SECOND}).status_code == 200
    checks = [case.task(f"finance_check_{n}") for n in (1, 2)]
    assert [check["completed_by"] for check in checks] == ["cai", "kuai"]


def test_of_two_draws_at_once_that_are_together_too_much_one_is_paid(replay, database):
    case = replay("74_drawn_in_parts", "archive", sessions=database)
    [first] = loans_of(case)
    assert first["principal"] == 100000
    wanted = {"contract_no": first["contract"], "draw_amount": 80000, "draw_purpose": "种苗", "use_kind": "business"}
    queried = {"payee_known": "no", "query_no": "ZX-2", "queried_on": "2026-03-06", "docs_complete": "yes"}
    draws = [case.begin("draw", {"as": "hong", "variables": {**wanted, **queried}}) for _ in range(2)]
    assert [draw["variables"]["draw_no"] for draw in draws] == [2, 3]
    assert [draw["business_key"][:2] for draw in draws] == ["DR", "DR"]
    papers = [{"state": "complete", "original_compared": True}] * 2
    passed = {**CHECKED_1, "papers": papers, "check_1": "pass", "disburse_on": "2026-03-06"}
    for draw in draws:
        case.complete("finance_check_1", {"as": "cai", "form": passed, "case": draw["id"]})
    seconds = [case.task("finance_check_2", case=draw["id"])["id"] for draw in draws]
    clients = [case.as_("kuai"), case.as_("lei")]
    together = Barrier(2)

    def finish(client, task):
        together.wait()
        return client.post(f"/tasks/{task}/complete", {"form": SECOND}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(finish, clients, seconds)) == [200, 200]
    case.settle()
    assert sum(loan["principal"] for loan in loans_of(case)) == 180000
    assert sorted(case.open(draw["id"]) for draw in draws) == [["mend_formalities"], ["reconcile_ledger"]]
    eyes = case.as_("eyes")
    [unpaid] = [draw for draw in draws if case.open(draw["id"]) == ["mend_formalities"]]
    assert "未超合同金额" in eyes.get(f"/instances/{unpaid['id']}").json["variables"]["unmet"][0]


def test_an_amount_that_is_too_much_is_refused_when_the_draw_is_asked_for(replay):
    case = replay("74_drawn_in_parts", "archive")
    wanted = {"contract_no": loans_of(case)[0]["contract"], "draw_amount": Decimal("80000.01")}
    rest = {"draw_purpose": "种苗", "use_kind": "business", "payee_known": "no", "query_no": "ZX-2"}
    known = {"queried_on": "2026-03-06", "docs_complete": "yes"}
    draw = case.begin("draw", {"as": "hong", "variables": {**wanted, **rest, **known}})
    assert draw["state"] == "completed"
    assert "可提 80,000.00" in draw["variables"]["draw_refusal"]
