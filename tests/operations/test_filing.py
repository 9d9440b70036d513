"""The archive (DIS-4) and the outbox of notices."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.archive import ArchiveEntry
from models.registers import OutgoingNotice


def test_a_volume_has_number_place_and_list(case):
    number = case.register()
    found = case.call("archive.register", application_no=number, location="一号柜", list=["申请书", "借款合同"])
    assert found == {"archive_no": f"AR-2026-{case.unit_id}-0001"}
    case.session.expire_all()
    entry = case.session.scalars(sa.select(ArchiveEntry)).one()
    assert (entry.location, [item.title for item in entry.items]) == ("一号柜", ["申请书", "借款合同"])


def test_a_volume_is_not_empty(case):
    with pytest.raises(Invalid, match="list: must name at least one paper"):
        case.call("archive.register", application_no=case.register(), location="一号柜", list=[])


def test_a_notice_waits_in_the_outbox_for_its_errand(case):
    found = case.call("notice.send", to="borrower", template="approved", facts={"amount": Decimal("100.50")})
    case.session.expire_all()
    notice = case.session.scalars(sa.select(OutgoingNotice)).one()
    assert found == {"notice_no": notice.number}
    assert (notice.recipient, notice.template, notice.facts) == ("borrower", "approved", {"amount": Decimal("100.50")})
    assert (notice.sent_at, notice.instance_id, case.jobs) == (
        None,
        case.instance_id,
        [("notice", {"notice": notice.id})],
    )
