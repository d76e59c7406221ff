"""Who shows a secret in a header, instead of being signed in."""

from hmac import compare_digest

from flask import request

SCHEME = "bearer"


def bears(secret: str) -> bool:
    """Tell whether this request carries `Authorization: Bearer <secret>`, in constant time."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    fits = compare_digest(shown.strip().encode(errors="replace"), secret.encode())
    return fits and scheme.lower() == SCHEME and bool(secret)
