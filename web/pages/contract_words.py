"""What contracts, their states, templates and papers of securities are called on pages."""

from __future__ import annotations

from flask_babel import gettext

from operations.contracting.filling import Problem
from operations.contracting.word import BadWordTemplate


def kind_words() -> dict[str, str]:
    """Kinds of contracts."""
    return {
        "loan": gettext("借款合同"),
        "guarantee": gettext("保证合同"),
        "mortgage": gettext("抵押合同"),
        "pledge": gettext("质押合同"),
    }


def status_words() -> dict[str, str]:
    """Where a contract stands."""
    return {"draft": gettext("拟定中"), "signed": gettext("已签订"), "void": gettext("已作废")}


def template_state_words() -> dict[str, str]:
    """Where a version of a template stands."""
    return {
        "draft": gettext("草稿"),
        "submitted": gettext("待批准"),
        "approved": gettext("已批准"),
        "withdrawn": gettext("已停用"),
    }


def paper_kind_words() -> dict[str, str]:
    """What of a security ends some day."""
    return {"insurance": gettext("保险"), "valuation": gettext("估价"), "registration": gettext("登记")}


def guarantee_words() -> dict[str, str]:
    """Kinds of guarantee."""
    return {
        "credit": gettext("信用"),
        "guarantor": gettext("保证人"),
        "fund_members": gettext("职工联保"),
        "payroll_account": gettext("工资账户担保"),
        "mortgage": gettext("抵押"),
        "pledge": gettext("质押"),
        "guarantee_company": gettext("担保公司保证"),
        "mortgage_staged": gettext("抵押加阶段性连带责任"),
        "joint_farmers": gettext("农户联保"),
    }


def template_field_words() -> dict[str, str]:
    """What a field of a template, or of a decision on one, has to be, by its name."""
    return {
        "code": gettext("代码以小写字母开头，2 至 64 个小写字母、数字和下划线"),
        "kind": gettext("请选择种类"),
        "title": gettext("标题要有 1 至 200 个字"),
        "binds": gettext("请选择签约方"),
        "in_force_from": gettext("生效日要填，且不早于今天"),
        "remarks": gettext("请写明原因，不超过 2000 字"),
    }


def problem_words(problem: Problem) -> str:
    """What is wrong with a clause, and what to do."""
    words = {
        "none": gettext("至少要有一条条款"),
        "too_many": gettext("条款太多"),
        "title_missing": gettext("缺少标题"),
        "title_twice": gettext("标题重复，请改成不同的标题"),
        "too_long": gettext("内容过长"),
        "text_missing": gettext("缺少正文；由合同岗填写的条款请勾选可填写"),
        "unknown": gettext("没有名为 %(name)s 的要素，请从要素表中选", name=problem.name),
        "braces": gettext("大括号不成对，或者用了不支持的写法"),
        "condition": gettext("条件不是有效的表达式：%(why)s", why=problem.name),
        "condition_name": gettext("条件用了没有的要素 %(name)s", name=problem.name),
    }
    where = gettext("第 %(n)s 条：", n=problem.clause) if problem.clause else ""
    return where + words[problem.code]


def word_problem(problem: BadWordTemplate) -> str:
    """Why a Word file cannot be a template."""
    words = {
        "size": gettext("文件为空或者超过 5 MB"),
        "format": gettext("不是有效的 .docx 文件"),
        "macros": gettext("文件带有宏或者嵌入对象，不能使用"),
        "links": gettext("文件会从别处载入内容，不能使用"),
        "syntax": gettext("模板写法不支持：%(what)s", what=problem.name),
        "unknown": gettext("没有名为 %(name)s 的要素，请从要素表中选", name=problem.name),
    }
    return words[problem.code]
