"""Setting products up: proposing a version of a product, and a second person's decision on it (INT-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from engine.errors import Conflict, EngineError, Invalid
from engine.service import actors
from models.loans import DAY_COUNTS
from models.products import PROPOSAL_STATES, Product
from models.queries import staff
from models.queries.paging import BadCursor, fetch_page
from models.queries.products import PROPOSED_LAST_FIRST, find_proposal, latest_product, proposals
from operations import product_desk
from web.context import actor, person, reading, step
from web.pages.acting import act
from web.pages.addresses import here, wanted
from web.pages.contract_words import guarantee_words
from web.pages.loans import method_words
from web.pages.moments import money, now
from web.pages.shell import is_staff

blueprint = Blueprint("product_desk", __name__, url_prefix="/products")

_PAGE = 20
_AMOUNTS, _WHOLE = ("min_amount", "max_amount"), ("min_term_months", "max_term_months", "approval_days")


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff():
        abort(404)


@blueprint.get("/proposals")
def index() -> ResponseReturnValue:
    """Proposals, the latest first; `?state=` narrows them."""
    state = wanted("state", 12)
    if state is not None and state not in PROPOSAL_STATES:
        abort(400)
    try:
        page = fetch_page(reading(), proposals(state), PROPOSED_LAST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "products/proposals.html",
        rows=page.items,
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
        state=state,
        states=state_words(),
        titles=staff.titles_of(reading(), [row.proposed_by for row in page.items]),
        may_propose=product_desk.may_propose(reading(), actor()),
    )


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form of a new product."""
    return _form_page(None, {"day_count": DAY_COUNTS[0]}, {})


@blueprint.get("/<code>/propose")
def change(code: str) -> ResponseReturnValue:
    """The form of a product's next version, as the last one stands."""
    last = latest_product(reading(), code) or abort(404)
    return _form_page(last, _as_written(last), {})


@blueprint.post("/proposals")
def propose() -> ResponseReturnValue:
    """Proposes a version."""
    code = request.form.get("code", "").strip()
    last = latest_product(reading(), code) if "known" in request.form else None
    written: dict[str, Any] = {**request.form.to_dict(), **{t: request.form.getlist(t) for t in product_desk.OFFERED}}
    given, errors = _read(written)
    if last is None and "known" not in request.form and latest_product(reading(), code) is not None:
        errors["code"] = gettext("这个代码已有产品，请在产品页上改")
    if not errors:
        try:
            with step() as s:
                made = product_desk.propose(s, actors.load(s.session, person().name), code, given).id
        except Invalid as invalid:
            errors = {field: _words(field, str(told[0])) for field, told in invalid.errors.items()}
        except Conflict:
            errors = {"code": gettext("这个产品已有一份方案等待批准")}
        else:
            flash(gettext("方案已提交，等待另一人批准"), "ok")
            return redirect(url_for("product_desk.show", proposal_id=made))
    return _form_page(last, written, errors), 422


@blueprint.get("/proposals/<int:proposal_id>")
def show(proposal_id: int) -> ResponseReturnValue:
    """One proposal beside the version that it follows."""
    proposal = find_proposal(reading(), proposal_id) or abort(404)
    last = latest_product(reading(), proposal.code)
    before = said_terms(_of_version(last)) if last is not None else {}
    after = said_terms(product_desk.terms_of(proposal))
    own = proposal.proposed_by == actor().name
    return render_template(
        "products/proposal.html",
        proposal=proposal,
        rows=[(label, before.get(label, "—"), words) for label, words in after.items()],
        last=last,
        states=state_words(),
        titles=staff.titles_of(reading(), [proposal.proposed_by, proposal.decided_by]),
        own=own,
        may_approve=product_desk.may_approve(reading(), actor()),
    )


@blueprint.post("/proposals/<int:proposal_id>/<do>")
def decide(proposal_id: int, do: str) -> ResponseReturnValue:
    """Approves, refuses or withdraws a proposal."""
    said = {
        "approve": gettext("已批准，自生效日起在办"),
        "refuse": gettext("已退回"),
        "withdraw": gettext("方案已撤回"),
    }
    if do not in said:
        abort(404)

    def change(s: Any, who: Any) -> None:
        proposal = find_proposal(s.session, proposal_id) or abort(404)
        product_desk.decide(s, who, proposal, do, request.form.get("remarks", ""))

    return act(change, said[do], lambda: url_for("product_desk.show", proposal_id=proposal_id), _refusal)


def _refusal(error: EngineError) -> str | None:
    if isinstance(error, Conflict):
        if "own proposal" in str(error):
            return gettext("自己提的方案不能自己批准，请另一人批准。")
        return gettext("没有改动：方案已不在这个状态，或产品已有更新的版本。")
    if isinstance(error, Invalid):
        past = "valid_from" in error.errors
        return gettext("生效日已过，请重新提方案。") if past else gettext("退回须写明原因（1,000 字以内）。")
    return None


def state_words() -> dict[str, str]:
    """What the states of a proposal are called."""
    return {
        "proposed": gettext("待批准"),
        "approved": gettext("已批准"),
        "refused": gettext("已退回"),
        "withdrawn": gettext("已撤回"),
    }


