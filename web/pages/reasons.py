"""Why a case as it stands does not allow something, in the reader's words: one sentence for each code of the engine."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext

from engine.errors import Reason
from models.queries import staff
from web.context import reading
from web.pages.vocabulary import Vocabulary

Words = Callable[[str, str, str], str]


def reason_words(reason: Reason, words: Vocabulary) -> str:
    """One sentence for a person."""
    facts = reason.facts
    elements = facts.get("elements") or [facts.get("element")]
    steps = words.elements(element for element in elements if element)
    person = facts.get("person")
    who = staff.titles_of(reading(), [person]).get(person or "", gettext("有人"))
    say = _WORDS.get(reason.code)
    return reason.sentence if say is None else say(steps, who, str(facts.get("words") or ""))


_WORDS: dict[str, Words] = {
    "others_open": lambda steps, who, words: gettext("这样做会取消 %(steps)s，须先确认", steps=steps),
    "no_way": lambda steps, who, words: gettext("%(steps)s 会执行多次，或只由事件引起，从这里过不去", steps=steps),
    "no_way_straight_back": lambda steps, who, words: gettext(
        "%(steps)s 在另一个分支或子流程里，办完不能直接交回，只能逐步再走", steps=steps
    ),
    "cannot_be_entered": lambda steps, who, words: gettext("%(steps)s 进不去：它自己先出了故障", steps=steps),
    "chooses": lambda steps, who, words: gettext("%(steps)s 要选路，不能跳过；请跳转到要去的步骤", steps=steps),
    "waits_for_branches": lambda steps, who, words: gettext(
        "%(steps)s 在等其他分支，不能跳过；请取消那些分支", steps=steps
    ),
    "only_branch": lambda steps, who, words: gettext("没有别的分支，取消不了；可以跳过，或终止案件"),
    "several_joins": lambda steps, who, words: gettext(
        "%(steps)s 所在的分支通向几个汇合点，请跳转到其中一个", steps=steps
    ),
    "met": lambda steps, who, words: gettext("各分支已在 %(steps)s 汇合", steps=steps),
    "done_since": lambda steps, who, words: gettext("此后 %(steps)s 已经办完", steps=steps),
    "undoes": lambda steps, who, words: gettext("%(steps)s 只在补偿时执行", steps=steps),
    "ended": lambda steps, who, words: gettext("由它引出的各步都已结束"),
    "gone_on": lambda steps, who, words: gettext("案件已往下走"),
    "taken_up": lambda steps, who, words: gettext("%(who)s 已在办 %(steps)s", who=who, steps=steps),
    "unsealed": lambda steps, who, words: gettext("办完后已能看到 %(steps)s 的密封意见，不能再改", steps=steps),
    "fetched": lambda steps, who, words: gettext("外部程序已在处理 %(what)s", what=words),
    "facts_changed": lambda steps, who, words: gettext("您打开后，本步显示的内容有了变化，请重新看过再提交"),
    "not_yours": lambda steps, who, words: gettext("只能撤回自己办完的步骤"),
    "not_allowed": lambda steps, who, words: gettext("流程规定这一步不能撤回"),
    "is_a_signature": lambda steps, who, words: gettext("加签只能签或不签，不能退回"),
    "case_ended": lambda steps, who, words: gettext("案件已经结束"),
    "signing": lambda steps, who, words: gettext("已请人后加签，请先撤回加签"),
    "nobody_asked": lambda steps, who, words: gettext("这个加签已经签了，或已撤回"),
    "asked_by": lambda steps, who, words: gettext("加签由 %(who)s 发起，只有本人能撤回", who=who),
    "stands_already": lambda steps, who, words: gettext("这一步已经停表"),
    "does_not_stand": lambda steps, who, words: gettext("这一步没有停表"),
    "done_for": lambda steps, who, words: gettext("这一步是代 %(who)s 办的，请交还", who=who),
}
