"""What roles are called in the packages in which the reader has a part."""

from __future__ import annotations

from web.context import house, reading
from web.pages.inbox_filters import processes
from web.pages.vocabulary import Vocabulary


def role_words() -> dict[str, str]:
    """Roles in the reader's language, by code."""
    found: dict[str, str] = {}
    for key, _ in processes():
        words = Vocabulary(house().definitions.find(reading(), key))
        for role in words.definition.package.manifest.roles:
            found.setdefault(role, words.role(role))
    return found
