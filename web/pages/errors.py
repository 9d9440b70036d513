"""What went wrong, as a page in the house style, or, for scripts, as the same problem with words in their language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user

from web.api.problems import draw_problem
from web.errors import Problem
from web.pages.shell import BARE

_WORDS: dict[int, tuple[Any, Any]] = {
    400: (lazy_gettext("地址或内容不完整"), lazy_gettext("请检查地址，或回到上一页再试一次。")),
    401: (lazy_gettext("请先登录"), lazy_gettext("登录已过期，或还没有登录。")),
    403: (lazy_gettext("这里不归您的岗位"), lazy_gettext("需要另外的岗位才能打开或办理。")),
    404: (lazy_gettext("没有这一页"), lazy_gettext("可能已经不在，或者不归您的岗位查看。")),
    405: (lazy_gettext("地址或内容不完整"), lazy_gettext("请回到上一页，用页面上的按钮。")),
    409: (lazy_gettext("情况已经变化"), lazy_gettext("别人先一步办理了，请打开最新的页面再看。")),
    413: (lazy_gettext("内容过大"), lazy_gettext("请减小文件后再试。")),
    422: (lazy_gettext("内容有误"), lazy_gettext("请回到上一页改正后再提交。")),
    429: (lazy_gettext("尝试次数过多"), lazy_gettext("请稍后再试。")),
    500: (lazy_gettext("程序出了故障"), lazy_gettext("已记录，您做的上一步没有保存。请稍后再试，或告诉管理员时间。")),
}


def draw_page(problem: Problem) -> ResponseReturnValue:
    """The answer for a person."""
    title, words = _WORDS.get(problem.status) or _WORDS[500 if problem.status >= 500 else 400]
    if problem.detail.startswith("The CSRF"):
        words = gettext("页面放得太久，请重新打开后再提交。")
    if wants_json():
        return draw_problem(replace(problem, detail=f"{title}{gettext('：')}{words}"))
    if problem.status >= 500:
        setattr(g, BARE, True)
    signed_in = problem.status < 500 and current_user.is_authenticated
    page = render_template("errors/problem.html", problem=problem, title=title, words=words, signed_in=signed_in)
    return page, problem.status, problem.headers


def wants_json() -> bool:
    """Whether a script of ours asks, rather than the browser itself."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.is_json
