"""Settings: read from the environment once, typed, and fixed from then on. `docs/settings.md` shows the same table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PREFIX = "LOANFLOW_"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class SettingError(Exception):
    """A setting is missing or cannot be read; the message names it and says what to write."""


def _switch(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in _TRUE | _FALSE:
        raise ValueError("write 1 or 0")
    return lowered in _TRUE


def _count(text: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit():
        raise ValueError("write a whole number")
    return int(text)


def _port(text: str) -> int:
    number = _count(text)
    if not 0 < number < 65536:
        raise ValueError("write a number from 1 to 65535")
    return number


def _at_least_one(text: str) -> int:
    number = _count(text)
    if number < 1:
        raise ValueError("write a whole number, 1 or more")
    return number


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError("write the name of a zone, such as Asia/Shanghai") from None
    return text


def _server(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text.strip())
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError("write an address such as " + " or ".join(f"{scheme}://host" for scheme in schemes))
        return text.strip().rstrip("/")

    return read


def _hours(text: str) -> tuple[dt.time, dt.time]:
    begin, _dash, end = text.strip().partition("-")
    try:
        return dt.time.fromisoformat(begin), dt.time.fromisoformat(end)
    except ValueError:
        raise ValueError("write from and to, such as 22:00-08:00") from None


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.strip().lower() not in words:
            raise ValueError("write " + " or ".join(words))
        return text.strip().lower()

    return read


def _setting(env: str, read: Callable[[str], Any], default: Any, meaning: str, *, shown: str | None = None) -> Any:
    """A field that is read from `env`; `shown` is its default in the documentation where `default` says too little."""
    metadata = {"env": env, "read": read, "meaning": meaning, "shown": str(default) if shown is None else shown}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation decides. Everything else is in process packages."""

    database_url: str | None = _setting(
        "LOANFLOW_DATABASE_URL",
        str,
        None,
        "the database: `sqlite:////srv/loanflow/loanflow.db` or `postgresql+psycopg://user:password@host/name`",
        shown="required",
    )
    secret_key: str | None = _setting(
        "LOANFLOW_SECRET_KEY",
        str,
        None,
        "signs cookies; long, random, kept, and the same for all processes: `openssl rand -hex 32`",
        shown="required by `serve`",
    )
    data_dir: Path | None = _setting(  # noqa: RUF009 (a field, as the others are)
        "LOANFLOW_DATA_DIR", Path, None, "the folder for attachments and other files", shown="required by `serve`"
    )
    timezone: str = _setting(
        "LOANFLOW_TIMEZONE", _zone, "Asia/Shanghai", "the institution's zone: days and months are counted in it"
    )
    institution: str = _setting(
        "LOANFLOW_INSTITUTION",
        str.strip,
        "",
        "name of the house, which `init` gives to the root unit; `loanflow unit rename` changes it later",
        shown="总部",
    )
    host: str = _setting("HOST", str, "127.0.0.1", "address on which `serve` listens")
    port: int = _setting("PORT", _port, 8000, "port on which `serve` listens")
    threads: int = _setting("LOANFLOW_THREADS", _at_least_one, 8, "requests that `serve` answers at the same time")
    embedded_scheduler: bool = _setting(
        "LOANFLOW_SCHEDULER",
        _switch,
        True,
        "`serve` itself wakes timers and jobs; `0` leaves them to `loanflow worker`",
        shown="1",
    )
    sweep_seconds: int = _setting(
        "LOANFLOW_SWEEP_SECONDS", _at_least_one, 1, "how often the scheduler looks for what is due"
    )
    demo: bool = _setting(
        "LOANFLOW_DEMO",
        _switch,
        False,
        "demonstration: demo people may sign in; only this machine can connect",
        shown="0",
    )
    demo_public: bool = _setting(
        "LOANFLOW_DEMO_PUBLIC", _switch, False, "a demonstration may be reached from other machines", shown="0"
    )
    cookie_secure: bool = _setting(
        "LOANFLOW_COOKIE_SECURE",
        _switch,
        False,
        "send cookies over https only, even when the proxy does not tell us that it speaks https",
        shown="0, but on for every request by https",
    )
    trusted_proxies: int = _setting(
        "LOANFLOW_TRUSTED_PROXIES",
        _count,
        0,
        "how many proxies in front set `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`",
    )
    designers_deploy: bool = _setting(
        "LOANFLOW_DESIGNERS_DEPLOY",
        _switch,
        True,
        "designers may deploy; `0` leaves that to administrators, so that two people stand behind every process",
        shown="1",
    )
    public_url: str = _setting(
        "LOANFLOW_PUBLIC_URL",
        _server("https", "http"),
        "",
        "where people reach the pages, such as `https://loans.example`: mails then lead to their cases",
        shown="none",
    )
    smtp_url: str = _setting(
        "LOANFLOW_SMTP_URL",
        _server("smtp", "smtps"),
        "",
        "the mail server: `smtp://user:password@host:587`, or `smtps://`",
        shown="none: mails fail; the demonstration has a server of its own",
    )
    mail_from: str = _setting("LOANFLOW_MAIL_FROM", str, "loanflow@localhost", "sender of mails")
    sms_url: str = _setting(
        "LOANFLOW_SMS_URL",
        _server("https", "http"),
        "",
        "the gateway for messages to phones; takes `POST {to, text, key}`",
        shown="none: messages fail; the demonstration shows them",
    )
    sms_token: str = _setting("LOANFLOW_SMS_TOKEN", str, "", "bearer token for the gateway", shown="none")
    payments: str | None = _setting(
        "LOANFLOW_PAYMENTS",
        _one_of("manual", "recorded"),
        None,
        "who pays out: `manual`, people at the bank, entered by two; `recorded`, a bank made of rows that pays nobody",
        shown="none: payments wait at the finance desk; the demonstration has `recorded`",
    )
    registers: str = _setting(
        "LOANFLOW_REGISTERS",
        _one_of("auto", "recorded", "gateway", "manual"),
        "auto",
        "how registers are looked up: `gateway` (LOANFLOW_REGISTER_URL), `recorded` answers, or `manual` by the desk",
        shown="auto: gateway if its address is set, recorded in the demonstration, else manual",
    )
    register_url: str = _setting(
        "LOANFLOW_REGISTER_URL",
        _server("https", "http"),
        "",
        "the house's gateway to the credit registry and others; takes `POST {register, name, id_number, …}`",
        shown="none",
    )
    register_token: str = _setting("LOANFLOW_REGISTER_TOKEN", str, "", "bearer token for that gateway", shown="none")
    quiet_hours: tuple[dt.time, dt.time] = _setting(
        "LOANFLOW_QUIET_HOURS",
        _hours,
        (dt.time(22), dt.time(8)),
        "customers get no messages then; people of the house set their own",
        shown="22:00-08:00",
    )
    max_upload_mb: int = _setting(
        "LOANFLOW_MAX_UPLOAD_MB", _at_least_one, 32, "largest request that is accepted, in megabytes"
    )
    session_hours: int = _setting(
        "LOANFLOW_SESSION_HOURS", _at_least_one, 12, "hours without use after which a browser is signed out"
    )
    token_days: int = _setting("LOANFLOW_TOKEN_DAYS", _at_least_one, 30, "days for which a REST token is valid")
    log_level: str = _setting(
        "LOANFLOW_LOG_LEVEL", _one_of("debug", "info", "warning", "error"), "info", "what is logged, to standard error"
    )
    log_format: str = _setting(
        "LOANFLOW_LOG_FORMAT",
        _one_of("auto", "json", "console"),
        "auto",
        "`json`, `console`, or `auto`: console on a terminal, JSON otherwise",
    )

    @property
    def max_upload_bytes(self) -> int:
        """The largest request body, in bytes."""
        return self.max_upload_mb * 1024 * 1024

    @property
    def session_lifetime(self) -> dt.timedelta:
        """How long a browser stays signed in without use."""
        return dt.timedelta(hours=self.session_hours)

    @property
    def token_lifetime(self) -> dt.timedelta:
        """How long a REST token is valid."""
        return dt.timedelta(days=self.token_days)

    def require_database(self) -> str:
        """The database's address; raises `SettingError` when it is not set."""
        return _required(self, "database_url", "sqlite:///var/loanflow.db")

    def require_for_serving(self) -> None:
        """Raises `SettingError` unless everything is set that `serve` cannot do without."""
        self.require_database()
        _required(self, "secret_key", "the output of: openssl rand -hex 32")
        _required(self, "data_dir", "var/files")


def _required(settings: Settings, name: str, example: str) -> Any:
    value = getattr(settings, name)
    if not value:
        env = next(item.metadata["env"] for item in fields(settings) if item.name == name)
        raise SettingError(f"{env} is not set. Write for example: export {env}='{example}'")
    return value


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`; what is absent or empty has its default. Raises `SettingError`."""
    values = {}
    for item in table():
        env = item.metadata["env"]
        text = environ.get(env, "")
        if not text.strip():
            continue
        try:
            values[item.name] = item.metadata["read"](text)
        except ValueError as error:
            raise SettingError(f"{env}={text!r} cannot be read: {error}.") from None
    return Settings(**values)


def unknown_names(environ: Mapping[str, str]) -> list[str]:
    """`LOANFLOW_*` that no setting reads: most often a misspelling."""
    known = {item.metadata["env"] for item in table()}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def table() -> tuple[Field[Any], ...]:
    """The fields of `Settings`, in the order of the documentation; `metadata` has env, meaning and shown."""
    return fields(Settings)
