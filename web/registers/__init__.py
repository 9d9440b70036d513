"""Registers of the house (REG-1): each is declared once, and is a page, a sheet, a print and a REST list by it."""

from __future__ import annotations

from types import MappingProxyType

from engine.errors import NotFound
from engine.service.actors import Actor
from web.registers import audit, care, lending
from web.registers.declaring import Register

REGISTERS: MappingProxyType[str, Register] = MappingProxyType(
    {register.key: register for register in (*lending.REGISTERS, *care.REGISTERS, *audit.REGISTERS)}
)
"""In the order in which people see them."""


def registers_of(who: Actor) -> list[Register]:
    """The registers that a person may read."""
    return [register for register in REGISTERS.values() if register.is_open_to(who)]


def register_for(who: Actor, key: str) -> Register:
    """The register of this key. Raises `NotFound` when there is none, or not for `who`."""
    register = REGISTERS.get(key)
    if register is None or not register.is_open_to(who):
        raise NotFound("There is no such register.")
    return register
