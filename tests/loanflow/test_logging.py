"""Logs carry no secrets, whatever their name, shape or place."""

import io
import json
import logging

import pytest
import structlog

from loanflow.logging import REDACTED, configure_logging


@pytest.fixture
def log_lines(own_logging):
    stream = io.StringIO()
    configure_logging("info", "json", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json(log_lines):
    structlog.get_logger("x").info("放款", loan="L-1")
    [line] = log_lines()
    assert (line["event"], line["loan"], line["level"]) == ("放款", "L-1", "info")
    assert "timestamp" in line


@pytest.mark.parametrize(
    "name", ["password", "new_password", "token", "Authorization", "secret_key", "cookie", "database_url"]
)
def test_values_with_the_name_of_a_secret_are_blotted_out(log_lines, name):
    structlog.get_logger().info("event", **{name: "hunter22", "nested": {name: "hunter22"}})
    [line] = log_lines()
    assert line[name] == REDACTED
    assert line["nested"][name] == REDACTED


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-123",
        "token lf_" + "a" * 43,
        "cannot connect to postgresql+psycopg://loan:hunter22@db/loanflow",
        "called with password='hunter22'",
    ],
)
def test_texts_that_look_like_secrets_are_blotted_out(log_lines, text):
    structlog.get_logger().info("event", detail=text)
    logging.getLogger("some.library").warning("said %s", text)
    for line in log_lines():
        assert "hunter22" not in str(line)
        assert "abc.def" not in str(line)
        assert "aaaa" not in str(line)
        assert REDACTED in str(line)


@pytest.mark.parametrize("number", ["419999196203010018", "11010119900307001X", "13812345600", "138 1234 5600"])
def test_identity_and_phone_numbers_are_blotted_out(log_lines, number):
    structlog.get_logger().info("event", detail=f"Key (id_number)=(resident_id, {number}) exists")
    [line] = log_lines()
    assert (number in str(line), REDACTED in str(line)) == (False, True)


@pytest.mark.parametrize("number", ["A-2026-0001", "1381234560012345", "12345678.13812345600", "20260302090000000123"])
def test_other_numbers_stay(log_lines, number):
    structlog.get_logger().info("event", detail=number)
    [line] = log_lines()
    assert line["detail"] == number


def test_tracebacks_are_blotted_out_too(log_lines):
    try:
        raise ValueError("password=hunter22")
    except ValueError:
        structlog.get_logger().exception("failed")
    [line] = log_lines()
    assert "ValueError" in line["exception"]
    assert "hunter22" not in line["exception"]


def test_the_level_is_kept(log_lines):
    structlog.get_logger().debug("too fine")
    assert log_lines() == []
