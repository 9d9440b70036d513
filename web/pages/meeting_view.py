"""What pages show of a meeting and of a case on its agenda. Votes are shown by name once all have voted (REV-4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import gettext

from lending import voting
from models.applications import Opinion
from models.cases import Instance
from models.meetings import DECIDED, OPEN, SITTING, AgendaItem, Meeting
from models.queries import meetings as rows
from models.queries import staff
from models.resolutions import Resolution
from models.tasks import COMPLETED
from operations import sittings
from web.context import actor, reading
from web.pages.task_rows import amount_of, case_number, subject_of
from web.viewing import look_at, viewer_of

VOTE, CONFIRM = "vote", "confirm_resolution"
"""The steps of the committee's process whose tasks tell who has voted and who signed or stopped the resolution."""


@dataclass
class ItemView:
    """A case on an agenda. `case` is None for who may not see it: then nothing of it is shown but that it is there."""

    row: AgendaItem
    case: Instance | None
    titles: dict[str, str]
    legal: Opinion | None
    resolution: Resolution | None
    voted: set[str] = field(default_factory=set)
    my_task: Any = None
    confirmed: Any = None

    @property
    def number(self) -> str:
        return "" if self.case is None else case_number(self.case)

    @property
    def subject(self) -> str:
        return "" if self.case is None else subject_of(self.case)

    @property
    def amount(self) -> Any:
        return None if self.case is None else amount_of(self.case.facts)

    @cached_property
    def recused(self) -> dict[str, str]:
        """Who stands back, with the reason in words."""
        words = recusal_words()
        return {row.person: words.get(row.reason, row.reason) for row in self.row.recusals}

    @cached_property
    def seats(self) -> list[dict[str, Any]]:
        """The members as the `seats` macro draws them."""
        given = {ballot.person: ballot for ballot in self.row.ballots}
        seats = []
        for member in self.row.meeting.members:
            name = member.person
            if name in self.recused:
                vote, words = "out", gettext("回避（%(why)s）", why=self.recused[name])
            elif name in given:
                ballot = given[name].ballot
                vote = {"for": "for", "against": "against"}.get(ballot, "")
                words = ballot_words()[ballot]
            else:
                vote, words = "", gettext("已投（密封）") if name in self.voted else gettext("未投")
            seats.append({"name": self.titles.get(name, name), "vote": vote, "words": words})
        return seats

    def count(self, ballot: str) -> int:
        """How many gave this ballot."""
        return sum(row.ballot == ballot for row in self.row.ballots)

    @property
    def eligible(self) -> int:
        """Members without the recused."""
        return len(self.row.meeting.members) - len(self.row.recusals)

    @property
    def quorum(self) -> int:
        """How many must take part."""
        return self.row.quorum or voting.parse_share(self.row.quorum_share).of(self.eligible)

    @property
    def present(self) -> set[str]:
        """Who is there for this case: signed in or has voted, and not recused."""
        signed = {member.person for member in self.row.meeting.members if member.attended_at is not None}
        return (signed | self.voted) - self.recused.keys()

    @property
    def total(self) -> int:
        """The votes of which the majority is reckoned."""
        return (self.row.eligible if self.row.counted_over == "members" else self.row.present) or 0

    @property
    def threshold(self) -> float:
        """Where the line of the ballot stands, as a fraction."""
        return (self.row.needed or 0) / self.total if self.total else 0.0

    @property
    def vetoed(self) -> bool:
        """Whether a yes was stopped."""
        return self.row.result == "approved" and self.resolution is not None and self.resolution.result == "refused"

    @property
    def is_open(self) -> bool:
        return self.row.state == OPEN

    @property
    def decided(self) -> bool:
        return self.row.state == DECIDED

    @property
    def ballots(self) -> list[dict[str, Any]]:
        """The ballots by name, once the vote is closed."""
        words = ballot_words()
        return [
            {
                "name": self.titles.get(row.person, row.person),
                "ballot": row.ballot,
                "words": words[row.ballot],
                "row": row,
            }
            for row in self.row.ballots
        ]


