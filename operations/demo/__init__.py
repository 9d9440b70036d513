"""Demonstration data: a bank with two branches, its people, forty customers, applications at every stage.

Everything is made through the same functions as in real life, with a clock that goes through the past weeks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from engine.service.attachments import FileStore
from engine.service.house import House
from operations.demo.archiving import lend
from operations.demo.care import Carer
from operations.demo.customers import add_customers
from operations.demo.deliberating import deliberate
from operations.demo.governing import govern
from operations.demo.plan import applications
from operations.demo.play import Player, StandingClock
from operations.demo.products import propose_products
from operations.demo.scans import file_papers
from operations.demo.staff import add_staff, is_there, lend_powers
from operations.notices import delivering, passing_on
from operations.notices.stand_in import Phone
from operations.payments import orders
from operations.payments.errand import payment_errand
from operations.payments.recorded import RecordedBank

PROCESS = "loan_origination"
WATCH = "expiry_watch"


def create(house: House, store: FileStore | None = None) -> bool:
    """Make the demonstration unless it is there; False when it was there already. Without a store, no papers are filed.

    What was begun and not finished (by a program that was stopped) is completed with the applications still missing.
    """
    now = house.clock.now()
    with house.step() as step:
        if not is_there(step.session):
            add_staff(step.session, now)
            add_customers(step.session, now)
            lend_powers(step)
            propose_products(step)
    clock = StandingClock(now)
    player = Player(_of_the_past(house, clock), clock, now)
    made = False
    for application in applications(now.astimezone(house.calendar.zone).date()):
        if not player.knows(application):
            player.play(PROCESS, application)
            made = True
    Carer(player.house, clock, now).play()
    lend(player.house, clock, now)
    player.catch_up()
    if store is not None:
        file_papers(player.house, clock, now, store)
    if made:
        player.look_for_what_ends(WATCH)
        deliberate(player.house, clock, now, store)
        player.hand_out()
        govern(player.house)
    return made


def _of_the_past(house: House, clock: StandingClock) -> House:
    """The house with another clock; what it tells people ends on the page of what was received."""
    past = replace(house, clock=clock, errands={})
    told = passing_on.House(quiet=(dt.time(22), dt.time(8)))
    past.errands[orders.JOB] = payment_errand(RecordedBank(past.sessions))
    past.errands.update(delivering.errands({"email": Phone(past, "email"), "sms": Phone(past)}, told))
    return past
