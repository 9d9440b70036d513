"""What people of the demonstration write into the forms of loan origination, step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from operations.demo.customers import leader_of
from operations.demo.investigating import credit_record, report
from operations.demo.plan import Application

Answers = dict[str, Any]
CONDITIONS = (
    "办妥抵押物保险，本行为第一受益人",
    "补齐近三个月账户流水",
    "配偶出具共同还款承诺书",
    "土地租赁合同续签五年",
)
"""On what the approval depends whose conditions are shown in every state: open, claimed met, confirmed, waived."""
_RATES = {"personal_business": "6.85", "personal_consumption": "7.2", "sme_working_capital": "5.65"}


def application_form(application: Application) -> Answers:
    """The form at the counter."""
    customer = application.customer
    answers: Answers = {
        "product": application.product,
        "advised": True,
        "customer_kind": customer.kind,
        "customer_name": customer.name,
        "phone": customer.phone,
        "address": customer.address,
        "amount": Decimal(application.amount),
        "term_months": Decimal(application.term_months),
        "use_kind": "consumption" if application.product == "personal_consumption" else "business",
        "repayment_method": "equal_installment",
        "purpose": application.purpose,
        "guarantee_kind": application.guarantee_kind,
    }
    if customer.kind == "person":
        answers |= {"id_number": customer.id_number, "marital_status": "single"}
    else:
        leader = leader_of(customer)
        owner = {"owner_name": leader.name, "owner_id_number": leader.id_number, "owner_share": Decimal(60)}
        answers |= {
            "credit_code": customer.id_number,
            "legal_representative": leader.name,
            "beneficial_owners": [owner],
        }
    if application.guarantee_kind == "mortgage":
        answers["collateral_description"] = f"{customer.address} 房产一处"
    if application.guarantor is not None:
        answers["guarantors"] = [
            {
                "guarantor_customer_kind": "person",
                "guarantor_name": application.guarantor.name,
                "guarantor_id_number": application.guarantor.id_number,
                "guarantor_phone": application.guarantor.phone,
            }
        ]
    return answers


def answer(element: str, application: Application, now: dt.datetime, variables: dict[str, Any]) -> Answers:
    """The form of a step; `now` is local time. Raises `KeyError` for a step that the demonstration does not know."""
    return _ANSWERS[element](application, now, variables)


def _check_documents(application: Application, now: dt.datetime, variables: Answers) -> Answers:
    papers = [_paper_in_order(paper, application.customer.id_number, now) for paper in variables["papers"]]
    answers: Answers = {"papers": papers, "genuine": True, "checked_on": now.date().isoformat()}
    answers["paper_file_held"] = True
    if application.customer.kind == "company":
        answers["owner_identified"] = "yes"
    if application.mode == "refused_at_counter":
        return answers | {
            "intake_decision": "refuse",
            "refusal_code": "entry",
            "refusal_reason": "经营未满一年，不符合准入条件",
            "told_in_person": True,
        }
    return answers | {"intake_decision": "accept"}


def _own_papers(application: Application, now: dt.datetime, variables: Answers) -> Answers:
    return own_papers(application.customer.id_number, now, variables)


def own_papers(id_number: str, now: dt.datetime, variables: Answers) -> Answers:
    """The checklist of a later desk, all there, and the paper file with it."""
    papers = [_paper_in_order(paper, id_number, now) for paper in variables["papers"]]
    return {"papers": papers, "paper_file_held": True}


def _paper_in_order(paper: Answers, id_number: str, now: dt.datetime) -> Answers:
    """What the clerk finds of one paper."""
    if paper["kind"] in ("valuation", "co_owner"):
        return {"state": "not_applicable", "reason": "自有自住，按内部估值"}
    found: Answers = {"state": "complete"}
    if "原件" in paper["requirement"]:
        found["original_compared"] = True
    if paper["valid_days"] is not None:
        found["issued_on"] = (now.date() - dt.timedelta(days=10)).isoformat()
    if paper["kind"] in ("identity", "licence"):
        found["number"] = id_number
    return found


def _interview(application: Application, now: dt.datetime, _variables: Answers) -> Answers:
    guarantor = application.guarantor
    over = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)  # as the form's clock is set
    answers: Answers = {
        "interview_at": (over - dt.timedelta(minutes=40)).isoformat(),
        "interview_place": "营业厅洽谈室",
        "interview_second": "钱伟" if application.clerk == "lin" else "郑红",
        "interview_answers": [
            {"question": "借款用途", "answer": f"用于{application.purpose}，合同与报价单已出示"},
            {"question": "还款来源", "answer": "以经营收入按月归还"},
            {"question": "其他负债和对外担保", "answer": "另有贷款 31,000 元，按月归还；没有对外担保"},
            {"question": "家庭或股东情况", "answer": "本人经营，家庭成员支持贷款"},
            {"question": "与保证人的关系", "answer": f"{guarantor.name}是生意伙伴" if guarantor else "没有保证人"},
        ],
        "interview_view": "所述与申请资料一致，态度配合",
        "signed_in_person": True,
        "applicant_signed_at": over.isoformat(),
    }
    if application.customer.kind == "company":
        answers["interviewee"] = leader_of(application.customer).name
    return answers


def _query_credit(application: Application, now: dt.datetime, _variables: Answers) -> Answers:
    day = now.date().isoformat()
    answers: Answers = {
        "authorisation_no": f"SQ-{now:%Y%m%d}-{application.customer.index:02d}",
        "authorised_on": day,
        "query_no": f"ZX-{now:%Y%m%d}-{application.customer.index:02d}",
        "queried_on": day,
        "outstanding_debt": Decimal(31_000),
        "report_filed": True,
        **credit_record(application),
    }
    if application.customer.kind == "company":
        answers["loan_card_checked"] = "yes"
    if application.guarantor is not None:
        answers["guarantor_record"] = "无不良"
    return answers


def _propose_terms(application: Application, _now: dt.datetime, variables: Answers) -> Answers:
    amount = min(variables["a_amount"], variables["b_amount"])
    answers: Answers = {
        "investigation_view": "for",
        "proposed_amount": amount,
        "proposed_term": Decimal(application.term_months),
        "proposed_rate": Decimal(_RATES[application.product]),
        "proposed_repayment": "equal_installment",
        "charging_method": "interest",
        "main_facts": f"{application.customer.name}，用于{application.purpose}，收入稳定可靠",
        "condition_rows": [{"condition": "办妥抵押物保险"}] if application.customer.kind == "company" else [],
        "first_responsible": True,
    }
    if variables["a_amount"] != variables["b_amount"]:
        answers["difference_reason"] = "取较谨慎的金额"
    return answers


def _terms(application: Application, variables: Answers) -> Answers:
    return {
        "approved_amount": variables["proposed_amount"],
        "approved_term": Decimal(application.term_months),
        "approved_rate": Decimal(_RATES[application.product]),
        "approved_repayment": "equal_installment",
    }


def _approval(application: Application, _now: dt.datetime, variables: Answers) -> Answers:
    if application.mode == "refused_by_manager" or (
        application.mode == "reconsidered" and not variables.get("reconsidered")
    ):
        return {
            "decision": "refuse",
            "approval_reasons": "负债偏高，暂不同意发放",
            "refusal_code": "capacity",
            "refusal_reason": "现有负债偏高，还款能力不足",
        }
    answers = {"decision": "approve", "approval_reasons": "同意调查建议", **_terms(application, variables)}
    if application.mode == "conditions":
        answers["condition_rows"] = [{"condition": words} for words in CONDITIONS]
    return answers


def _convene(_application: Application, now: dt.datetime, _variables: Answers) -> Answers:
    members = [("bai", "chair"), ("cao", "member"), ("ding", "member"), ("feng", "member"), ("jiang", "member")]
    return {
        "meeting_at": _at(now + dt.timedelta(days=1), 14),
        "meeting_place": "三楼会议室",
        "secretary": "mi",
        "committee_rows": [{"sign_in": name, "seat": seat} for name, seat in members],
    }


def _write_minutes(application: Application, now: dt.datetime, variables: Answers) -> Answers:
    return {
        "minuted_on": now.date().isoformat(),
        "minutes": "全体委员到会，充分讨论后同意，附一项条件",
        **_terms(application, variables),
    }


def _extension(*_: Any) -> Answers:
    return {"extension_decision": "grant", "extension_reasons": "情况没有变化，同意延期一次"}


def _at(day: dt.datetime, hour: int) -> str:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


def _draft_contract(application: Application, now: dt.datetime, _variables: Answers) -> Answers:
    second = {"mortgage": ["mortgage"], "guarantor": ["guarantee"]}.get(application.guarantee_kind, [])
    return {
        "contract_kinds": ["loan", *second],
        "contract_start": (now.date() + dt.timedelta(days=2)).isoformat(),
    }


_ACCOUNTS = {
    "payment_failed": "6222029990000004",
    "payment_unknown": "6222029990000006",
    "payment_by_hand": "6222029990000007",
}
"""Accounts for which the recorded bank does not simply pay (`operations.payments.recorded`)."""


def _arrange_signing(application: Application, now: dt.datetime, _variables: Answers) -> Answers:
    return {
        "printed_and_stamped": True,
        "signing_at": _at(now + dt.timedelta(days=3), 15),
        "signing_place": "面签室",
        "things_to_bring": "身份证明、权属证明",
        "receiving_account": _ACCOUNTS.get(application.mode, f"62284800{application.customer.index:08d}"),
        "appointed_witness_1": "hong",
        "payee_known": "no",
    }


def _signer(name: str, id_number: str, kind: str, capacity: str) -> Answers:
    return {
        "signer_name": name,
        "signer_capacity": capacity,
        "signer_paper_kind": "credit_code" if kind == "company" else "resident_id",
        "signer_paper_no": id_number,
        "signer_original": True,
        "signer_signed": True,
    }


def _signers(application: Application) -> list[Answers]:
    borrower, guarantor = application.customer, application.guarantor
    capacities = ["borrower", *(["mortgagor"] if application.guarantee_kind == "mortgage" else [])]
    signers = [_signer(borrower.name, borrower.id_number, borrower.kind, capacity) for capacity in capacities]
    if guarantor is not None:
        signers.append(_signer(guarantor.name, guarantor.id_number, guarantor.kind, "guarantor"))
    return signers


def _sign_contract(application: Application, now: dt.datetime, _variables: Answers) -> Answers:
    answers: Answers = {
        "signing_result": "signed",
        "signers": _signers(application),
        "seals": [{"seal": "合同专用章", "seal_by": "洪岚", "seal_copies": Decimal(3)}],
        "signed_on": now.date().isoformat(),
        "witness_1": "洪岚",
        "identity_checked": True,
        "seals_checked": True,
        "spouse_signature": "no_spouse",
    }
    return answers


def _register_collateral(application: Application, now: dt.datetime, _variables: Answers) -> Answers:
    return {
        "certificate_no": f"（{now:%Y}）不动产证明第 {1000 + application.customer.index:04d} 号",
        "registry_name": "柳林不动产登记中心",
        "registered_on": now.date().isoformat(),
        "collateral_notarised": False,
        "certificate_keeper": "洪岚",
        "registration_applied_on": now.date().isoformat(),
        "registration_rank": Decimal(1),
        "registration_fee": Decimal(80),
        "insurer": "中原财产保险股份有限公司",
        "policy_no": f"PZ{now:%Y}{application.customer.index:06d}",
        "insurance_beneficiary": "禾川村镇银行",
        "insured_amount": Decimal(application.amount) * 2,
        "insured_until": (now.date() + dt.timedelta(days=20 + application.customer.index * 9)).isoformat(),
        "security_appraiser": "柳林房地产评估有限公司",
        "appraisal_report_no": f"估字{now:%Y}-{application.customer.index:03d}",
        "security_value": Decimal(application.amount) * 2,
        "valued_until": (now.date() + dt.timedelta(days=365)).isoformat(),
    }


def _finance(number: int, now: dt.datetime) -> Answers:
    answers: Answers = {f"check_{number}_{what}": "yes" for what in ("contract", "titles", "conditions", "account")}
    answers[f"check_{number}"] = "pass"
    if number == 1:
        answers["disburse_on"] = now.date().isoformat()
    return answers


_ANSWERS: dict[str, Callable[[Application, dt.datetime, Answers], Answers]] = {
    "clear_screening": lambda *_: {
        "hit_judgement": "cleared",
        "screening_reason": "证件号码、住址与名单所列不同，核对原件后排除",
    },
    "check_documents": _check_documents,
    "interview": _interview,
    "query_credit": _query_credit,
    "investigate_a": lambda application, now, _: report("a", application, now),
    "investigate_b": lambda application, now, _: report("b", application, now),
    "propose_terms": _propose_terms,
    "dept_review": lambda *_: {"dept_decision": "forward", "dept_reasons": "报告完整，同意移交"},
    "compliance_review": lambda application, now, variables: {
        **_own_papers(application, now, variables),
        "docs_complete": "yes",
        "purpose_compliant": "yes",
        "related_party": "no",
        "limits_kept": "yes",
        "compliance_decision": "pass",
        "compliance_reasons": "资料齐全，用途合规",
    },
    "manager_approval": _approval,
    "reconsideration": lambda _application, now, _: {
        "explained_on": now.date().isoformat(),
        "asks_reconsideration": True,
        "new_facts": "新增共同借款人，收入证明已核原件",
    },
    "general_manager_approval": _approval,
    "convene": _convene,
    "vote": lambda *_: {"vote": "for", "vote_reasons": "情况清楚，同意发放"},
    "legal_opinion": lambda *_: {"legal_view": "for", "legal_reasons": "抵押权属清晰，交易合法"},
    "write_minutes": _write_minutes,
    "confirm_resolution": lambda *_: {"committee_conclusion": "confirm"},
    "draft_contract": _draft_contract,
    "legal_review": lambda *_: {"contract_check": "pass", "contract_check_reasons": "条款合法"},
    "arrange_signing": _arrange_signing,
    "sign_contract": _sign_contract,
    "witness_signing": lambda *_: {"witness_2": "柯明", "signing_witnessed": True},
    "register_collateral": _register_collateral,
    "settle_guarantee": lambda application, now, _: {
        "guarantee_letter_no": f"BZ-{now:%Y}-{application.customer.index}",
        "guarantee_issuer": application.guarantor.name if application.guarantor else "",
        "guarantee_signed_on": now.date().isoformat(),
    },
    "confirm_conditions": lambda *_: {"confirmation_view": "confirm", "confirmation_reasons": "保单原件与受益人已核对"},
    "ask_extension": lambda *_: {
        "extension_request": "ask",
        "extension_request_reasons": "登记排期较晚，客户情况没有变化",
    },
    "extend_by_manager": _extension,
    "extend_by_general_manager": _extension,
    "fulfil_conditions": lambda *_: {"fulfilled": ["办妥抵押物保险"], "fulfilment_note": "保单原件已交"},
    "hand_over_contracts": _own_papers,
    "finance_check_1": lambda application, now, variables: _finance(1, now) | _own_papers(application, now, variables),
    "finance_check_2": lambda _application, now, _: _finance(2, now),
    "clarify_payment": lambda _application, now, _: {
        "clarified_as": "paid",
        "bank_reference": f"HD-{now:%Y%m%d}-201",
        "clarification_note": "柜面转账，回单已收",
    },
    "reconcile_ledger": lambda *_: {},
    "archive": lambda *_: {
        "archive_location": "一号库房 3 架 2 层",
        "archive_room": "一号库房",
        "archive_shelf": "3",
        "archive_box": "2",
        "archive_list": ["application", "investigation", "approval", "contract", "voucher"],
        "bound": True,
        "handed_over_by": "蔡敏",
    },
}
