"""The designer's pages: packages, their files, checks, trials of scenarios, deployment. Each module adds its routes."""

from web.pages.designer import checking, editing, packages, trials
from web.pages.designer.base import blueprint

__all__ = ["blueprint", "checking", "editing", "packages", "trials"]
