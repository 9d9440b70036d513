from datetime import date
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.allocation import Item, Kind, Order, Payment, allocate
from lending.allocation_documents import allocations_document, read_events
from lending.documents import parse_document
from lending.errors import InvalidField

PENALTY_FIRST = (Kind.PENALTY, Kind.FEE, Kind.INTEREST, Kind.PRINCIPAL)
PRINCIPAL_FIRST = (Kind.PRINCIPAL, Kind.PENALTY, Kind.FEE, Kind.INTEREST)
ORDER = Order(PENALTY_FIRST, PRINCIPAL_FIRST)


def item(kind, due, amount, period=1):
    return Item(Kind(kind), date.fromisoformat(due), period, Decimal(amount))


def payment(on, amount):
    return Payment(date.fromisoformat(on), Decimal(amount))


def paid(allocation):
    return {kind.value: amount for kind, amount in allocation.paid.items() if amount}


def test_the_older_period_goes_first_whatever_the_kind():
    events = [
        item("penalty", "2024-03-01", "5", period=2),
        item("principal", "2024-02-01", "100", period=1),
        payment("2024-03-01", "102"),
    ]
    (found,) = allocate(ORDER, events)
    assert paid(found) == {"principal": 100, "penalty": 2}


def test_the_parts_name_each_item_served_in_its_turn():
    older, interest = item("principal", "2024-02-01", "100", period=1), item("interest", "2024-03-01", "5", period=2)
    (found,) = allocate(ORDER, [interest, older, payment("2024-03-01", "102")])
    assert found.parts == ((older, 100), (interest, 2))


def test_what_is_due_goes_before_what_is_later_even_of_an_earlier_period():
    events = [
        item("principal", "2024-06-01", "100", period=1),
        item("interest", "2024-02-01", "10", period=2),
        payment("2024-02-01", "15"),
    ]
    (found,) = allocate(ORDER, events)
    assert paid(found) == {"interest": 10, "principal": 5}
    assert found.principal_balance == 95


def test_the_rest_after_due_items_follows_the_order_of_advances():
    events = [
        item("interest", "2024-03-01", "10", period=2),
        item("principal", "2024-03-01", "100", period=2),
        payment("2024-02-01", "105"),
    ]
    (found,) = allocate(ORDER, events)
    assert paid(found) == {"principal": 100, "interest": 5}


def test_within_one_kind_of_a_period_the_earlier_due_day_goes_first():
    events = [
        item("fee", "2024-06-20", "10"),
        item("fee", "2024-03-01", "10"),
        item("interest", "2024-03-01", "10"),
        payment("2024-02-01", "10"),
        payment("2024-03-01", "10"),
    ]
    first, second = allocate(ORDER, events)
    assert paid(first) == {"fee": 10}
    assert paid(second) == {"interest": 10}


def test_excess_serves_nothing_that_comes_later():
    events = [
        item("fee", "2024-02-01", "10"),
        payment("2024-02-01", "30"),
        item("fee", "2024-02-02", "10"),
        payment("2024-02-03", "4"),
    ]
    first, second = allocate(ORDER, events)
    assert (paid(first), first.excess) == ({"fee": 10}, 20)
    assert (paid(second), second.excess) == ({"fee": 4}, 0)


def test_rule_of_the_civil_code_with_the_trade_s_figures():
    """Payment 1,000 against costs 100, interest 300, principal 900 (trade section 13.7)."""
    costs_first = (Kind.FEE, Kind.INTEREST, Kind.PRINCIPAL, Kind.PENALTY)
    events = [
        item("principal", "2024-01-01", "900"),
        item("interest", "2024-01-01", "300"),
        item("fee", "2024-01-01", "100"),
        payment("2024-01-01", "1000"),
    ]
    (found,) = allocate(Order(costs_first, costs_first), events)
    assert paid(found) == {"fee": 100, "interest": 300, "principal": 600}
    assert found.principal_balance == 300


def test_an_item_without_place_in_the_order_is_refused():
    with pytest.raises(InvalidField) as refused:
        allocate(Order((Kind.FEE,), (Kind.FEE,)), [item("principal", "2024-01-01", "1")])
    assert refused.value.field == "events[0].kind"


money = st.decimals("0.01", "5000", places=2)
days = st.dates(date(2024, 1, 1), date(2024, 6, 30))
items = st.builds(Item, st.sampled_from(list(Kind)), days, st.integers(1, 4), money)
events_of_a_loan = st.lists(items | st.builds(Payment, days, money), max_size=25)
orders = st.builds(Order, st.permutations(list(Kind)).map(tuple), st.permutations(list(Kind)).map(tuple))


