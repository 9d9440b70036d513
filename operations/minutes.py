"""Minutes of the committee as a document, made from its rows: who came, what was reported, how each voted (REV-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.applications import Application, Opinion
from models.customers import Customer
from models.meetings import AgendaItem, Meeting
from models.queries import staff
from models.queries.meetings import legal_opinion
from models.resolutions import Resolution
from operations.printing import pdf
from operations.printing.writing import percent

_BALLOTS = {"for": "同意", "against": "不同意", "more": "续议", "absent": "缺席"}
_RESULTS = {"approved": "通过", "refused": "未通过", "more_work": "续议", "no_quorum": "未达法定人数，改期再议"}
_RECUSALS = {"declared": "本人声明", "related": "关系登记", "listed": "秘书列明"}
_VIEWS = {"for": "合法可行", "against": "存在法律障碍", "more": "需补充资料"}


def minutes_pdf(session: Session, meeting: Meeting, items: Iterable[AgendaItem], zone: dt.tzinfo) -> bytes:
    """The minutes of a meeting on these items of its agenda; what is still being voted on is named without votes."""
    shown = list(items)
    names = [meeting.secretary, *(member.person for member in meeting.members), *(item.reporter for item in shown)]
    titles = staff.titles_of(session, names)
    recused = {recusal.person for item in shown for recusal in item.recusals}
    voted = {ballot.person for item in shown for ballot in item.ballots if ballot.ballot != "absent"}
    parts: list[dict[str, Any]] = [
        {
            "kind": "facts",
            "rows": [
                ["会议", "会签" if meeting.kind == "circulation" else "贷款审查委员会会议"],
                ["时间", meeting.held_at.astimezone(zone)],
                ["地点", meeting.place],
                ["秘书（记录，无表决权）", titles[meeting.secretary]],
            ],
        },
        {"kind": "section", "text": "出席"},
        {
            "kind": "list",
            "columns": [["委员", 2, "left"], ["席位", 1, "left"], ["到会", 2, "left"]],
            "rows": [
                [
                    titles[member.person],
                    "主任委员" if member.seat == "chair" else "委员",
                    _attendance(member, voted, recused, zone),
                ]
                for member in meeting.members
            ],
        },
    ]
    for item in shown:
        parts += _item(session, item, titles)
    parts.append({"kind": "signatures", "labels": ["主任委员", "秘书"]})
    return pdf(
        "document",
        {
            "title": "贷款审查委员会会议纪要",
            "number": meeting.number,
            "institution": staff.institution(session),
            "parts": parts,
        },
    )


def _attendance(member: Any, voted: set[str], recused: set[str], zone: dt.tzinfo) -> str:
    if member.attended_at is not None:
        return f"签到 {member.attended_at.astimezone(zone):%m-%d %H:%M}"
    if member.person in voted:
        return "已表决"
    return "回避" if member.person in recused else "未到"


def _item(session: Session, item: AgendaItem, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    application = session.get_one(Application, item.application_id)
    customer = session.get_one(Customer, application.customer_id)
    legal = legal_opinion(session, item)
    facts = item.facts
    parts: list[dict[str, Any]] = [
        {"kind": "section", "text": f"议题 {item.n}　{customer.name}（{application.number}）"},
        {
            "kind": "facts",
            "rows": [
                ["申请", f"{application.amount:,.2f} 元，{application.term_months} 个月"],
                ["调查建议", _proposal(facts)],
                ["主要情况", facts.get("main_facts")],
                ["信用等级、风险度", f"{facts.get('rating') or '—'}、{facts.get('risk_degree') or '—'}"],
                *([["复议的新事实", facts["new_facts"]]] if facts.get("new_facts") else []),
                ["报告人（列席）", titles.get(item.reporter or "", item.reporter)],
                ["法律意见（列席，无表决权）", _legal(session, legal)],
                *[
                    ["回避", f"{staff.titles_of(session, [row.person])[row.person]}（{_RECUSALS[row.reason]}）"]
                    for row in item.recusals
                ],
            ],
        },
    ]
    if not item.ballots:
        return [*parts, {"kind": "text", "paragraphs": ["表决尚未结束。"]}]
    parts += [
        {
            "kind": "list",
            "columns": [["委员", 2, "left"], ["表决", 1, "left"], ["理由", 4, "left"], ["附加条件", 3, "left"]],
            "rows": [
                [titles.get(row.person, row.person), _BALLOTS[row.ballot], row.reasons, row.conditions]
                for row in item.ballots
            ],
        },
        {"kind": "text", "paragraphs": [_tally(item), *[words for words in item.discussion.splitlines() if words]]},
    ]
    if item.resolution_id is not None:
        parts += _resolution(session.get_one(Resolution, item.resolution_id), item)
    return parts


def _proposal(facts: Mapping[str, Any]) -> str | None:
    if facts.get("proposed_amount") is None:
        return None
    amount, term, rate = (facts.get(f"proposed_{name}") for name in ("amount", "term", "rate"))
    return f"{amount:,.2f} 元，{term} 个月，年利率 {rate}%"


def _legal(session: Session, opinion: Opinion | None) -> str | None:
    if opinion is None:
        return None
    who = staff.titles_of(session, [opinion.person])[opinion.person]
    return f"{who}：{_VIEWS.get(opinion.opinion, opinion.opinion)}。{opinion.reasons}"


def _tally(item: AgendaItem) -> str:
    count = {kind: sum(row.ballot == kind for row in item.ballots) for kind in _BALLOTS}
    over = "应到委员" if item.counted_over == "members" else "实到委员"
    return (
        f"应到 {item.eligible} 人（不含回避），实到 {item.present} 人，法定 {item.quorum} 人；"
        f"同意 {count['for']} 票，不同意 {count['against']} 票，续议 {count['more']} 票；"
        f"按{over}的 {item.majority_share} 计，须同意 {item.needed} 票。表决结果：{_RESULTS[item.result or '']}。"
    )


def _resolution(resolution: Resolution, item: AgendaItem) -> list[dict[str, Any]]:
    vetoed = item.result == "approved" and resolution.result == "refused"
    rows: list[list[Any]] = [
        ["决议编号", resolution.number],
        ["结论", "否决（总经理行使否决权）" if vetoed else _RESULTS[resolution.result]],
    ]
    if resolution.result == "approved":
        rate = None if resolution.annual_rate is None else percent(resolution.annual_rate)
        rows += [
            ["批准", f"{resolution.amount:,.2f} 元，{resolution.term_months} 个月，年利率 {rate}"],
            ["有效期至", resolution.valid_until],
            *[[f"放款条件 {row.n}", row.text] for row in resolution.conditions],
        ]
    return [{"kind": "section", "text": "决议"}, {"kind": "facts", "rows": rows}]
