"""The words of the codes of customer care: prospects, visits, complaints."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext


def visit_kinds() -> Mapping[str, str]:
    """What kinds of visits there are."""
    return {"return": gettext("回访"), "on_site": gettext("现场调查")}


def visit_states() -> Mapping[str, str]:
    """Whether a visit was made."""
    return {"due": gettext("待回访"), "done": gettext("已走访"), "missed": gettext("未联系上")}


def satisfaction() -> Mapping[int, str]:
    """How happy a customer is."""
    return {
        5: gettext("非常满意"),
        4: gettext("满意"),
        3: gettext("一般"),
        2: gettext("不满意"),
        1: gettext("非常不满意"),
    }


def use_as_agreed() -> Mapping[str, str]:
    """Whether money is used as agreed."""
    return {"yes": gettext("是"), "no": gettext("否"), "unclear": gettext("看不出")}


def channels() -> Mapping[str, str]:
    """How a complaint came in."""
    return {
        "counter": gettext("柜面"),
        "phone": gettext("电话"),
        "letter": gettext("信函"),
        "online": gettext("网络"),
        "visit": gettext("回访或走访"),
        "regulator": gettext("监管转来"),
    }


def complaint_kinds() -> Mapping[str, str]:
    """What complaints are about."""
    return {
        "service": gettext("服务质量"),
        "fee": gettext("收费"),
        "contract": gettext("合同与还款"),
        "collection": gettext("催收"),
        "conduct": gettext("员工行为"),
        "privacy": gettext("信息保护"),
        "other": gettext("其他"),
    }


def complaint_states() -> Mapping[str, str]:
    """How far a complaint has come."""
    return {"open": gettext("处理中"), "answered": gettext("已答复"), "closed": gettext("已总结")}


def conclusions() -> Mapping[str, str]:
    """How a complaint ended."""
    return {
        "upheld": gettext("成立"),
        "partly": gettext("部分成立"),
        "not_upheld": gettext("不成立"),
        "not_admissible": gettext("不予受理"),
    }


def prospect_states() -> Mapping[str, str]:
    """How far one is with a prospect."""
    return {
        "new": gettext("新客户"),
        "talking": gettext("洽谈中"),
        "applied": gettext("已申请"),
        "lost": gettext("已流失"),
    }


def sources() -> Mapping[str, str]:
    """Where prospects come from."""
    return {
        "visit": gettext("走访"),
        "referral": gettext("熟人介绍"),
        "counter": gettext("到店咨询"),
        "phone": gettext("电话咨询"),
        "market": gettext("市场调查"),
        "other": gettext("其他"),
    }


def contact_ways() -> Mapping[str, str]:
    """How one talks to a prospect."""
    return {
        "visit": gettext("上门"),
        "phone": gettext("电话"),
        "message": gettext("短信微信"),
        "counter": gettext("到店"),
    }
