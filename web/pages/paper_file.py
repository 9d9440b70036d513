"""Who holds the paper file of a case, since when and who did before; and confirming that it has come (FND-3)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.cases import Instance
from models.papers import PaperFileMove
from models.queries import papers, staff
from models.tasks import STEP
from operations import paper_file
from web import able
from web.context import actor, reading
from web.pages.acting import act_on_case
from web.pages.vocabulary import Vocabulary

blueprint = Blueprint("paper_file", __name__)


@dataclass(frozen=True)
class Held:
    """One who held or holds the file; `step` is where it came, if at a step."""

    row: PaperFileMove
    who: str
    step: str


class PaperFile:
    """What templates read of the paper file of a case."""

    def __init__(self, instance: Instance, open_tasks: list[Any], words: Vocabulary) -> None:
        moves = papers.paper_file_moves(reading(), instance.id)
        titles = staff.titles_of(reading(), (row.holder for row in moves))
        self.moves = [
            Held(row, titles.get(row.holder, row.holder), words.element(row.element) if row.element else "")
            for row in moves
        ]
        mine = bool(moves) and moves[0].holder == actor().name
        self.may_confirm = (
            not mine
            and instance.ended_at is None
            and any(task.kind == STEP and able.refused(task) is None for task in open_tasks)
        )

    @property
    def holder(self) -> Held | None:
        """Who holds it now; None before the first confirmed it."""
        return self.moves[0] if self.moves else None

    @property
    def before(self) -> list[Held]:
        """Who held it before, the latest first."""
        return self.moves[1:]


@blueprint.post("/cases/<uuid:instance_id>/paper-file")
@login_required
def confirm(instance_id: uuid.UUID) -> ResponseReturnValue:
    """The reader confirms that the paper file has come to them."""
    return act_on_case(
        instance_id,
        lambda s, case, who: paper_file.confirm(s, case.id, who, request.form.get("note", "")),
        gettext("已登记：纸质资料在您手中"),
        url_for("cases.show", instance_id=instance_id, _anchor="paper-file"),
    )