def said_terms(terms: Mapping[str, Any]) -> dict[str, str]:
    """Terms as people read them, by their labels."""
    kinds = {"person": gettext("个人"), "company": gettext("企业")}

    def listed(topic: str, words: Mapping[str, str]) -> str:
        return gettext("、").join(text for value, text in words.items() if value in terms[topic])

    return {
        gettext("中文名称"): terms["title_zh"],
        gettext("英文名称"): terms["title_en"],
        gettext("对象"): listed("customer_kind", kinds),
        gettext("金额"): gettext(
            "%(from)s 至 %(to)s 元", **_span(money(terms["min_amount"]), money(terms["max_amount"]))
        ),
        gettext("期限"): gettext(
            "%(from)s 至 %(to)s 个月", **_span(terms["min_term_months"], terms["max_term_months"])
        ),
        gettext("年利率"): f"{_shown(terms['annual_rate'] * 100)}%",
        gettext("计息基础"): terms["day_count"],
        gettext("还款方式"): listed("repayment_method", method_words()),
        gettext("担保方式"): listed("guarantee_kind", guarantee_words()),
        gettext("办理条件"): terms["conditions"] or "—",
        gettext("批复有效期"): ngettext("%(num)d 天", "%(num)d 天", terms["approval_days"]),
        gettext("生效日"): terms["valid_from"].isoformat(),
        gettext("停办日"): terms["withdrawn_on"].isoformat() if terms["withdrawn_on"] else "—",
    }


def _span(least: Any, most: Any) -> dict[str, Any]:
    return {"from": least, "to": most}


def _of_version(product: Product) -> dict[str, Any]:
    names = (*_AMOUNTS, *_WHOLE, "title_zh", "title_en", "annual_rate", "day_count", "conditions")
    terms = {name: getattr(product, name) for name in (*names, "valid_from", "withdrawn_on")}
    return terms | {topic: sorted(product.offered(topic)) for topic in product_desk.OFFERED}


def _as_written(product: Product) -> dict[str, Any]:
    """A version as the form shows it; the next one's days are to be chosen anew."""
    terms = _of_version(product) | {"code": product.code, "valid_from": "", "withdrawn_on": ""}
    terms["annual_rate"] = _shown(product.annual_rate * 100)
    return terms | {name: _shown(terms[name]) for name in _AMOUNTS}


def _shown(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _read(written: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says as a proposal takes it, and what cannot be read, in words by field."""
    given: dict[str, Any] = {topic: written[topic] for topic in product_desk.OFFERED}
    errors: dict[str, str] = {}
    for name in (*_AMOUNTS, "annual_rate"):
        try:
            given[name] = Decimal(str(written.get(name, "")).replace(",", "").strip())
            if not given[name].is_finite() or abs(given[name]) >= 10**13 or given[name] != round(given[name], 4):
                raise InvalidOperation
        except InvalidOperation:
            errors[name] = gettext("请写数字，如 120,000 或 6.85")
    for name in _WHOLE:
        text = str(written.get(name, "")).strip()
        if text.isascii() and text.isdigit() and len(text) < 6:
            given[name] = int(text)
        else:
            errors[name] = gettext("请写整数")
    for name, needed in (("valid_from", True), ("withdrawn_on", False)):
        text = str(written.get(name, "")).strip()
        given[name] = None
        if text or needed:
            try:
                given[name] = dt.date.fromisoformat(text)
            except ValueError:
                errors[name] = gettext("请选日期")
    if "annual_rate" in given and "annual_rate" not in errors:
        given["annual_rate"] = given["annual_rate"] / 100
    for name in ("title_zh", "title_en", "conditions", "day_count"):
        given[name] = str(written.get(name, "")).replace("\r\n", "\n").strip()
    given["conditions"] = given["conditions"] or None
    return given, errors


def _words(field: str, why: str) -> str:
    known = {
        ("code", "code"): gettext("2 至 64 个小写字母、数字或下划线，字母开头"),
        ("valid_from", "past"): gettext("生效日不能早于今天"),
        ("valid_from", "order"): gettext("生效日须晚于上一版的生效日"),
        ("withdrawn_on", "order"): gettext("停办日须晚于生效日"),
        ("max_amount", "order"): gettext("不能小于最低金额"),
        ("max_term_months", "order"): gettext("不能短于最短期限"),
    }
    usual = {
        "required": gettext("至少选一项"),
        "length": gettext("不能空着，也不能太长"),
        "range": gettext("这个数不在允许范围内"),
    }
    return known.get((field, why)) or usual.get(why, gettext("请重新填写"))


def _form_page(last: Product | None, written: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    if not product_desk.may_propose(reading(), actor()):
        abort(403)
    return render_template(
        "products/propose.html",
        last=last,
        written=written,
        errors=errors,
        kinds=[("person", gettext("个人"), ""), ("company", gettext("企业"), "")],
        methods=[(value, words, "") for value, words in method_words().items()],
        guarantees=[(value, words, "") for value, words in guarantee_words().items()],
        day_counts=DAY_COUNTS,
        today=now().date().isoformat(),
    )
