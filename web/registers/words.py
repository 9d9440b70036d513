"""The words of the codes that registers show. A code without words is shown as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext

from engine.packages import Package
from models.definitions import Definition
from models.products import Product
from models.queries import staff
from models.queries.cases import latest_definitions
from web.context import house, reading
from web.language import language

_FACT = re.compile(r"\{\{[^{}]*\}\}")
_BETWEEN = re.compile(r"\s+")


def application_states() -> Mapping[str, str]:
    """How far an application has come."""
    return {
        "registered": gettext("办理中"),
        "approved": gettext("已批准"),
        "refused": gettext("已拒绝"),
        "contracted": gettext("已签约"),
        "not_disbursed": gettext("未放款"),
        "disbursed": gettext("已放款"),
    }


def guarantees() -> Mapping[str, str]:
    """Kinds of guarantee (LEG-5)."""
    return {
        "credit": gettext("信用"),
        "mortgage": gettext("抵押"),
        "pledge": gettext("质押"),
        "guarantor": gettext("保证人"),
        "guarantee": gettext("保证"),
        "guarantee_company": gettext("担保公司保证"),
        "fund_members": gettext("职工联保"),
        "payroll_account": gettext("工资账户担保"),
        "mortgage_staged": gettext("抵押加阶段性连带责任"),
        "joint_farmers": gettext("农户联保"),
    }


def reasons() -> Mapping[str, str]:
    """Why an application was refused or not disbursed."""
    return {
        "entry": gettext("不符合准入条件"),
        "credit": gettext("信用记录不良"),
        "capacity": gettext("还款能力不足"),
        "guarantee": gettext("担保不足"),
        "purpose": gettext("用途不合规"),
        "documents": gettext("资料不实"),
        "policy": gettext("不符合信贷政策"),
        "papers": gettext("资料未补齐"),
        "withdrawn": gettext("客户撤回"),
        "blocked": gettext("命中限制名单"),
        "abandoned": gettext("客户放弃"),
        "lapsed": gettext("批复过期"),
        "other": gettext("其他"),
    }


def stages() -> Mapping[str, str]:
    """At which stage an application ended."""
    return {
        "dept_review": gettext("部门审核"),
        "compliance": gettext("合规审查"),
        "approval": gettext("审批"),
        "committee": gettext("贷审会"),
        "contract": gettext("签约"),
        "disbursement": gettext("放款"),
    }


def title_states() -> Mapping[str, str]:
    """Whether a title is still held."""
    return {"held": gettext("在押"), "released": gettext("已注销")}


def notice_states() -> Mapping[str, str]:
    """Whether a notice has left."""
    return {"waiting": gettext("待发送"), "sent": gettext("已发送")}


def notices() -> Mapping[str, str]:
    """What the packages' notices speak of: their titles without the facts."""
    found: dict[str, str] = {}
    for package in _packages():
        for code, notice in package.notices.items():
            found.setdefault(code, _BETWEEN.sub(" ", _FACT.sub("", notice.title[language()])).strip(" :：·"))
    return found


def recipients() -> Mapping[str, str]:
    """Who is told: the borrower, a role, or a person by sign-in name."""
    found = {"borrower": gettext("借款人")}
    for package in _packages():
        for role, title in package.manifest.role_titles.items():
            found.setdefault(role, title.get(language(), role))
    return found


def _packages() -> list[Package]:
    """The packages whose processes are deployed, each once."""
    rows = reading().scalars(latest_definitions().order_by(Definition.key)).all()
    found = [house().definitions.get(reading(), row.id).package for row in rows]
    return list({id(package): package for package in found}.values())


def export_forms() -> Mapping[str, str]:
    """How a register was taken out."""
    return {"xlsx": gettext("表格"), "print": gettext("打印")}


def responsibilities() -> Mapping[str, str]:
    """How somebody answers for a loss."""
    return {"direct": gettext("直接责任"), "indirect": gettext("间接责任")}


def registers() -> Mapping[str, str]:
    """What the registers are called."""
    from web.registers import REGISTERS

    return {key: str(register.title) for key, register in REGISTERS.items()}


def loan_states() -> Mapping[str, str]:
    """Whether a loan is still owed."""
    return {
        "paying": gettext("付款中"),
        "active": gettext("存续"),
        "settled": gettext("已结清"),
        "reversed": gettext("已冲销"),
    }


def products() -> Mapping[str, str]:
    """The titles of the products, by code; of several versions the latest."""
    title = Product.title_en if language() == "en" else Product.title_zh
    rows = reading().execute(sa.select(Product.code, title).order_by(Product.version))
    return {row[0]: row[1] for row in rows}


def methods() -> Mapping[str, str]:
    """How a loan is repaid."""
    return {
        "equal_installment": gettext("等额本息"),
        "equal_principal": gettext("等额本金"),
        "interest_only": gettext("先息后本"),
        "single": gettext("利随本清"),
        "flat": gettext("等本等息"),
    }


def yes_no() -> Mapping[bool, str]:
    """Yes and no."""
    return {True: gettext("是"), False: gettext("否")}


def institution() -> str:
    """The name of the house."""
    return staff.institution(reading())
