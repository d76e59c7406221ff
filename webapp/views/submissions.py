"""What scrobblers speak: the part of ListenBrainz' API by which listens are submitted.

Known by a token alone: no cookie is read or set. Every answer, errors too, has ListenBrainz'
shape, and its language, which is English.
"""

from flask import Blueprint, Response, abort, g, jsonify, make_response, request
from limits import RateLimitItem, parse

from webapp.domain.submissions import LARGEST_BODY, Fault, SubmissionError
from webapp.queries.submission_tokens import Holder
from webapp.services import submission_tokens
from webapp.services.submissions import submit
from webapp.views.errors import answer
from webapp.views.extensions import csrf
from webapp.views.fragments import LISTENBRAINZ_PATH
from webapp.views.requests import wiring
from webapp.views.tracing import name_listener

blueprint = Blueprint("submissions", __name__)

PACE = parse("120/minute")
GUESSES = parse("30/minute")

FAULTS = {
    Fault.NOT_JSON: "Cannot parse JSON document.",
    Fault.NO_LISTENS: "JSON document does not contain any listens in a list named payload.",
    Fault.TOO_MANY: "Too many listens: JSON document may contain 1000 of them.",
    Fault.BAD_TYPE: "JSON document requires a valid listen_type key.",
    Fault.NOT_ONE: "JSON document contains more than one listen for a single/playing_now.",
    Fault.TOO_LARGE: "A listen may not be larger than 10240 bytes.",
    Fault.MORE_KEYS: "A listen may only contain listened_at and track_metadata top level keys.",
    Fault.NO_TIME: "A listen must contain the key listened_at at the top level.",
    Fault.BAD_TIME: "Value for key listened_at should be Unix seconds, a whole number.",
    Fault.TOO_EARLY: "Value for key listened_at is too low: it should be 2002-10-01 or later.",
    Fault.TOO_LATE: "Value for key listened_at is too high: it lies in the future.",
    Fault.HAS_TIME: "A listen must not contain listened_at while submitting playing_now.",
    Fault.NO_METADATA: "A listen must contain the key track_metadata, an object.",
    Fault.NO_ARTIST: "track_metadata.artist_name is required, a string that is not empty.",
    Fault.NO_TRACK: "track_metadata.track_name is required, a string that is not empty.",
    Fault.BAD_INFO: "track_metadata.additional_info should be an object.",
    Fault.TWO_DURATIONS: "additional_info should not contain both duration and duration_ms.",
    Fault.BAD_TAGS: "additional_info.tags should be up to 50 strings of up to 64 characters.",
}


@blueprint.post("/1/submit-listens", strict_slashes=False)
@blueprint.post(f"{LISTENBRAINZ_PATH}1/submit-listens", strict_slashes=False)
@csrf.exempt  # type: ignore[untyped-decorator]  # flask_wtf is untyped
def create() -> Response:
    """Keep the listens of a holder of a token."""
    request.max_content_length = LARGEST_BODY
    token = _token()
    if not token:
        return answer(401, text="You need to provide an Authorization header.")
    holder = _find_holder(token)
    if holder is None:
        return answer(401, text="Invalid authorization token.")
    _pace(PACE, str(holder.token_id))
    submit(wiring(), holder.user_id, request.get_data(cache=False))
    return jsonify(status="ok")


@blueprint.get("/1/validate-token", strict_slashes=False)
@blueprint.get(f"{LISTENBRAINZ_PATH}1/validate-token", strict_slashes=False)
def show() -> Response:
    """Tell whether a token works, and whose it is: what scrobblers ask first."""
    token = _token() or request.args.get("token", "")
    if not token:
        return answer(400, text="You need to provide an Authorization token.")
    holder = _find_holder(token)
    if holder is None:
        return jsonify(code=200, message="Token invalid.", valid=False)
    _pace(PACE, str(holder.token_id))
    return jsonify(code=200, message="Token valid.", valid=True, user_name=holder.username)


@blueprint.errorhandler(SubmissionError)
def refused(error: SubmissionError) -> Response:
    """Say which listen is wrong, and how."""
    wiring().log.info("submission refused", fault=error.fault.value, listen=error.number)
    where = f" (listen {error.number})" if error.number else ""
    return answer(400, text=f"{FAULTS[error.fault]}{where}")


@blueprint.after_request
def tell_pace(response: Response) -> Response:
    """Say when to go on as ListenBrainz does, and let nobody keep the answer."""
    if "Retry-After" in response.headers:
        response.headers["X-RateLimit-Reset-In"] = response.headers["Retry-After"]
    response.headers["Cache-Control"] = "no-store"
    return make_response(response)


def _token() -> str:
    """Take the token out of the header, whatever scheme is written before it."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return (token or scheme).strip()


def _find_holder(token: str) -> Holder | None:
    holder = submission_tokens.find_holder(wiring(), token)
    if holder is None:
        _pace(GUESSES, request.remote_addr or "")
    else:
        name_listener(holder.user_id)
    return holder


def _pace(rate: RateLimitItem, who: str) -> None:
    wait = g.limits.hit(rate, "submissions", who)
    if wait is not None:
        g.retry_after = wait
        abort(429)
