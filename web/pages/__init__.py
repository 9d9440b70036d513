"""Pages for people. Each module has a blueprint; this package puts them into the application."""

from __future__ import annotations

from flask import Flask


def register_pages(app: Flask) -> None:
    """Registers the blueprints, template filters and error pages."""
