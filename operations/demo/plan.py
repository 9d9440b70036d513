"""Which applications the demonstration holds: who wants what, when it began, and how far it has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from operations.demo.customers import DemoCustomer, customers


@dataclass(frozen=True)
class Application:
    """One application. It is worked on until `stop_at` waits for somebody, or until the end without one.

    A step at which it stops is that of its second review where `mode` is `reconsidered`.

    `mode` is `straight`, or one of the ways in which an application ends otherwise.
    """

    customer: DemoCustomer
    clerk: str
    product: str
    amount: int
    term_months: int
    purpose: str
    guarantee_kind: str
    begun_on: dt.date
    stop_at: str | None = None
    mode: str = "straight"
    guarantor: DemoCustomer | None = None


_CITY, _WILLOW = "lin", "yu"

# customer, clerk, product, amount, months, purpose, guarantee, days ago, stops at, mode
_PLAN: tuple[tuple[int, str, str, int, int, str, str, int, str | None, str], ...] = (
    (0, _WILLOW, "personal_business", 200_000, 24, "购买温室种苗和肥料", "mortgage", 60, None, "straight"),
    (28, _CITY, "sme_working_capital", 1_500_000, 12, "收购原粮周转", "mortgage", 55, None, "straight"),
    (3, _CITY, "personal_consumption", 80_000, 36, "住房装修", "credit", 50, None, "straight"),
    (5, _WILLOW, "personal_business", 120_000, 12, "扩建养殖大棚", "guarantor", 48, None, "straight"),
    (6, _CITY, "personal_consumption", 60_000, 24, "子女教育", "credit", 45, None, "straight"),
    (31, _CITY, "sme_working_capital", 800_000, 12, "采购钢材", "mortgage", 40, None, "straight"),
    (9, _WILLOW, "personal_business", 50_000, 12, "购置农机", "credit", 38, "reconsideration", "refused_by_manager"),
    (10, _CITY, "personal_business", 300_000, 24, "门店进货", "mortgage", 36, None, "refused_at_counter"),
    (11, _WILLOW, "personal_consumption", 40_000, 12, "购买家电", "credit", 34, None, "refused_at_counter"),
    (12, _CITY, "personal_business", 150_000, 12, "运输车辆周转", "mortgage", 9, "archive", "straight"),
    (8, _CITY, "personal_business", 100_000, 12, "购进建材", "mortgage", 13, "correct_payment", "payment_failed"),
    (30, _WILLOW, "sme_working_capital", 450_000, 12, "购置农机", "mortgage", 14, "clarify_payment", "payment_unknown"),
    (10, _CITY, "personal_business", 110_000, 12, "门店改造", "mortgage", 14, "confirm_payment", "payment_by_hand"),
    (32, _CITY, "sme_working_capital", 600_000, 12, "种子收购", "mortgage", 12, "finance_check_2", "straight"),
    (13, _WILLOW, "personal_business", 90_000, 12, "收购果蔬", "credit", 8, "finance_check_1", "straight"),
    (14, _CITY, "personal_consumption", 100_000, 24, "购买车位", "mortgage", 10, "register_collateral", "straight"),
    (15, _WILLOW, "personal_business", 180_000, 24, "果园改造", "mortgage", 9, "sign_contract", "straight"),
    (33, _CITY, "sme_working_capital", 400_000, 12, "设备维修", "mortgage", 9, "legal_review", "straight"),
    (16, _WILLOW, "personal_business", 70_000, 12, "购买饲料", "mortgage", 7, "draft_contract", "conditions"),
    (29, _CITY, "sme_working_capital", 2_500_000, 12, "扩大收购", "mortgage", 7, "vote", "straight"),
    (34, _WILLOW, "sme_working_capital", 2_200_000, 24, "新建生产线", "mortgage", 8, "convene", "straight"),
    (
        35,
        _WILLOW,
        "sme_working_capital",
        900_000,
        12,
        "冷库扩容",
        "mortgage",
        7,
        "general_manager_approval",
        "straight",
    ),
    (4, _CITY, "personal_business", 1_200_000, 24, "扩建民宿", "mortgage", 6, "vote", "straight"),
    (2, _CITY, "personal_consumption", 45_000, 24, "旧房改造", "credit", 9, "dept_review", "reconsidered"),
    (17, _CITY, "personal_business", 110_000, 12, "店面扩张", "mortgage", 6, "manager_approval", "straight"),
    (18, _CITY, "personal_consumption", 50_000, 12, "医疗支出", "credit", 4, "manager_approval", "straight"),
    (19, _WILLOW, "personal_business", 260_000, 24, "土地流转", "mortgage", 6, "compliance_review", "straight"),
    (36, _CITY, "sme_working_capital", 700_000, 12, "车辆更新", "mortgage", 4, "compliance_review", "straight"),
    (20, _CITY, "personal_business", 85_000, 12, "进货周转", "credit", 3, "compliance_review", "straight"),
    (21, _WILLOW, "personal_consumption", 30_000, 12, "举办婚礼", "credit", 5, "dept_review", "straight"),
    (22, _CITY, "personal_business", 140_000, 24, "购买门面", "mortgage", 3, "dept_review", "straight"),
    (37, _WILLOW, "sme_working_capital", 500_000, 12, "年货备货", "mortgage", 3, "propose_terms", "straight"),
    (23, _CITY, "personal_business", 95_000, 12, "装修店铺", "credit", 4, "investigate_b", "straight"),
    (24, _CITY, "personal_business", 210_000, 24, "购置货车", "mortgage", 5, "investigate_a", "straight"),
    (25, _WILLOW, "personal_consumption", 45_000, 12, "购买家具", "credit", 2, "investigate_a", "straight"),
    (38, _WILLOW, "sme_working_capital", 1_200_000, 12, "收购生猪", "mortgage", 2, "investigate_a", "straight"),
    (26, _CITY, "personal_business", 65_000, 12, "小吃店周转", "credit", 1, "query_credit", "straight"),
    (27, _WILLOW, "personal_business", 130_000, 12, "渔具采购", "mortgage", 1, "check_documents", "straight"),
    (39, _CITY, "sme_working_capital", 350_000, 12, "原料采购", "mortgage", 0, "check_documents", "straight"),
    (7, _CITY, "personal_consumption", 25_000, 12, "家庭旅游", "credit", 0, "check_documents", "straight"),
)


def applications(today: dt.date) -> list[Application]:
    """All of them, the oldest first."""
    known = customers()
    planned = [
        Application(
            customer=known[index],
            clerk=clerk,
            product=product,
            amount=amount,
            term_months=months,
            purpose=purpose,
            guarantee_kind=guarantee,
            begun_on=today - dt.timedelta(days=days),
            stop_at=stop_at,
            mode=mode,
            guarantor=known[1] if guarantee == "guarantor" else None,
        )
        for index, clerk, product, amount, months, purpose, guarantee, days, stop_at, mode in _PLAN
    ]
    return sorted(planned, key=lambda application: application.begun_on)
