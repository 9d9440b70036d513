"""What happened to a case, as sentences in the reader's language. What is sealed for the reader stays out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext

from engine.service import views
from engine.service.escalations import NOBODY
from models.cases import CaseEvent, Instance
from models.queries import staff
from web.context import actor, reading
from web.pages.vocabulary import Vocabulary

_ICONS = {
    "case.started": "play",
    "task.completed": "check",
    "task.claimed": "hand",
    "task.released": "undo",
    "task.delegated": "userplus",
    "task.follow_up": "flag",
    "task.escalated": "late",
    "task.cancelled": "minus",
    "timer.fired": "timer",
    "comment.added": "chat",
    "attachment.added": "clip",
    "conflict.declared": "lock",
    "refused": "stop",
    "incident.opened": "late",
    "incident.retried": "refresh",
    "case.cancelled": "x",
}
_LATE = {"task.escalated", "incident.opened"}
_DONE = {"task.completed", "case.started", "case.cancelled"}

Data = Mapping[str, Any]


def lines(instance: Instance, events: Iterable[CaseEvent], words: Vocabulary) -> list[dict[str, Any]]:
    """The events as the `timeline` macro shows them, in the order given."""
    page = list(events)
    names = {name for event in page for name in (event.actor, event.on_behalf_of)}
    told = [(event, views.event_data(event, instance, actor())) for event in page]
    names |= {data.get(name) for _, data in told for name in ("to", "notify", "reassign", "reached")}
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
        "quote": _quote(data),
        "state": "late" if event.kind in _LATE else "done" if event.kind in _DONE else "",
        "icon": _ICONS.get(event.kind, "circle"),
        "duties": element.human.duties if element is not None and event.kind == "task.completed" else (),
        "sealed": bool(data.get("sealed")),
    }


def _quote(data: Data) -> str:
    for name in ("reason", "text"):
        if isinstance(data.get(name), str):
            return str(data[name])
    return ""


def _sentence(event: CaseEvent, data: Data, words: Vocabulary, titles: Mapping[str, str]) -> str:
    say = _SENTENCES.get(event.kind)
    step = words.element(event.element)
    return event.kind if say is None else say(step, data, words, titles)


def _target(name: Any, words: Vocabulary, titles: Mapping[str, str]) -> str:
    """A role or a person, whichever an escalation names."""
    text = str(name or "")
    return words.role(text) if text in words.definition.package.manifest.roles else titles.get(text, text)


def _refused(step: str, data: Data, _words: Vocabulary, _titles: Mapping[str, str]) -> str:
    rules = {
        "not_open": gettext("已不在办理"),
        "not_a_candidate": gettext("岗位不符"),
        "separation_of_duties": gettext("职责分离"),
        "same_person": gettext("须同一人办理"),
        "recusal": gettext("回避"),
        "authority": gettext("授权限额"),
        "not_the_assignee": gettext("在他人手上"),
        "form_invalid": gettext("填写有误"),
    }
    rule = rules.get(str(data.get("rule")), str(data.get("rule")))
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


Say = Callable[[str, Data, Vocabulary, Mapping[str, str]], str]

_SENTENCES: dict[str, Say] = {
    "case.started": lambda step, data, words, titles: gettext(
        "发起 %(process)s，第 %(version)s 版流程", process=words.process, version=data.get("version")
    ),
    "task.completed": lambda step, data, words, titles: (
        gettext("办完 %(step)s，内容暂时密封", step=step) if data.get("sealed") else gettext("办完 %(step)s", step=step)
    ),
    "task.claimed": lambda step, data, words, titles: gettext("领取 %(step)s", step=step),
    "task.released": lambda step, data, words, titles: gettext("释放 %(step)s，回到岗位", step=step),
    "task.delegated": lambda step, data, words, titles: gettext(
        "委托 %(step)s 给 %(to)s", step=step, to=titles.get(str(data.get("to")), str(data.get("to")))
    ),
    "task.follow_up": lambda step, data, words, titles: gettext(
        "%(step)s 定于 %(day)s 跟进", step=step, day=str(data.get("follow_up_at"))[:10]
    ),
    "task.escalated": _escalated,
    "task.cancelled": lambda step, data, words, titles: gettext("%(step)s 不再需要", step=step),
    "timer.fired": lambda step, data, words, titles: gettext("到时：%(step)s", step=step),
    "message.received": lambda step, data, words, titles: gettext("收到消息 %(name)s", name=data.get("message")),
    "message.sent": lambda step, data, words, titles: gettext("发出消息 %(name)s", name=data.get("message")),
    "signal.received": lambda step, data, words, titles: gettext("收到信号 %(name)s", name=data.get("signal")),
    "signal.sent": lambda step, data, words, titles: gettext("发出信号 %(name)s", name=data.get("signal")),
    "compensation.begun": lambda step, data, words, titles: gettext(
        "开始补偿：%(steps)s", steps=", ".join(words.element(step) for step in data.get("activities") or ())
    ),
    "external.completed": lambda step, data, words, titles: gettext("外部程序办完 %(step)s", step=step),
    "external.failed": lambda step, data, words, titles: gettext("外部程序没有办成 %(step)s", step=step),
    "external.error": lambda step, data, words, titles: gettext("外部程序报告 %(step)s 有误", step=step),
    "comment.added": lambda step, data, words, titles: gettext("写了评论"),
    "attachment.added": lambda step, data, words, titles: gettext("上传 %(name)s", name=data.get("name")),
    "conflict.declared": lambda step, data, words, titles: gettext("声明利益冲突"),
    "incident.opened": lambda step, data, words, titles: gettext("%(step)s 发生故障", step=step),
    "incident.retried": lambda step, data, words, titles: gettext("重试 %(step)s", step=step),
    "case.cancelled": lambda step, data, words, titles: gettext("终止案件"),
    "refused": _refused,
}
