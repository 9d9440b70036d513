"""What no schema may contain: scripts, unsafe addresses, and expressions where nobody evaluates them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.forms.expressions import FeelSyntaxError, is_formula, template_reads
from engine.forms.report import Reader

TEMPLATES: Final = frozenset(
    {
        "label", "description", "text", "content", "title", "alt", "source", "url", "dateLabel", "timeLabel",
        "accept", "appearance.prefixAdorner", "appearance.suffixAdorner",
    }
)  # fmt: skip
"""Properties with text for people, which may be `=expression` or hold `{{expression}}`."""
_FORMULAS: Final = frozenset(
    {
        "conditional.hide", "readonly", "valuesExpression", "dataSource", "columnsExpression", "expression",
        "multiple", "validate.min", "validate.max", "validate.minLength", "validate.maxLength",
    }
)  # fmt: skip
_SCRIPT: Final = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|form|base|meta|link)\b|<[^>]*\bon\w+\s*=|javascript\s*:|vbscript\s*:|data\s*:\s*text/html",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"https://|/(?!/)", re.IGNORECASE)
_IMAGE: Final = re.compile(r"https://|/(?!/)|data:image/(?!svg)", re.IGNORECASE)


def check_component(reader: Reader) -> None:
    """Reports what this component says that no server or browser of ours will do."""
    for name, value in _properties(reader.component):
        if name in TEMPLATES:
            _check_template(reader, name, value)
        elif is_formula(value) and name not in _FORMULAS and name != "validate.pattern":
            reader.problem(f"{name}: expressions are not evaluated here")
    if reader.type == "iframe":
        _check_iframe(reader)
    elif reader.type == "image":
        _check_address(reader, "source", _IMAGE)


def _properties(component: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Text properties of the component itself and one level below, as `label` or `validate.min`."""
    for name, value in component.items():
        if isinstance(value, str):
            yield str(name), value
        elif isinstance(value, Mapping) and name not in ("properties", "layout"):
            yield from ((f"{name}.{inner}", text) for inner, text in value.items() if isinstance(text, str))


def _check_template(reader: Reader, name: str, text: str) -> None:
    if _SCRIPT.search(text):
        reader.problem(f"{name} contains markup or addresses that can run scripts")
    try:
        reader.read_names(template_reads(text))
    except FeelSyntaxError as error:
        reader.problem(f"{name}: {error}")


def _check_iframe(reader: Reader) -> None:
    _check_address(reader, "url", _ADDRESS)
    security = reader.component.get("security")
    if isinstance(security, Mapping) and security.get("allowScripts") and security.get("allowSameOrigin"):
        reader.problem("security: allowScripts and allowSameOrigin together lift the sandbox of the frame")
    if isinstance(security, Mapping) and security.get("allowTopNavigation"):
        reader.problem("security: allowTopNavigation lets the frame leave the page")


def _check_address(reader: Reader, name: str, allowed: re.Pattern[str]) -> None:
    address = reader.text(name)
    if not is_formula(address) and not address.startswith("{{") and not allowed.match(address):
        reader.problem(f"{name} must be an https address or a path on this server")
