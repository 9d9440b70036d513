"""`loanflow serve` and `loanflow worker`: the two kinds of process that run for long."""

from __future__ import annotations

import gc
import ipaddress
import signal
import threading
from typing import TYPE_CHECKING, Any

import click

from loanflow.commands.common import Broken, load_settings, the_house

if TYPE_CHECKING:
    from engine.service.house import House
    from loanflow.settings import Settings
    from operations.notices.stand_in import MailServer

LOOPBACK = "127.0.0.1"


@click.command()
@click.option("--host", metavar="H", help="Address to listen on (setting HOST).")
@click.option("--port", metavar="N", type=click.IntRange(1, 65535), help="Port to listen on (setting PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Serve pages and the REST interface, with the scheduler unless LOANFLOW_SCHEDULER=0."""
    import structlog
    import waitress

    from loanflow.metronome import make_metronome
    from loanflow.settings import SettingError
    from web.app import create_app
    from web.health import attach_scheduler

    settings = load_settings()
    try:
        settings.require_for_serving()
    except SettingError as error:
        raise Broken(str(error)) from None
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Broken(f"LOANFLOW_DATA_DIR cannot be made: {error}") from None
    address, port = listening_host(settings, host), port or settings.port
    log = structlog.get_logger(__name__)
    with the_house(settings) as house:
        refuse_open_demo(settings, house)
        post_office = open_post_office(house, settings)
        app = create_app(house, settings)
        scheduler = make_metronome(house, settings) if settings.embedded_scheduler else None
        if scheduler is not None:
            attach_scheduler(app, scheduler)
        try:
            server = waitress.create_server(
                app,
                host=address,
                port=port,
                threads=settings.threads,
                ident=None,
                max_request_body_size=4 * settings.max_upload_bytes,
            )
        except OSError as error:
            raise Broken(f"Cannot listen on {address}:{port}: {error.strerror}.") from None
        if scheduler is not None:
            scheduler.start()
        signal.signal(signal.SIGTERM, _stop)
        keep_what_is_loaded()
        log.info("serving", address=f"http://{address}:{port}", demo=settings.demo)
        try:
            server.run()
        finally:
            server.close()
            if scheduler is not None:
                # A sweep that is under way ends its transaction first.
                scheduler.shutdown(wait=True)
            if post_office is not None:
                post_office.stop()


@click.command()
def worker() -> None:
    """Wake timers and jobs, for the distributed form; any number of workers may run."""
    import structlog

    from loanflow.metronome import make_metronome

    settings = load_settings()
    log = structlog.get_logger(__name__)
    with the_house(settings) as house:
        scheduler = make_metronome(house, settings)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: ended.set())
        scheduler.start()
        keep_what_is_loaded()
        log.info("working", sweep_seconds=settings.sweep_seconds)
        ended.wait()
        scheduler.shutdown(wait=True)


def keep_what_is_loaded() -> None:
    """Modules, templates and tables stay as long as the process: the collector need not walk them again and again."""
    gc.collect()
    gc.freeze()


def open_post_office(house: House, settings: Settings) -> MailServer | None:
    """A mail server that stands in for a real one, in a demonstration that sends its mails from this process."""
    from loanflow.wiring import set_up_notices
    from operations.notices.stand_in import MailServer

    if not settings.demo or settings.smtp_url or not settings.embedded_scheduler:
        return None
    server = MailServer(house)
    set_up_notices(house, settings, server.start())
    return server


def listening_host(settings: Settings, wanted: str | None) -> str:
    """Where to listen: in demo mode on this machine only, whatever was asked for, unless LOANFLOW_DEMO_PUBLIC=1."""
    host = wanted or settings.host
    if settings.demo and not settings.demo_public and not _is_loopback(host):
        import structlog

        structlog.get_logger(__name__).warning(
            "demo mode listens on this machine only; LOANFLOW_DEMO_PUBLIC=1 opens it", asked_for=host
        )
        return LOOPBACK
    return host


def refuse_open_demo(settings: Settings, house: Any) -> None:
    """Ends the program when demo people, whose password everybody knows, could sign in to a real server."""
    from models.queries.people import demo_people_can_sign_in

    if settings.demo:
        return
    with house.sessions.reading() as session:
        if not demo_people_can_sign_in(session):
            return
    raise Broken(
        "There are demo people in this database, and everybody knows their password. Disable them"
        " (`loanflow user list --demo` names them, `loanflow user disable NAME`), use another database,"
        " or set LOANFLOW_DEMO=1 for a demonstration on this machine."
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _stop(_number: int, _frame: Any) -> None:
    # waitress ends its loop on SystemExit, and the `finally` above closes everything.
    raise SystemExit(0)