class MeetingView:
    """One meeting for one reader."""

    def __init__(self, meeting: Meeting) -> None:
        self.row = meeting

    @cached_property
    def titles(self) -> dict[str, str]:
        names = [self.row.secretary, *(member.person for member in self.row.members)]
        names += [item.reporter for item in self.row.items if item.reporter]
        return staff.titles_of(reading(), names)

    @cached_property
    def items(self) -> list[ItemView]:
        """The agenda; rows of all its cases in a fixed number of queries, votes and opinions of each."""
        ids = {item.instance_id for item in self.row.items}
        seen = rows.visible_instances(reading(), viewer_of(reading(), actor()), ids)
        votes = rows.acted(reading(), ids, VOTE)
        confirmed = rows.acted(reading(), ids, CONFIRM)
        return [self._item(item, seen, votes, confirmed) for item in self.row.items]

    def _item(self, item: AgendaItem, seen: Any, votes: Any, confirmed: Any) -> ItemView:
        instance = seen.get(item.instance_id)
        mine = [task for task in votes.get(item.instance_id, ()) if task.created_at >= item.added_at]
        until = [task for task in mine if item.closed_at is None or task.created_at <= item.closed_at]
        signed = [task for task in confirmed.get(item.instance_id, ()) if task.created_at >= item.added_at]
        return ItemView(
            row=item,
            case=instance,
            titles=self.titles | staff.titles_of(reading(), [task.completed_by for task in signed]),
            legal=rows.legal_opinion(reading(), item) if instance is not None else None,
            resolution=reading().get(Resolution, item.resolution_id) if item.resolution_id else None,
            voted={task.assignee for task in until if task.state == COMPLETED},
            my_task=next((task for task in until if task.assignee == actor().name and task.state == "open"), None),
            confirmed=next((task for task in signed if task.state == COMPLETED), None),
        )

    @property
    def waiting(self) -> int:
        """Cases not voted on yet."""
        return sum(item.state == OPEN for item in self.row.items)

    @property
    def here(self) -> int:
        """Members who signed or have voted."""
        voted = {name for item in self.items for name in item.voted}
        return len({member.person for member in self.row.members if member.attended_at or member.person in voted})

    @cached_property
    def seat(self) -> Any:
        """My seat, if I am a member."""
        return next((member for member in self.row.members if member.person == actor().name), None)

    @property
    def may_attend(self) -> bool:
        return self.row.state == SITTING and self.seat is not None and self.seat.attended_at is None

    @cached_property
    def is_secretary(self) -> bool:
        return sittings.is_secretary(look_at(reading()), actor(), self.row)


def items_of_case(instance: Instance) -> list[ItemView]:
    """Every agenda on which a case stood, the latest first, for the case's own page."""
    found = []
    for item in rows.items_of(reading(), instance.id):
        view = MeetingView(item.meeting)
        found.append(next(shown for shown in view.items if shown.row.id == item.id))
    return found


def state_words() -> dict[str, str]:
    """States of a meeting."""
    return {
        "planned": gettext("待召开"),
        "sitting": gettext("进行中"),
        "closed": gettext("已结束"),
        "cancelled": gettext("已取消"),
    }


def kind_words() -> dict[str, str]:
    """A meeting, or signatures instead of one."""
    return {"meeting": gettext("会议"), "circulation": gettext("会签")}


def ballot_words() -> dict[str, str]:
    """What a member may say."""
    return {
        "for": gettext("同意"),
        "against": gettext("不同意"),
        "more": gettext("续议"),
        "absent": gettext("缺席"),
    }


def result_words() -> dict[str, str]:
    """What a vote came to."""
    return {
        "approved": gettext("通过"),
        "refused": gettext("未通过"),
        "more_work": gettext("续议"),
        "no_quorum": gettext("未达法定人数"),
    }


def recusal_words() -> dict[str, str]:
    """Why somebody stands back."""
    return {"declared": gettext("本人声明"), "related": gettext("关系登记"), "listed": gettext("秘书列明")}
