"""A compiled form: what the browser gets, what the server accepts, what the checker reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from engine.forms.agreement import check_agreement
from engine.forms.compiler import Compiler, exact
from engine.forms.conditions import check_conditions
from engine.forms.errors import ErrorList, Path, Translate, Wrong
from engine.forms.expressions import DEFAULT_ZONE, Circumstances, Formula, top_scope
from engine.forms.filling import Submission, accepted_values, hold
from engine.forms.kinds import Kind, Situation, same
from engine.forms.limits import check_size
from engine.forms.messages import Language
from engine.forms.report import Report
from engine.forms.schema import Field, Leaf, Rows, shape_of
from engine.forms.translation import localise
from engine.forms.visibility import Place, settle, value_at
from engine.values import to_json


def compile_form(schema: Any) -> Form:
    """Compiles a form-js schema as read from JSON. Never raises: what is wrong with it stands in `problems`."""
    return Form(schema)


class Form:
    """One form-js schema, compiled once and used for every submission; immutable.

    `keys` are the variables that it may write, `reads` those its expressions and texts read, `fields` its fields in
    order; `lists` those among `reads` from which fields take their options; `problems` forbid its deployment and
    `warnings` do not, each as (field key or id, message).
    """

    def __init__(self, schema: Any) -> None:
        report = Report()
        compiler = Compiler(report)
        source = exact(schema)
        self.schema: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
        if not isinstance(source, Mapping) or source.get("type", "default") != "default":
            report.problems.append(("", "this is not a form-js schema: an object of type default is expected"))
            source = {"components": []}
        self._nodes = compiler.compile(source.get("components", []))
        check_conditions(self._nodes, report)
        check_agreement(self._nodes, compiler.fields, report)
        self._shape = shape_of(self._nodes)
        self._passes = 1 + sum(field.type == "expression" for field in compiler.fields)
        self.fields: tuple[Field, ...] = tuple(compiler.fields)
        self.keys: frozenset[str] = frozenset(self._shape)
        self.reads: frozenset[str] = frozenset(report.reads)
        self.lists: frozenset[str] = frozenset(report.lists)
        self.problems: list[tuple[str, str]] = report.problems
        self.warnings: list[tuple[str, str]] = report.warnings

    def validate(
        self,
        data: Any,
        variables: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: tzinfo | None = None,
        language: Language = "zh",
        translate: Translate | None = None,
    ) -> dict[str, Any]:
        """The variables to write for `data` (plain JSON values, numbers as `Decimal`), typed as process variables.

        `variables` are those that the person's branch of the case sees. `now` is the present instant, for `today()`
        and for dates that must not be past (not judged without it); `zone` is the institution's. Messages are in
        `language`; `translate` is applied to the designer's own. Raises `FormInvalid`, and nothing else whatever
        `data` is.
        """
        errors = ErrorList(language, translate)
        try:
            check_size(data)
            if not isinstance(data, dict):
                raise Wrong("not_a_form")
            return self._accept(data, variables, Circumstances(now, zone or DEFAULT_ZONE), errors)
        except Wrong as wrong:
            errors.add((), wrong)
            raise errors.invalid() from wrong

    def initial(self, variables: Mapping[str, Any], *, zone: tzinfo | None = None) -> dict[str, Any]:
        """The data that the browser's form starts from: present values or defaults, and what its expressions read.

        JSON values; `Decimal` stays for `engine.values.dumps`.
        """
        situation = Situation(top_scope(variables, Circumstances(None, zone or DEFAULT_ZONE)), variables)
        held = hold(self._shape, variables, situation)
        read = {name: variables[name] for name in self.reads - self.keys if name in variables}
        plain: dict[str, Any] = to_json(read | held)
        return plain

    def localise(self, translations: Mapping[str, str], language: Language) -> Any:
        """The schema to show, its texts in `language`; `translations` maps the Chinese text to the English."""
        return localise(self.schema, translations, language)

    def _accept(
        self, data: dict[Any, Any], variables: Mapping[str, Any], around: Circumstances, errors: ErrorList
    ) -> dict[str, Any]:
        at_first = Situation(top_scope(variables, around), variables)
        submission = Submission(at_first, errors)
        held = {**variables, **hold(self._shape, variables, at_first)}
        submission.read(self._shape, data, held)
        judge = _Judge(submission, errors, variables)
        for place in settle(self._nodes, submission.state, held, self._passes, around):
            judge.place(place)
        errors.raise_if_any()
        return accepted_values(self._shape, judge.accepted, judge.lists, variables)


class _Judge:
    """Judges each place of one submission, and gathers what is accepted."""

    def __init__(self, submission: Submission, errors: ErrorList, variables: Mapping[str, Any]) -> None:
        self.accepted: dict[Path, Any] = {}
        self.lists: dict[Path, int] = {}
        self._untouched: list[Path] = []
        self._submission = submission
        self._errors = errors
        self._variables = variables

    def place(self, place: Place) -> None:
        """Judges one field or list."""
        if any(place.path[: len(path)] == path for path in self._untouched):
            return
        try:
            if place.hidden:
                self._refuse_given(place, "hidden")
            elif isinstance(place.node, Rows):
                self._list(place, place.node)
            elif place.node.kind is None:
                self.accepted[place.path] = value_at(self._submission.state, place.path)
            else:
                self._field(place, place.node, place.node.kind)
        except Wrong as wrong:
            self._errors.add(place.path, wrong)

    def _refuse_given(self, place: Place, code: str) -> None:
        computed = isinstance(place.node, Leaf) and place.node.kind is None
        if self._submission.given.get(place.path) is not None and not computed:
            raise Wrong(code)

    def _list(self, place: Place, rows: Rows) -> None:
        if place.path not in self._submission.given:
            if not rows.fixed:
                # A list that was not submitted keeps its rows, and nothing in them is asked for.
                self._untouched.append(place.path)
            return
        count = len(value_at(self._submission.state, place.path))
        expected = self._submission.fixed_lengths.get(place.path)
        if expected is not None and count != expected:
            raise Wrong("rows_fixed", limit=expected)
        self.lists[place.path] = count

    def _field(self, place: Place, leaf: Leaf, kind: Kind) -> None:
        readonly = leaf.readonly.holds(place.scope) if isinstance(leaf.readonly, Formula) else leaf.readonly
        if leaf.disabled or readonly:
            self._locked(place, "disabled" if leaf.disabled else "readonly")
            return
        if place.path in self._submission.wrong:
            raise self._submission.wrong[place.path]
        is_given = place.path in self._submission.given
        value = value_at(self._submission.state, place.path) if is_given else None
        if leaf.required and kind.is_missing(value):
            raise Wrong("required")
        if not is_given:
            return
        if value is not None:
            for wrong in kind.check(value, Situation(place.scope, self._variables)):
                self._errors.add(place.path, wrong)
        self.accepted[place.path] = value

    def _locked(self, place: Place, code: str) -> None:
        """form-js submits read-only fields: their present value may come back, and is not written."""
        raw = self._submission.given.get(place.path)
        if raw is None:
            return
        value = value_at(self._submission.state, place.path)
        if not any(_repeats(raw, value, original) for original in self._submission.originals[place.path]):
            raise Wrong(code)
        if place.in_moving_rows:
            # The row is written anew, so what it repeats has to be written with it.
            self.accepted[place.path] = value


def _repeats(raw: Any, value: Any, original: Any) -> bool:
    plain = to_json(original)
    if same(raw, plain) or (value is not None and same(value, original)):
        return True
    if _is_number(raw) and _is_number(plain):
        return float(raw) == float(plain)  # The browser rounds to a double; nothing is written from this.
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite()
