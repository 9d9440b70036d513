"""CSRF tokens and headers."""

import dataclasses

import pytest

from web.app import create_app


@pytest.fixture
def site(own_app):
    @own_app.post("/test/form")
    def form():
        return "done"

    return own_app


def test_a_form_without_its_token_is_refused(site):
    assert site.test_client().post("/test/form").status_code == 400


def test_the_rest_interface_needs_no_csrf_token(as_):
    assert as_("li").post("/definitions/review/instances", {}).status_code == 201


def test_a_session_cookie_opens_no_rest_call(site, house):
    client = site.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "1:1"
    assert client.get("/api/v1/tasks").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/openapi.json", "/api/v1/nothing", "/static/favicon.svg"])
def test_every_answer_carries_the_headers(app, path):
    answer = app.test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert set(policy.split("; ")) == {
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in answer.headers
    answer.close()


def test_answers_are_kept_by_no_cache(app):
    assert app.test_client().get("/api/v1/openapi.json").headers["Cache-Control"] == "no-store"


def test_https_is_strict(app):
    answer = app.test_client().get("/healthz", base_url="https://localhost")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(("proxies", "strict"), [(0, False), (1, True)])
def test_a_proxy_is_believed_only_when_trusted(house, settings, proxies, strict):
    app = create_app(house, dataclasses.replace(settings, trusted_proxies=proxies))
    answer = app.test_client().get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert ("Strict-Transport-Security" in answer.headers) is strict


@pytest.mark.parametrize(
    "path", ["/customers/C%00", "/loans/L%00", "/start/a%00", "/designer/a%00", "/api/v1/loans/L%00"]
)
def test_an_address_with_nul_leads_nowhere(app, path):
    assert app.test_client().get(path).status_code == 404


def test_a_field_with_nul_is_refused(site):
    site.config["WTF_CSRF_ENABLED"] = False
    assert site.test_client().post("/test/form", data={"to": "a\0"}).status_code == 400
    assert site.test_client().post("/test/form", data={"a\0": "b"}).status_code == 400
