"""A stand-in for Spotify: OAuth, Web API and pictures over real HTTP, with a generated world."""

from typing import Final

CLIENT_ID: Final = "backspin-demo-client"
CLIENT_SECRET: Final = "backspin-demo-secret"  # noqa: S105 - made up, opens only the stand-in