@settings(max_examples=200, deadline=None)
@given(orders, events_of_a_loan)
def test_every_cent_of_a_payment_is_accounted_for_and_nothing_is_paid_twice(order, events):
    payments = [event for event in events if isinstance(event, Payment)]
    found = allocate(order, events)
    assert [entry.on for entry in found] == [entry.on for entry in payments]
    for entry, event in zip(found, payments, strict=True):
        assert sum(entry.paid.values()) + entry.excess == event.amount
        assert min(*entry.paid.values(), entry.excess, entry.principal_balance) >= 0
    for kind in Kind:
        owed = sum(event.amount for event in events if isinstance(event, Item) and event.kind is kind)
        assert sum(entry.paid[kind] for entry in found) <= owed


@settings(max_examples=200, deadline=None)
@given(orders, events_of_a_loan)
def test_the_balance_is_what_fell_in_less_what_was_paid_and_excess_means_nothing_is_open(order, events):
    open_after = list(accumulate(event.amount if isinstance(event, Item) else 0 for event in events))
    found = iter(allocate(order, events))
    served = principal_paid = Decimal(0)
    for index, event in enumerate(events):
        if isinstance(event, Item):
            continue
        entry = next(found)
        served += sum(entry.paid.values())
        principal_paid += entry.paid[Kind.PRINCIPAL]
        so_far = [other for other in events[:index] if isinstance(other, Item) and other.kind is Kind.PRINCIPAL]
        assert entry.principal_balance == sum(other.amount for other in so_far) - principal_paid
        assert entry.excess == 0 or open_after[index] == served


def document(events, order='{"due": ["fee"], "advance": ["fee"]}'):
    return parse_document(f'{{"order": {order}, "events": {events}}}'.encode())


FEE = '{"type": "item", "kind": "fee", "due": "2024-01-01", "period": 1, "amount": "10"}'
PAID = '{"type": "payment", "on": "2024-01-02", "amount": 12.50}'


def test_documents_go_in_and_come_out_as_text():
    found = allocations_document(allocate(*read_events(document(f"[{FEE}, {PAID}]"))))
    assert found == {
        "payments": [
            {
                "on": "2024-01-02",
                "principal": "0.00",
                "interest": "0.00",
                "fee": "10.00",
                "penalty": "0.00",
                "excess": "2.50",
                "principal_balance": "0.00",
            }
        ]
    }


def test_sums_of_large_and_fine_amounts_are_exact():
    large, fine = "1" + "0" * 18, "0.0000000001"
    events = [item("principal", "2024-01-01", large), item("principal", "2024-01-01", fine), payment("2024-01-01", "1")]
    (found,) = allocate(ORDER, events)
    assert str(found.principal_balance) == "999999999999999999.0000000001"


@pytest.mark.parametrize(
    ("events", "field"),
    [
        ("{}", "events"),
        ("[1]", "events[0]"),
        ('[{"type": "refund"}]', "events[0].type"),
        ("[{}]", "events[0].type"),
        (f"[{FEE}, {PAID.replace('12.50', '-1')}]", "events[1].amount"),
        (f"[{PAID.replace('12.50', '0')}]", "events[0].amount"),
        (f"[{PAID.replace('12.50', 'NaN')}]", "events[0].amount"),
        (f"[{PAID.replace('12.50', 'true')}]", "events[0].amount"),
        (f"[{PAID.replace('12.50', '0.00000000001')}]", "events[0].amount"),
        (f"[{PAID.replace('2024-01-02', '2024-13-02')}]", "events[0].on"),
        (f"[{FEE.replace('2024-01-01', 'soon')}]", "events[0].due"),
        (f"[{FEE.replace('1,', '-1,')}]", "events[0].period"),
        (f"[{FEE.replace('1,', '1.5,')}]", "events[0].period"),
        (f"[{FEE.replace('fee', 'tip')}]", "events[0].kind"),
        (f"[{FEE.replace('period', 'perod')}]", "events[0].perod"),
    ],
)
def test_a_wrong_event_is_named(events, field):
    with pytest.raises(InvalidField) as refused:
        read_events(document(events))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ("[]", "order"),
        ('{"due": ["fee"]}', "order.advance"),
        ('{"due": "fee", "advance": []}', "order.due"),
        ('{"due": ["fee", "fee"], "advance": []}', "order.due[1]"),
        ('{"due": ["fee"], "advance": ["tip"]}', "order.advance[0]"),
        ('{"due": [], "advance": [], "later": []}', "order.later"),
    ],
)
def test_a_wrong_order_is_named(order, field):
    with pytest.raises(InvalidField) as refused:
        read_events(document("[]", order))
    assert refused.value.field == field
