"""A borrower whose application fails is told why, and of the second review only while there is one (INT-5, REV-7)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from models.registers import OutgoingNotice, RegisterEntry
from tests.web.api.test_loan_over_rest import Replay, origination

TOLD = {
    "04_papers_never_supplied": [("application_refused", "逾期未补齐资料")],
    "07_doubts_about_identity_confirmed": [("application_refused", "经身份核验，不符合本机构的准入条件")],
    "23_reconsidered_once": [("loan_not_approved", "收入不足以覆盖偿债"), ("loan_refused_again", "收入不足以覆盖偿债")],
}


@pytest.mark.parametrize("scenario", TOLD)
def test_what_the_borrower_is_told_is_what_the_register_says(settings, scenario):
    replay = Replay(scenario, origination(), settings)
    replay.run()
    with replay.house.sessions.reading() as session:
        query = sa.select(OutgoingNotice).where(OutgoingNotice.recipient == "borrower").order_by(OutgoingNotice.id)
        told = [(notice.template, notice.facts["reason"]) for notice in session.scalars(query)]
        [entry] = session.scalars(sa.select(RegisterEntry))
    assert told == TOLD[scenario]
    assert entry.reason == told[-1][1]
