"""Text fields and text areas: length, pattern, email and telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import Decimal
from typing import Any, ClassVar, Final

from engine.forms.errors import Wrong
from engine.forms.expressions import Formula
from engine.forms.kinds import Bound, Kind, Situation
from engine.forms.limits import MAX_TEXT
from engine.forms.pattern_parser import SPACES
from engine.forms.patterns import Pattern, PatternTooSlow, utf16_units
from engine.values import to_json

_UNKEEPABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACE_CHARACTERS: Final = "".join(chr(code) for low, high in SPACES for code in range(low, high + 1))
# The two patterns of form-js 1.23 (core/Validator.js), the dialling codes without its repetitions.
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
EMAIL: Final = Pattern(rf"^[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*$")
_DIALLING_CODES: Final = (
    "1 1242 1246 1264 1268 1284 1340 1345 1441 1473 1649 1664 1670 1671 1684 1721 1758 1767 1784 1787 1809 "
    "1829 1849 1868 1869 1876 1939 20 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 "
    "233 234 235 236 237 238 239 240 241 242 243 244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 "
    "261 262 263 264 265 266 267 268 269 27 291 297 298 299 30 31 32 33 34 350 351 352 353 354 355 356 357 "
    "358 359 36 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385 386 387 389 39 3906698 40 41 420 "
    "421 423 43 44 45 46 47 4779 48 49 500 501 502 503 504 505 506 507 508 509 51 52 53 54 55 56 57 58 590 "
    "591 592 593 594 595 596 597 598 5999 60 61 62 63 64 65 66 670 672 673 674 675 676 677 678 679 680 681 "
    "682 683 685 686 687 688 689 690 691 692 7 76 77 81 82 84 850 852 853 855 856 86 880 886 90 91 92 93 94 "
    "95 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 98 992 993 994 995 996 998"
)
_AREA: Final = (
    r"9[976]\d|8[987530]\d|6[987]\d|5[90]\d|42\d|3[875]\d|2[98654321]\d|9[8543210]|8[6421]|6[6543210]|5[87654321]"
    r"|4[987654310]|3[9643210]|2[70]|7|1"
)
PHONE: Final = Pattern(rf"(\+|00)({'|'.join(_DIALLING_CODES.split())})({_AREA})\d{{4,20}}$")
VALIDATION_TYPES: Final = {"email": EMAIL, "phone": PHONE}


@dataclass(frozen=True)
class Text(Kind):
    """Text. In a text field line ends and tabs become spaces, as form-js has it; in a text area they stay."""

    multiline: bool = False
    min_length: Bound = field(default_factory=Bound)
    max_length: Bound = field(default_factory=Bound)
    pattern: Pattern | None = None
    pattern_words: str | None = None
    validation_type: str | None = None

    empty: ClassVar[Any] = ""

    def value_type(self) -> str:
        """Text."""
        return "text"

    def read(self, given: Any, zone: tzinfo) -> str:
        """The text; anything else is refused."""
        if not isinstance(given, str):
            raise Wrong("not_text")
        if _UNKEEPABLE.search(given):
            raise Wrong("characters")
        return given if self.multiline else re.sub(r"[\r\n\t]", " ", given)

    def hold(self, value: Any, situation: Situation) -> Any:
        """form-js shows a number, a boolean or a date as text."""
        plain = to_json(value)
        if isinstance(plain, (Decimal, bool)):
            plain = format(plain, "f") if isinstance(plain, Decimal) else str(plain).lower()
        return super().hold(plain, situation)

    def check(self, value: str, situation: Situation) -> Iterator[Wrong]:
        """Length (without the spaces around, in UTF-16 units), then pattern, then email or telephone."""
        trimmed = value.strip(_SPACE_CHARACTERS)
        length = len(utf16_units(trimmed))
        most = self.max_length.value(situation.scope)
        if length > (MAX_TEXT if most is None else most):
            # Neither pattern nor anything else is tried on a text that is refused for its length.
            yield Wrong("max_length", limit=MAX_TEXT if most is None else most)
            return
        if not value:
            return
        least = self.min_length.value(situation.scope)
        if least is not None and length < least:
            yield Wrong("min_length", limit=least)
        if self.pattern is not None:
            yield from _matches(self.pattern, value, "pattern", self.pattern_words)
        if self.validation_type is not None:
            yield from _matches(VALIDATION_TYPES[self.validation_type], value, self.validation_type, None)

    def formulas(self) -> Iterator[Formula]:
        """The bounds of the length, where they are expressions."""
        yield from (bound.formula for bound in (self.min_length, self.max_length) if bound.formula is not None)


def _matches(pattern: Pattern, value: str, code: str, words: str | None) -> Iterator[Wrong]:
    try:
        if not pattern.found_in(value):
            yield Wrong(code, words=words)
    except PatternTooSlow:
        yield Wrong("too_complex")
