"""What the web needs to know about its surroundings; `loanflow.settings.Settings` provides it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Protocol


class WebSettings(Protocol):
    """Everything is read-only and fixed for the life of the process."""

    @property
    def secret_key(self) -> str | None:
        """Signs session cookies and CSRF tokens; the same for all processes of one installation."""

    @property
    def data_dir(self) -> Path | None:
        """The folder for attachments and other files, outside everything that is served."""

    @property
    def timezone(self) -> str:
        """Name of the institution's zone (IANA)."""

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration: pages say so."""

    @property
    def cookie_secure(self) -> bool:
        """Send cookies over https only, also when this process itself is spoken to over http."""

    @property
    def trusted_proxies(self) -> int:
        """How many proxies in front of us set X-Forwarded-For and X-Forwarded-Proto."""

    @property
    def designers_deploy(self) -> bool:
        """Whether the role of a designer includes the right to deploy."""

    @property
    def max_upload_bytes(self) -> int:
        """The largest request body that is accepted."""

    @property
    def session_lifetime(self) -> dt.timedelta:
        """How long a browser stays signed in without being used."""

    @property
    def token_lifetime(self) -> dt.timedelta:
        """How long a token of the REST interface is valid."""

    @property
    def embedded_scheduler(self) -> bool:
        """Whether this process also wakes timers and jobs."""
