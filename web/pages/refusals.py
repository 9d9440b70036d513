"""Why something was refused, in the reader's language: the rule first, then who could do it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from engine.errors import Conflict, EngineError, Forbidden, Invalid, NotFound, Refused
from engine.service import actors, replacing
from engine.service.policies import read_past
from models.cases import Instance
from models.people import Person
from models.queries import staff
from models.queries.deputies import deputies_on
from models.queries.moving import signers
from models.tasks import CANCELLED, OPEN, Task
from web import able
from web.context import actor, house, reading
from web.pages.moments import now
from web.pages.reasons import reason_words
from web.pages.relation_words import why_recused
from web.pages.vocabulary import Vocabulary

_DUTY_OF_RULE = {
    "separation_of_duties": ("GOV-2",),
    "recusal": ("GOV-1",),
    "authority": ("REV-6",),
}


def words_of(error: EngineError, task: Task | None = None, case: Instance | None = None) -> str:
    """One sentence for a person about what the engine refused."""
    concerned = case if task is None else task.instance
    definition = None if concerned is None else house().definitions.get(reading(), concerned.definition_id)
    if isinstance(error, Refused) and task is not None:
        return rule_words(error, task)
    if isinstance(error, Refused) and error.rule == "recusal":
        return recusal_words(error)
    if isinstance(error, Refused) and error.rule == "separation_of_duties" and definition is not None:
        other = Vocabulary(definition).element(str(error.facts.get("element")))
        return gettext("职责分离：您已办理本案的 %(other)s，须由别的管理员处置", other=other)
    if isinstance(error, Invalid):
        return _invalid(error)
    if isinstance(error, NotFound):
        return gettext("没有这一项，或者不归您的岗位查看。")
    if isinstance(error, Conflict) and error.reason is not None and definition is not None:
        return gettext("没有办成：%(why)s。", why=reason_words(error.reason, Vocabulary(definition)))
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
            told = gettext("%(task)s 由 %(who)s 办理", task=name, who=roles or _title(task.assignee) or "—")
            return told + _in_person(task, words)
        case "separation_of_duties":
            return _separated(refused, task, words)
        case "same_person":
            return gettext("同一人办理：%(task)s 须由办理前一步骤的人办理", task=name)
        case "recusal":
            return recusal_words(refused)
        case "authority":
            return _beyond_authority(refused, task)
        case "not_the_assignee":
            return gettext("%(task)s 在 %(who)s 手上", task=name, who=_title(task.assignee)) + _in_person(task, words)
        case "awaiting_cosigner":
            return gettext("还在等 %(n)s 人加签，签完才能办", n=task.cosigners)
        case "move_not_allowed":
            return forbidden_words(refused.action, name)
        case "form_invalid":
            return gettext("还不能提交：请改正标出的各项")
    return str(refused)


def recusal_words(refused: Refused) -> str:
    """That somebody must stand back, and why, link by link."""
    return gettext("回避：%(why)s", why=why_recused(refused.facts))


def _in_person(task: Task, words: Vocabulary) -> str:
    allowed = words.definition.element(task.process, task.element).human.moves.delegate
    return "" if allowed else gettext("，须本人办理，不能代理")


def forbidden_words(action: str, name: str) -> str:
    """That the diagram does not allow something at a step."""
    return gettext("流程规定 %(task)s 不能%(action)s", task=name, action=move_title(action))


def move_title(action: str) -> str:
    """What a move is called."""
    titles = {
        "complete": gettext("办理"),
        "claim": gettext("领取"),
        "release": gettext("释放"),
        "draft": gettext("存草稿"),
        "return": gettext("退回"),
        "withdraw": gettext("撤回"),
        "transfer": gettext("转办"),
        "delegate": gettext("委托"),
        "assign": gettext("指派"),
        "intervene": gettext("处置"),
        "condition": gettext("落实放款条件"),
        "cosign": gettext("加签"),
        "pause": gettext("停表"),
        "resume": gettext("恢复计时"),
    }
    return titles.get(action, action)


def explained(refused: Refused, task: Task, action: str) -> dict[str, Any]:
    """A refusal as the `why` macro shows it: the action, the rule with its duties, who could do it."""
    if refused.rule == "awaiting_cosigner":
        rows = [row for row in signers(reading(), task.instance_id) if row.of_task == task.id and row.state == OPEN]
        names = list(staff.titles_of(reading(), [row.assignee for row in rows]).values())
    elif refused.rule == "recusal" and not _may_be_given(task):
        names = [gettext("%(roles)s（安排）", roles=roles) for roles in [_overseers(task)] if roles]
    else:
        names = _with_deputies(able.who_could(task, besides=refused.actor, most=6))
    return {
        "action": action,
        "rule": rule_words(refused, task),
        "duties": _DUTY_OF_RULE.get(refused.rule, ()),
        "who": gettext("、").join(names[:5]) + (gettext(" 等") if len(names) > 5 else ""),
    }


def _may_be_given(task: Task) -> bool:
    """Whether the diagram lets somebody else do the step than whom it names."""
    definition = house().definitions.get(reading(), task.instance.definition_id)
    return bool(task.role) and bool(definition.element(task.process, task.element).human.moves.transfer)


def _overseers(task: Task) -> str:
    words = Vocabulary(house().definitions.get(reading(), task.instance.definition_id))
    return words.roles(replacing.overseers(words.definition.element(task.process, task.element), words.definition))


def _with_deputies(people: list[Person]) -> list[str]:
    """Their names, each with whoever stands in for them today."""
    away = deputies_on(reading(), (person.name for person in people), now().date())
    titles = staff.titles_of(reading(), (row.deputy for rows in away.values() for row in rows))
    named = []
    for person in people:
        name = person.title or person.name
        others = gettext("、").join(titles[row.deputy] for row in away.get(person.name, ()))
        named.append(gettext("%(name)s（%(deputy)s 代）", name=name, deputy=others) if others else name)
    return named


def _no_longer_open(task: Task, name: str) -> str:
    if task.completed_by and task.state != CANCELLED:
        return gettext("%(who)s 已先一步办完 %(task)s，您填的内容没有提交", who=_title(task.completed_by), task=name)
    return gettext("%(task)s 已不需要办理", task=name)


def _separated(refused: Refused, task: Task, words: Vocabulary) -> str:
    """Who did which other step: the reader, or the one in whose name the reader would act."""
    if "in_hand" in refused.facts:
        return _in_hand(refused, task, words)
    separated = words.definition.separated.get(task.element, frozenset())
    past = read_past(reading(), [task.instance_id])[task.instance_id]
    done = [item for item in past.done if item[0] in separated]
    mine = [element for element, by, on in done if refused.actor in (by, on)]
    told = {"task": words.text(task.name), "other": words.element(mine[-1]) if mine else gettext("相关步骤")}
    away = _absent(refused, task)
    who = "" if _is_reader(refused) else _title(refused.actor)
    if not mine and {refused.actor, away} & past.set_right:
        if not who:
            return gettext("职责分离：您作为管理员处置过本案，%(task)s 须由他人办理", task=told["task"])
        return gettext("职责分离：%(who)s 作为管理员处置过本案，%(task)s 须由他人办理", who=who, task=told["task"])
    theirs = [element for element, by, on in done if away and away in (by, on)]
    if theirs and not mine:
        told["other"] = words.element(theirs[-1])
        return gettext(
            "职责分离：您所代的 %(who)s 已办理本案的 %(other)s，%(task)s 须由他人办理", who=_title(away), **told
        )
    if who:
        return gettext("职责分离：%(who)s 已办理本案的 %(other)s，%(task)s 须由他人办理", who=who, **told)
    return gettext("职责分离：您已办理本案的 %(other)s，%(task)s 须由他人办理", **told)


def _in_hand(refused: Refused, task: Task, words: Vocabulary) -> str:
    """Who has the other step open: the reader, or somebody else whom it concerns."""
    told = {"task": words.text(task.name), "other": words.element(str(refused.facts["in_hand"]))}
    holder = str(refused.facts["person"])
    if holder == actor().name:
        return gettext("职责分离：本案的 %(other)s 在您手上，%(task)s 须由他人办理", **told)
    return gettext("职责分离：本案的 %(other)s 在 %(who)s 手上，%(task)s 须由他人办理", who=_title(holder), **told)


def _absent(refused: Refused, task: Task) -> str | None:
    """In whose name the one who was refused would have acted as a deputy."""
    if task.state != OPEN or refused.actor is None:
        return None
    return able.stood_in_for(task, actors.load(reading(), refused.actor))


def _beyond_authority(refused: Refused, task: Task) -> str:
    """Whose power does not reach: the reader's, also when standing in, or that of whoever should get the step."""
    if not _is_reader(refused):
        return gettext("授权限额：%(who)s 没有这项权限，或本案金额超过限额", who=_title(refused.actor))
    away = _absent(refused, task)
    if away is not None:
        return gettext("授权限额：您或您所代的 %(who)s 没有这项权限，或本案金额超过限额", who=_title(away))
    return gettext("授权限额：您没有这项权限，或本案金额超过限额")


