"""Settings: read from the environment, typed, with messages that say what to write."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from loanflow.settings import SettingError, read_settings, unknown_names

THREE = {
    "LOANFLOW_DATABASE_URL": "sqlite:///x.db",
    "LOANFLOW_SECRET_KEY": "k" * 32,
    "LOANFLOW_DATA_DIR": "/srv/files",
}


def test_the_first_three_alone_are_enough_to_serve():
    settings = read_settings(THREE)
    settings.require_for_serving()
    assert settings.data_dir == Path("/srv/files")
    assert (settings.timezone, settings.host, settings.port) == ("Asia/Shanghai", "127.0.0.1", 8000)
    assert not settings.demo
    assert settings.embedded_scheduler


@pytest.mark.parametrize("missing", THREE)
def test_serving_without_one_of_them_names_it(missing):
    settings = read_settings({name: value for name, value in THREE.items() if name != missing})
    with pytest.raises(SettingError, match=missing):
        settings.require_for_serving()


def test_values_have_their_types():
    settings = read_settings(
        {"PORT": "9000", "LOANFLOW_DEMO": "yes", "LOANFLOW_TOKEN_DAYS": "2", "LOANFLOW_MAX_UPLOAD_MB": "1"}
    )
    assert settings.port == 9000
    assert settings.demo is True
    assert settings.token_lifetime == dt.timedelta(days=2)
    assert settings.max_upload_bytes == 1024 * 1024


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("LOANFLOW_DEMO", "maybe"),
        ("LOANFLOW_TIMEZONE", "Mars/Olympus"),
        ("LOANFLOW_TIMEZONE", "../../etc/passwd"),
        ("LOANFLOW_THREADS", "0"),
        ("LOANFLOW_LOG_LEVEL", "loud"),
        ("LOANFLOW_TRUSTED_PROXIES", "-1"),
    ],
)
def test_what_cannot_be_read_is_named(name, text):
    with pytest.raises(SettingError, match=name):
        read_settings({name: text})


def test_an_empty_value_counts_as_absent():
    assert read_settings({"PORT": "", "LOANFLOW_TIMEZONE": " "}).port == 8000


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_settings({}).port = 1


def test_unknown_names_are_found_and_others_left_alone():
    assert unknown_names({**THREE, "LOANFLOW_DATBASE_URL": "x", "PATH": "/bin"}) == ["LOANFLOW_DATBASE_URL"]
