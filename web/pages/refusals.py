"""Why something was refused, in the reader's language: the rule first, then who could do it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from engine.errors import Conflict, EngineError, Forbidden, Invalid, NotFound, Refused
from engine.service.policies import read_past
from models.queries import staff
from models.tasks import Task
from web.context import house, reading
from web.pages import able
from web.pages.vocabulary import Vocabulary

_DUTY_OF_RULE = {
    "separation_of_duties": ("GOV-2",),
    "recusal": ("GOV-1",),
    "authority": ("REV-6",),
}


def words_of(error: EngineError, task: Task | None = None) -> str:
    """One sentence for a person about what the engine refused."""
    if isinstance(error, Refused) and task is not None:
        return rule_words(error, task)
    if isinstance(error, Invalid):
        return _invalid(error)
    if isinstance(error, NotFound):
        return gettext("没有这一项，或者不归您的岗位查看。")
    if isinstance(error, Conflict):
        return gettext("别人先一步改动了，请看最新的情况再办。")
    if isinstance(error, Forbidden):
        return gettext("只有管理员可以办理。")
    return gettext("没有办成：%(why)s", why=str(error))


def rule_words(refused: Refused, task: Task) -> str:
    """The rule that stands against it, with the facts of this case."""
    words = Vocabulary(house().definitions.get(reading(), task.instance.definition_id))
    name = words.text(task.name)
    match refused.rule:
        case "not_open":
            return _no_longer_open(task, name)
        case "not_a_candidate":
            roles = words.roles(role for role in (task.role or "").split(",") if role)
            return gettext("%(task)s 由 %(who)s 办理", task=name, who=roles or _title(task.assignee) or "—")
        case "separation_of_duties":
            return gettext(
                "职责分离：您已办理本案的 %(other)s，%(task)s 须由他人办理",
                other=_separated_step(refused, task, words),
                task=name,
            )
        case "same_person":
            return gettext("同一人办理：%(task)s 须由办理前一步骤的人办理", task=name)
        case "recusal":
            return gettext("回避：您与本案当事人有关系，或已声明利益冲突")
        case "authority":
            return gettext("授权限额：您没有这项权限，或本案金额超过您的限额")
        case "not_the_assignee":
            return gettext("%(task)s 在 %(who)s 手上", task=name, who=_title(task.assignee))
        case "form_invalid":
            return gettext("还不能提交：请改正标出的各项")
    return str(refused)


def explained(refused: Refused, task: Task, action: str) -> dict[str, Any]:
    """A refusal as the `why` macro shows it: the action, the rule with its duties, who could do it."""
    names = [person.title or person.name for person in able.who_could(task, besides=refused.actor, most=6)]
    return {
        "action": action,
        "rule": rule_words(refused, task),
        "duties": _DUTY_OF_RULE.get(refused.rule, ()),
        "who": gettext("、").join(names[:5]) + (gettext(" 等") if len(names) > 5 else ""),
    }


def _no_longer_open(task: Task, name: str) -> str:
    if task.completed_by:
        return gettext("%(who)s 已先一步办完 %(task)s，您填的内容没有提交", who=_title(task.completed_by), task=name)
    return gettext("%(task)s 已不需要办理", task=name)


def _separated_step(refused: Refused, task: Task, words: Vocabulary) -> str:
    definition = words.definition
    separated = definition.separated.get(task.element, frozenset())
    past = read_past(reading(), [task.instance_id])[task.instance_id]
    done = [element for element, by, on in past.done if element in separated and refused.actor in (by, on)]
    return words.element(done[-1]) if done else gettext("相关步骤")


def _title(name: str | None) -> str:
    return staff.titles_of(reading(), [name]).get(name or "", "")


def _invalid(error: Invalid) -> str:
    codes = {code for told in error.errors.values() for code in told if isinstance(code, str)}
    known = {
        "unknown": gettext("没有这个人。"),
        "self": gettext("不能委托给自己。"),
        "kind": gettext("这种文件不能上传：可用 PDF、图片、Word、Excel、文本。"),
        "content": gettext("文件内容与后缀不符，请核对后再传。"),
        "empty": gettext("文件是空的。"),
        "too_large": gettext("内容过大。"),
        "too_many": gettext("本案文件已达上限。"),
        "required": gettext("请填写内容，且不要过长。"),
        "length": gettext("请填写内容，且不要过长。"),
    }
    found = [words for code, words in known.items() if code in codes]
    return found[0] if found else gettext("填写的内容有误，请改正后再提交。")
