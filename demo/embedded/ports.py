"""Ports on 127.0.0.1."""

import random
import socket

# Below what Linux and macOS hand out to outgoing connections: a port that a stopped server is to
# get back must not become the near end of somebody's connection meanwhile.
CANDIDATES = range(20_000, 32_000)


def free_port(preferred: int | None = None) -> int:
    """Return `preferred` if nothing listens there, else a random port that is free now."""
    if preferred is not None and not is_taken(preferred):
        return preferred
    # SystemRandom: tests seed the shared generator, and two runs must not meet on one port.
    while is_taken(port := random.SystemRandom().choice(CANDIDATES)):
        pass
    return port


def is_taken(port: int) -> bool:
    """Tell whether a server could not listen on this port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Servers set this too: connections that are only winding down do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
