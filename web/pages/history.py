"""What happened to a case, as sentences in the reader's language. What is sealed for the reader stays out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext

from engine.service import views
from engine.service.cosigning import AFTER, DISAGREE
from engine.service.escalations import NOBODY
from engine.service.moves import BACK
from models.cases import CaseEvent, Instance
from models.queries import staff
from web.context import actor, reading
from web.pages.conditions import state_words as condition_state_words
from web.pages.lookups import register_words
from web.pages.moments import local
from web.pages.refusals import move_title
from web.pages.relation_words import why_recused
from web.pages.vocabulary import Vocabulary

_ICONS = {
    "case.started": "play",
    "task.completed": "check",
    "task.claimed": "hand",
    "task.released": "undo",
    "task.delegated": "userplus",
    "task.returned": "undo",
    "task.withdrawn": "undo",
    "task.transferred": "swap",
    "task.cosign_asked": "stamp",
    "task.cosigned": "stamp",
    "task.cosign_called_back": "undo",
    "task.paused": "pause",
    "task.resumed": "play",
    "task.follow_up": "flag",
    "task.escalated": "late",
    "task.cancelled": "minus",
    "timer.fired": "timer",
    "comment.added": "chat",
    "paper_file.received": "clip",
    "register.asked": "search",
    "register.answered": "search",
    "register.failed": "warn",
    "attachment.added": "clip",
    "conflict.declared": "lock",
    "recusal.found": "lock",
    "recusal.nobody_left": "late",
    "task.assigned": "userplus",
    "refused": "stop",
    "incident.opened": "late",
    "incident.retried": "refresh",
    "case.cancelled": "x",
    "case.jumped": "redo",
    "case.skipped": "right",
    "case.branch_cancelled": "x",
    "case.variables_set": "pen",
    "contract.clauses_written": "pen",
    "contract.remarked": "chat",
}
_LATE = {"task.escalated", "incident.opened", "recusal.nobody_left"}
_DONE = {"task.completed", "case.started", "case.cancelled"}

Data = Mapping[str, Any]


def lines(instance: Instance, events: Iterable[CaseEvent], words: Vocabulary) -> list[dict[str, Any]]:
    """The events as the `timeline` macro shows them, in the order given."""
    page = list(events)
    names = {name for event in page for name in (event.actor, event.on_behalf_of)}
    told = [(event, views.event_data(event, instance, actor())) for event in page]
    names |= {data.get(name) for _, data in told for name in ("to", "notify", "reassign", "reached")}
    names |= {name for _, data in told for name in data.get("who", ())}
    names |= {data["why"].get("person") for _, data in told if isinstance(data.get("why"), Mapping)}
    titles = staff.titles_of(reading(), (name for name in names if isinstance(name, str)))
    return [_line(event, data, words, titles) for event, data in told]


def _line(event: CaseEvent, data: Data, words: Vocabulary, titles: Mapping[str, str]) -> dict[str, Any]:
    who = titles.get(event.actor or "", "")
    if event.on_behalf_of:
        who = gettext("%(who)s（代 %(other)s）", who=who, other=titles.get(event.on_behalf_of, event.on_behalf_of))
    element = words.definition.elements.get(event.element or "")
    return {
        "at": event.at,
        "words": _sentence(event, data, words, titles),
        "who": who,
        "quote": _quote(data, titles),
        "state": "late" if event.kind in _LATE else "done" if event.kind in _DONE else "",
        "icon": _ICONS.get(event.kind, "circle"),
        "duties": element.human.duties if element is not None and event.kind == "task.completed" else (),
        "sealed": bool(data.get("sealed")),
    }


def _quote(data: Data, titles: Mapping[str, str]) -> str:
    if isinstance(data.get("why"), Mapping):
        return why_recused(data["why"], titles)
    for name in ("reason", "text"):
        if isinstance(data.get(name), str):
            return str(data[name])
    form = data.get("form")
    return str(form["comment"]) if isinstance(form, Mapping) and set(form) == {"opinion", "comment"} else ""


def _sentence(event: CaseEvent, data: Data, words: Vocabulary, titles: Mapping[str, str]) -> str:
    say = _SENTENCES.get(event.kind)
    step = words.element(event.element)
    return event.kind if say is None else say(step, data, words, titles)


def _target(name: Any, words: Vocabulary, titles: Mapping[str, str]) -> str:
    """A role or a person, whichever an escalation names."""
    text = str(name or "")
    return words.role(text) if text in words.definition.package.manifest.roles else titles.get(text, text)


def rule_name(rule: str) -> str:
    """What a rule is called, in few words."""
    rules = {
        "not_open": gettext("已不在办理"),
        "not_a_candidate": gettext("岗位不符"),
        "separation_of_duties": gettext("职责分离"),
        "same_person": gettext("须同一人办理"),
        "recusal": gettext("回避"),
        "authority": gettext("授权限额"),
        "not_the_assignee": gettext("在他人手上"),
        "awaiting_cosigner": gettext("等人加签"),
        "form_invalid": gettext("填写有误"),
        "move_not_allowed": gettext("流程不许"),
    }
    return rules.get(rule, rule)


def _refused(step: str, data: Data, _words: Vocabulary, _titles: Mapping[str, str]) -> str:
    rule = rule_name(str(data.get("rule")))
    action = str(data.get("action", "complete"))
    if not step:
        step = move_title(action)
    elif action != "complete":
        step = gettext("%(step)s 的%(action)s", step=step, action=move_title(action))
    times = int(data.get("count") or 1)
    if times > 1:
        return gettext("未获准办理 %(step)s：%(rule)s（%(times)s 次）", step=step, rule=rule, times=times)
    return gettext("未获准办理 %(step)s：%(rule)s", step=step, rule=rule)


def _escalated(step: str, data: Data, words: Vocabulary, titles: Mapping[str, str]) -> str:
    if data.get("reassign"):
        return gettext("%(step)s 逾期，转给 %(to)s", step=step, to=_target(data["reassign"], words, titles))
    if data.get("reached") == NOBODY:
        return gettext("%(step)s 逾期，还没有人领取，没有提醒到人", step=step)
    reached = _target(data.get("reached") or data.get("notify"), words, titles)
    return gettext("%(step)s 逾期，已提醒 %(to)s", step=step, to=reached)


def _names(data: Data, titles: Mapping[str, str]) -> str:
    return gettext("、").join(titles.get(name, name) for name in data.get("who", ()))


def _with_ended(sentence: str, data: Data, words: Vocabulary) -> str:
    ended = data.get("cancelled")
    return gettext("%(what)s，同时取消 %(steps)s", what=sentence, steps=words.elements(ended)) if ended else sentence


def _returned(step: str, data: Data, words: Vocabulary, _titles: Mapping[str, str]) -> str:
    said = gettext("退回 %(step)s 到 %(to)s", step=step, to=words.element(data.get("to")))
    if data.get("resume") == BACK:
        said = gettext("退回 %(step)s 到 %(to)s，办完直接交回", step=step, to=words.element(data.get("to")))
    return _with_ended(said, data, words)


def _released(step: str, data: Data, _words: Vocabulary, titles: Mapping[str, str]) -> str:
    if data.get("to"):
        return gettext("把 %(step)s 交还 %(to)s", step=step, to=titles.get(str(data["to"]), str(data["to"])))
    return gettext("释放 %(step)s，回到岗位", step=step)


def _cosign_asked(step: str, data: Data, _words: Vocabulary, titles: Mapping[str, str]) -> str:
    if data.get("when") == AFTER:
        return gettext("办好 %(step)s，请 %(who)s 后加签", step=step, who=_names(data, titles))
    return gettext("办 %(step)s 前，请 %(who)s 加签", step=step, who=_names(data, titles))


def _cosigned(step: str, data: Data, _words: Vocabulary, _titles: Mapping[str, str]) -> str:
    if data.get("sealed"):
        return gettext("加签 %(step)s，内容暂时密封", step=step)
    if data.get("form", {}).get("opinion") == DISAGREE:
        return gettext("加签 %(step)s：不同意", step=step)
    return gettext("加签 %(step)s：同意", step=step)


def _paused(step: str, data: Data, _words: Vocabulary, _titles: Mapping[str, str]) -> str:
    until = data.get("until")
    if not until:
        return gettext("%(step)s 停表", step=step)
    moment = dt.datetime.fromisoformat(str(until))
    return gettext("%(step)s 停表，到 %(when)s", step=step, when=f"{local(moment):%Y-%m-%d %H:%M}")


def _jumped(step: str, data: Data, words: Vocabulary, _titles: Mapping[str, str]) -> str:
    return _with_ended(gettext("从 %(step)s 跳到 %(to)s", step=step, to=words.element(data.get("to"))), data, words)


def _variables(data: Data, words: Vocabulary) -> str:
    given = data.get("variables", {})
    return gettext("；").join(f"{words.label(name)} {words.value(name, value)}" for name, value in given.items())


def _skipped(step: str, data: Data, words: Vocabulary, _titles: Mapping[str, str]) -> str:
    if data.get("variables"):
        return gettext("跳过 %(step)s，当作给出 %(variables)s", step=step, variables=_variables(data, words))
    return gettext("跳过 %(step)s", step=step)


Say = Callable[[str, Data, Vocabulary, Mapping[str, str]], str]

_SENTENCES: dict[str, Say] = {
    "case.started": lambda step, data, words, titles: gettext(
        "发起 %(process)s，第 %(version)s 版流程", process=words.process, version=data.get("version")
    ),
    "task.completed": lambda step, data, words, titles: (
        gettext("办完 %(step)s，内容暂时密封", step=step) if data.get("sealed") else gettext("办完 %(step)s", step=step)
    ),
    "task.claimed": lambda step, data, words, titles: gettext("领取 %(step)s", step=step),
    "task.released": _released,
    "task.transferred": lambda step, data, words, titles: gettext(
        "转办 %(step)s 给 %(to)s", step=step, to=titles.get(str(data.get("to")), str(data.get("to")))
    ),
    "task.returned": _returned,
    "condition.changed": lambda step, data, words, titles: gettext(
        "放款条件“%(text)s”：%(state)s",
        text=str(data.get("condition")),
        state=condition_state_words().get(str(data.get("state")), str(data.get("state"))),
    ),
    "condition.confirmed": lambda step, data, words, titles: gettext(
        "复核放款条件“%(text)s”", text=str(data.get("condition"))
    ),
    "task.withdrawn": lambda step, data, words, titles: gettext("撤回 %(step)s", step=step),
    "task.cosign_asked": _cosign_asked,
    "task.cosigned": _cosigned,
    "task.cosign_called_back": lambda step, data, words, titles: gettext(
        "撤回请 %(who)s 对 %(step)s 的加签", who=_names(data, titles), step=step
    ),
    "task.paused": _paused,
    "task.resumed": lambda step, data, words, titles: gettext("%(step)s 恢复计时", step=step),
    "task.delegated": lambda step, data, words, titles: gettext(
        "委托 %(step)s 给 %(to)s", step=step, to=titles.get(str(data.get("to")), str(data.get("to")))
    ),
    "task.follow_up": lambda step, data, words, titles: gettext(
        "%(step)s 定于 %(day)s 跟进", step=step, day=str(data.get("follow_up_at"))[:10]
    ),
    "task.escalated": _escalated,
    "task.cancelled": lambda step, data, words, titles: gettext("%(step)s 不再需要", step=step),
    "timer.fired": lambda step, data, words, titles: gettext("到时：%(step)s", step=step),
    "message.received": lambda step, data, words, titles: gettext("收到消息：%(step)s", step=step),
    "message.sent": lambda step, data, words, titles: gettext("发出消息：%(step)s", step=step),
    "signal.received": lambda step, data, words, titles: gettext("收到信号：%(step)s", step=step),
    "signal.sent": lambda step, data, words, titles: gettext("发出信号：%(step)s", step=step),
    "compensation.begun": lambda step, data, words, titles: gettext(
        "开始补偿：%(steps)s", steps=", ".join(words.element(step) for step in data.get("activities") or ())
    ),
    "external.completed": lambda step, data, words, titles: gettext("外部程序办完 %(step)s", step=step),
    "external.failed": lambda step, data, words, titles: gettext("外部程序没有办成 %(step)s", step=step),
    "external.error": lambda step, data, words, titles: gettext("外部程序报告 %(step)s 有误", step=step),
    "variable.overwritten": lambda step, data, words, titles: gettext(
        "%(name)s 被另一个分支改写", name=words.label(str(data.get("variable")).partition(".")[0])
    ),
    "comment.added": lambda step, data, words, titles: gettext("写了评论"),
    "paper_file.received": lambda step, data, words, titles: gettext("确认纸质资料在手"),
    "register.asked": lambda step, data, words, titles: gettext(
        "查询%(register)s，授权书 %(number)s", register=_register(data), number=data.get("authorisation")
    ),
    "register.answered": lambda step, data, words, titles: gettext(
        "%(register)s返回结果 %(number)s", register=_register(data), number=data.get("number")
    ),
    "register.failed": lambda step, data, words, titles: gettext(
        "%(register)s没有返回结果，转人工查询", register=_register(data)
    ),
    "attachment.added": lambda step, data, words, titles: gettext("上传 %(name)s", name=data.get("name")),
    "conflict.declared": lambda step, data, words, titles: gettext("声明利益冲突"),
    "recusal.found": lambda step, data, words, titles: gettext(
        "%(who)s 须回避 %(step)s", who=titles.get(str(data.get("to")), str(data.get("to"))), step=step
    ),
    "recusal.nobody_left": lambda step, data, words, titles: gettext(
        "%(step)s 没有可以接办的人，已报 %(roles)s", step=step, roles=words.roles(data.get("roles") or ())
    ),
    "task.assigned": lambda step, data, words, titles: gettext(
        "指派 %(step)s 给 %(to)s", step=step, to=titles.get(str(data.get("to")), str(data.get("to")))
    ),
    "incident.opened": lambda step, data, words, titles: gettext("%(step)s 发生故障", step=step),
    "incident.retried": lambda step, data, words, titles: gettext("重试 %(step)s", step=step),
    "case.cancelled": lambda step, data, words, titles: gettext("终止案件"),
    "case.jumped": _jumped,
    "case.skipped": _skipped,
    "case.branch_cancelled": lambda step, data, words, titles: gettext("取消 %(step)s 所在的分支", step=step),
    "case.variables_set": lambda step, data, words, titles: gettext(
        "改设 %(variables)s", variables=_variables(data, words)
    ),
    "contract.clauses_written": lambda step, data, words, titles: gettext(
        "修改合同 %(contract)s 的条款：%(clauses)s（第 %(version)s 版）",
        contract=data.get("contract"),
        clauses="、".join(data.get("clauses") or ()),
        version=data.get("version"),
    ),
    "contract.remarked": lambda step, data, words, titles: gettext(
        "批注合同 %(contract)s（第 %(version)s 版）", contract=data.get("contract"), version=data.get("version")
    ),
    "refused": _refused,
}


def _register(data: Mapping[str, Any]) -> str:
    return register_words().get(str(data.get("register")), "")
