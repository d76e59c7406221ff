"""The accounts service: the consent page at /authorize and the tokens at /api/token."""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from flask import Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from demo.standin import CLIENT_ID, CLIENT_SECRET
from demo.standin.tokens import Issued, OAuthError
from demo.standin.world import World

LOOPBACK = {"127.0.0.1", "::1"}
CARRIED = (
    "client_id",
    "response_type",
    "redirect_uri",
    "state",
    "scope",
    "code_challenge",
    "code_challenge_method",
)


class Accounts:
    """The two addresses of accounts.spotify.com that an app uses."""

    def __init__(self, world: World) -> None:
        """Issue tokens into this world."""
        self._world = world

    def ask_consent(self) -> BaseResponse | tuple[str, int]:
        """Show who can be signed in, or what is wrong with the request."""
        wrong = self._what_is_wrong(request.args)
        if wrong is not None:
            return render_template("refusal.html", reason=wrong), 400
        people = [
            {
                "key": person.key,
                "name": person.profile.name or person.key,
                "blurb": person.profile.blurb,
                "tracks": len(person.library.tracks),
                "playlists": len(person.library.playlists),
                "picture": f"/images/user/{person.key}-64.svg",
            }
            for person in self._world.listeners.values()
        ]
        carried = {key: request.args[key] for key in CARRIED if key in request.args}
        scopes = request.args.get("scope", "").split()
        return Response(
            render_template("consent.html", people=people, carried=carried, scopes=scopes)
        )

    def decide(self) -> BaseResponse | tuple[str, int]:
        """Send the browser back with a code, or with access_denied."""
        form = request.form
        wrong = self._what_is_wrong(form)
        if wrong is not None:
            return render_template("refusal.html", reason=wrong), 400
        if "cancel" in form:
            return _back(form, error="access_denied")
        if form.get("listener") not in self._world.listeners:
            return render_template("refusal.html", reason="Unknown listener"), 400
        code = self._world.tokens.consent(
            form["listener"],
            redirect_uri=form["redirect_uri"],
            scope=form.get("scope", ""),
            challenge=form.get("code_challenge"),
        )
        return _back(form, code=code)

    def token(self) -> Response:
        """Exchange a code, refresh, or give the app a token of its own."""
        try:
            _check_client()
            issued = self._issue(request.form)
        except OAuthError as error:
            answer = jsonify(error=error.error, error_description=error.description)
            answer.status_code = error.status
            return answer
        body = {
            "access_token": issued.access_token,
            "token_type": "Bearer",
            "expires_in": issued.expires_in,
            "scope": issued.scope,
        }
        if issued.refresh_token is not None:
            body["refresh_token"] = issued.refresh_token
        answer = jsonify(body)
        answer.cache_control.no_store = True
        return answer

    def _issue(self, form: Mapping[str, str]) -> Issued:
        tokens = self._world.tokens
        grants: dict[str, Callable[[], Issued]] = {
            "authorization_code": lambda: tokens.exchange(
                _required(form, "code"),
                redirect_uri=_required(form, "redirect_uri"),
                verifier=form.get("code_verifier"),
            ),
            "refresh_token": lambda: tokens.refresh(_required(form, "refresh_token")),
            "client_credentials": tokens.for_app,
        }
        kind = _required(form, "grant_type")
        if kind not in grants:
            raise OAuthError("unsupported_grant_type", f"grant_type {kind} is not supported")
        return grants[kind]()

    def _what_is_wrong(self, given: Mapping[str, str]) -> str | None:
        """Name the first reason to refuse, in the words Spotify uses."""
        method = given.get("code_challenge_method")
        checks = (
            (given.get("client_id") == CLIENT_ID, "INVALID_CLIENT: Invalid client"),
            (given.get("response_type") == "code", "response_type must be code"),
            (
                self._may_redirect(given.get("redirect_uri", "")),
                "INVALID_CLIENT: Insecure redirect URI",
            ),
            (
                ("code_challenge" in given) == (method == "S256"),
                "code_challenge_method must be S256",
            ),
        )
        return next((message for fine, message in checks if not fine), None)

    def _may_redirect(self, uri: str) -> bool:
        """Hold for registered addresses, https, and loopback literals (never `localhost`)."""
        if uri in self._world.redirect_uris:
            return True
        parts = urlsplit(uri)
        secure = parts.scheme == "https" and bool(parts.hostname)
        return secure or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _back(form: Mapping[str, str], **result: str) -> BaseResponse:
    query = urlencode({**result, "state": form["state"]} if "state" in form else result)
    uri = form["redirect_uri"]
    return redirect(f"{uri}{'&' if '?' in uri else '?'}{query}", 303)


def _check_client() -> None:
    """Accept id and secret in the Basic header or, as Spotify also does, in the form."""
    given_id = request.form.get("client_id", "")
    secret = request.form.get("client_secret", "")
    header = request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        given_id, _, secret = _decoded(header.removeprefix("Basic ")).partition(":")
    if given_id != CLIENT_ID:
        raise OAuthError("invalid_client", "Invalid client")
    if not hmac.compare_digest(secret.encode(), CLIENT_SECRET.encode()):
        raise OAuthError("invalid_client", "Invalid client secret")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _required(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise OAuthError("invalid_request", f"{name} must be supplied")
    return form[name]
