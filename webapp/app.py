"""The application factory: blueprints, headers, error pages, and what a request needs."""

from pathlib import Path

from flask import Flask, g, request
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from webapp.db import database
from webapp.logs import configure_logs
from webapp.services.wiring import Wiring, connect
from webapp.views import (
    account,
    admin,
    admin_budget,
    admin_schedule,
    api,
    archive,
    auth,
    blends,
    browse,
    collection,
    dashboard,
    errors,
    exports,
    extensions,
    health,
    history,
    import_accounts,
    imports,
    landing,
    library,
    metrics,
    personality,
    plays,
    profiles,
    recaps,
    recommendations,
    rq_board,
    scrobblers,
    security,
    stats,
    submissions,
    syncs,
    taste,
    things,
    time_machine,
    time_machine_exports,
    top,
    top_songs,
    tracing,
    trend_api,
    trend_statistics,
    uploads,
)
from webapp.views import settings as settings_views

ROOT = Path(__file__).parent.parent
MAX_BODY = 1024 * 1024
BLUEPRINTS = (
    account.blueprint,
    admin.blueprint,
    admin_budget.blueprint,
    admin_schedule.blueprint,
    api.blueprint,
    archive.blueprint,
    auth.blueprint,
    blends.blueprint,
    browse.blueprint,
    collection.blueprint,
    dashboard.blueprint,
    exports.blueprint,
    health.blueprint,
    history.blueprint,
    import_accounts.blueprint,
    imports.blueprint,
    landing.blueprint,
    library.blueprint,
    metrics.blueprint,
    personality.blueprint,
    plays.blueprint,
    profiles.blueprint,
    recaps.blueprint,
    recommendations.blueprint,
    scrobblers.blueprint,
    settings_views.blueprint,
    stats.blueprint,
    submissions.blueprint,
    syncs.blueprint,
    taste.blueprint,
    things.blueprint,
    time_machine.blueprint,
    time_machine_exports.blueprint,
    top.blueprint,
    top_songs.blueprint,
    trend_api.blueprint,
    trend_statistics.blueprint,
)
WITHOUT_DATABASE = frozenset({"static", "health.alive", "metrics.show"})


def create_app(settings: Settings, wiring: Wiring | None = None) -> Flask:
    """Build the app; tests hand in a wiring of their own."""
    configure_logs(settings.log_format)
    parts = wiring or connect(settings)
    app = Flask("backspin", root_path=str(ROOT))
    app.request_class = uploads.Request
    app.jinja_options = {
        **app.jinja_options,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    _configure(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )

    def open_request() -> None:
        g.wiring = parts
        if request.endpoint not in WITHOUT_DATABASE:
            g.opened_database = database.connect(reuse_if_open=True)

    tracing.install(app)
    app.before_request(open_request)
    app.teardown_request(close_request)
    extensions.install(app, parts)
    security.install(app, settings)
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    rq_board.mount(app, settings.redis_url)
    return app


def close_request(_error: BaseException | None) -> None:
    """Close only what this request opened."""
    if g.pop("opened_database", False):
        database.close()


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="backspin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=30 * 86400,
        SESSION_REFRESH_EACH_REQUEST=False,  # a poll every 2 s need not sign a cookie
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        TEMPLATES_AUTO_RELOAD=False,
    )
