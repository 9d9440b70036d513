"""Signing in and out, one's own password, and the language of the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, login_required

from models.passwords import PasswordTooShort
from models.people import Person
from web.context import person, settings, step
from web.language import LANGUAGES, SESSION_KEY
from web.security import sessions
from web.security.limits import TooManyFailures
from web.security.signin import WrongCredentials, change_own_password, check_credentials

blueprint = Blueprint("account", __name__)


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The page for signing in; whoever is signed in already goes on."""
    if current_user.is_authenticated:
        return redirect(_next())
    return _sign_in_page()


@blueprint.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Checks name and password, and goes to the page that was wanted."""
    name = request.form.get("name", "").strip()
    try:
        known = check_credentials(name, request.form.get("password", ""))
    except WrongCredentials:
        return _sign_in_page(name, gettext("用户名或密码不对。忘记密码请找管理员重设。")), 401
    except TooManyFailures as refused:
        words = gettext("尝试次数过多，请 %(seconds)s 秒后再试。", seconds=refused.retry_after)
        return _sign_in_page(name, words), 429, {"Retry-After": str(refused.retry_after)}
    sessions.sign_in(known)
    return redirect(_next())


@blueprint.post("/sign-out")
@login_required
def leave() -> ResponseReturnValue:
    """Ends the session of this browser."""
    sessions.sign_out()
    flash(gettext("已退出。"), "ok")
    return redirect(url_for("account.sign_in"))


@blueprint.get("/password")
@login_required
def password() -> ResponseReturnValue:
    """The form for one's own password."""
    return render_template("account/password.html", errors={})


@blueprint.post("/password")
@login_required
def change_password() -> ResponseReturnValue:
    """Sets a new password; other browsers and tokens of the person are signed out."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    errors: dict[str, Any] = {}
    if new != request.form.get("again", ""):
        errors["again"] = gettext("两次输入的新密码不一样。")
    if not errors:
        try:
            changed = change_own_password(person(), old, new)
        except WrongCredentials:
            errors["old"] = gettext("现在的密码不对。")
        except PasswordTooShort:
            errors["new"] = gettext("至少 8 个字符。")
        except TooManyFailures as refused:
            errors["old"] = gettext("尝试次数过多，请 %(seconds)s 秒后再试。", seconds=refused.retry_after)
    if errors:
        return render_template("account/password.html", errors=errors), 422
    sessions.sign_in(changed)
    flash(gettext("密码已修改，其他地方的登录已退出。"), "ok")
    return redirect(url_for("inbox.mine"))


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    """Switches the language of this browser, and remembers it for the person."""
    chosen = request.form.get("locale", "")
    if chosen not in LANGUAGES:
        abort(400)
    session[SESSION_KEY] = chosen
    if current_user.is_authenticated and person().language != chosen:
        with step() as s:
            s.session.get_one(Person, current_user.person.id).language = chosen
    return redirect(sessions.safe_next(request.form.get("next"), url_for("inbox.mine")))


def _next() -> str:
    return sessions.safe_next(request.values.get("next"), url_for("inbox.home"))


def _sign_in_page(name: str = "", error: str = "") -> str:
    wanted = sessions.safe_next(request.values.get("next"), "")
    return render_template("account/sign_in.html", name=name, error=error, next=wanted, demo=settings().demo)
