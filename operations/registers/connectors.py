"""Ways to a register. A connector answers a question about one person or firm, or raises what went wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from engine.packages import load_yaml
from engine.service.errands import GiveUp
from engine.values import dumps, loads
from operations.notices.channels import post

_RECORDED = Path(__file__).parent / "recorded.yaml"


@dataclass(frozen=True)
class Question:
    """Who is looked up in which register, by whose authorisation."""

    register: str
    name: str
    id_number: str
    authorisation_no: str
    authorised_on: dt.date
    on: dt.date


@dataclass(frozen=True)
class Answer:
    """What the register said: its own number of the query, the figures by the names of the form, and a sentence."""

    query_no: str
    facts: Mapping[str, Any]
    summary: str


class Connector(Protocol):
    """Asks a register. `GiveUp` when asking again is of no use: then the desk looks it up by hand."""

    name: str

    def ask(self, question: Question, key: str) -> Answer:
        """The answer; the key tells a repetition."""


class Recorded:
    """Gives recorded answers, for the demonstration and for tests: by identity number, else what is usual."""

    name = "recorded"

    def __init__(self, path: Path = _RECORDED) -> None:
        self._answers = load_yaml(path.read_bytes())

    def ask(self, question: Question, key: str) -> Answer:
        """The recorded answer; `{error: …}` in the record is a register that does not answer."""
        known = self._answers[question.register]
        found = known.get(question.id_number, known["usual"])
        if "error" in found:
            raise GiveUp(found["error"])
        number = f"{question.register[:2].upper()}{question.on:%Y%m%d}-{key.rpartition('-')[2]:0>6}"
        return Answer(number, found["facts"], found["summary"])


class Gateway:
    """A gateway of the house to the registers: takes `POST {register, name, id_number, authorisation, …}` as JSON and
    answers `{query_no, facts, summary}`."""

    name = "gateway"

    def __init__(self, url: str, token: str = "") -> None:
        self._url, self._token = url, token

    def ask(self, question: Question, key: str) -> Answer:
        """Asks the gateway; what is no answer is a failed try."""
        body = {
            "register": question.register,
            "name": question.name,
            "id_number": question.id_number,
            "authorisation_no": question.authorisation_no,
            "authorised_on": question.authorised_on.isoformat(),
            "key": key,
        }
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        said = post(self._url, dumps(body).encode(), {**headers, "Idempotency-Key": key})
        try:
            answer = loads(said.decode())
            return Answer(str(answer["query_no"])[:60], dict(answer["facts"]), str(answer["summary"])[:4000])
        except (ValueError, KeyError, TypeError) as error:
            raise OSError(f"the gateway gave no proper answer: {type(error).__name__}") from error