def _is_reader(refused: Refused) -> bool:
    """Whether the rule stands against the reader, and not against somebody to whom the reader would give the step."""
    return refused.actor in (None, actor().name)


def _title(name: str | None) -> str:
    return staff.titles_of(reading(), [name]).get(name or "", "")


def _invalid(error: Invalid) -> str:
    codes = {code for told in error.errors.values() for code in told if isinstance(code, str)}
    found = [words for code, words in code_words().items() if code in codes]
    return found[0] if found else gettext("填写的内容有误，请改正后再提交。")


def code_words() -> dict[str, str]:
    """What the codes say that name what is wrong with something given."""
    return {
        "unknown": gettext("没有这个人。"),
        "no_customer": gettext("没有这个编号的客户。"),
        "related_to_oneself": gettext("不能与自己建立关系。"),
        "share": gettext("持股比例须大于 0、不超过 100%。"),
        "no_sheet": gettext("文件读不出：请用 CSV 或 xlsx，首行为列名。"),
        "self": gettext("不能是您自己，也不能是本步的办理人。"),
        "asked": gettext("已经请过这个人。"),
        "number": gettext("请选一个人，最多二十人。"),
        "past": gettext("时间须晚于现在。"),
        "not_an_earlier_step": gettext("请选一个本案办过的步骤。"),
        "not_a_time": gettext("时间写得不对。"),
        "kind": gettext("这种文件不能上传：可用 PDF、图片、Word、Excel、文本。"),
        "content": gettext("文件内容与后缀不符，请核对后再传。"),
        "empty": gettext("文件是空的。"),
        "too_large": gettext("内容过大。"),
        "too_many": gettext("本案文件已达上限。"),
        "too_many_pixels": gettext("图片像素过多，请缩小后再传。"),
        "not_a_day": gettext("日期写得不对。"),
        "not_a_place": gettext("位置写得不对。"),
        "required": gettext("请填写内容，且不要过长。"),
        "length": gettext("请填写内容，且不要过长。"),
    }
