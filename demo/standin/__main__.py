"""Start the stand-in from a shell: python -m demo.standin --port 8888."""

import argparse
from pathlib import Path

from demo.standin.process import serve
from demo.standin.world import Settings


def main() -> None:
    """Read the options and serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m demo.standin", description=__doc__)
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--shape", choices=("restricted", "extended"), default="restricted")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="wait before each answer")
    parser.add_argument("--state", type=Path, help="file that keeps tokens over restarts")
    parser.add_argument("--public-url", help="address under which browsers reach us")
    parser.add_argument("--redirect-uri", action="append", default=[], help="allow this one too")
    options = parser.parse_args()
    settings = Settings(
        shape=options.shape,
        base_url=options.public_url or f"http://127.0.0.1:{options.port}",
        state_file=options.state,
        redirect_uris=tuple(options.redirect_uri),
    )
    serve(settings, port=options.port, latency=options.latency_ms / 1000)


if __name__ == "__main__":
    main()
