"""schemathesis calls everything that the OpenAPI document describes, and holds the answers against it."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=3,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_answers_are_as_described(app, token_of_root):
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) > 25
    headers = {"Authorization": f"Bearer {token_of_root}"}
    for operation in operations:

        @BOUNDED
        @given(case=operation.as_strategy())
        def holds(case):
            case.call_and_validate(checks=CHECKS, headers=headers)

        holds()
