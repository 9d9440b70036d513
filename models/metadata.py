"""All tables at once, for migrations and for databases made without them."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import sqlalchemy as sa

import models
from models.database import Base


def all_tables() -> sa.MetaData:
    """The metadata of every table, whichever modules were imported before."""
    for module in pkgutil.iter_modules(models.__path__):
        import_module(f"models.{module.name}")
    return Base.metadata
