"""All operations of the house by name: what a service task may call."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.ports import Operation
from operations import (
    applications,
    archive,
    committee,
    complaints,
    contracts,
    customer_file,
    customers,
    disbursement,
    draws,
    exposure,
    filing,
    handovers,
    investigation,
    loan_papers,
    meetings,
    preconditions,
    prospects,
    reconciling,
    responsibility,
    securities,
    signing,
    visits,
)
from operations.payments import orders

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        operation.name: operation
        for operation in (
            customers.identify,
            customers.identify_related,
            customer_file.statement,
            customer_file.rated,
            exposure.reckon,
            applications.register,
            applications.refuse_application,
            applications.not_disbursed,
            applications.record_opinion,
            meetings.put_on_agenda,
            committee.tally,
            committee.record_resolution,
            committee.fulfil,
            committee.status,
            contracts.draft,
            contracts.review,
            contracts.void,
            signing.arrange,
            signing.record,
            signing.witness,
            signing.sign,
            securities.register_guarantee,
            securities.find_ending,
            securities.renew,
            disbursement.disburse,
            investigation.assign_investigators,
            investigation.record_collateral,
            investigation.product_terms,
            disbursement.reverse,
            preconditions.examine,
            preconditions.waive,
            draws.open_draw,
            orders.order,
            orders.clarify,
            orders.correct,
            loan_papers.request,
            reconciling.compare,
            archive.register,
            archive.lend,
            archive.take_back,
            archive.hand_over,
            archive.receive,
            filing.send_notice,
            visits.call_due,
            visits.record,
            prospects.remind,
            prospects.missed,
            complaints.register,
            complaints.judge,
            complaints.extend,
            complaints.watch,
            complaints.answer,
            complaints.close,
            handovers.list_open,
            handovers.transfer,
            responsibility.assess,
            responsibility.confirm,
        )
    }
)
