"""The machine under the figures: without it they say little."""

import os
import platform
from contextlib import closing
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import psycopg2
import redis


def facts(database_url: str, redis_url: str) -> tuple[str, ...]:
    """Name processor, cores, memory, and the versions of Python, PostgreSQL and Valkey."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone() or ("?",)
    with redis.Redis.from_url(redis_url) as client:
        info = client.info("server")
    memory = psutil.virtual_memory().total / 2**30
    busy = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0))
    system = f"{platform.system()} {platform.release()}"
    cache = info.get("valkey_version") or info["redis_version"]
    return (
        f"{_processor()}, {cores} cores, {memory:.0f} GiB, {system}",
        f"Python {platform.python_version()}, PostgreSQL {postgres[0]} (durable), Valkey {cache}",
        "PostgreSQL, Valkey, the stand-in for Spotify, web and worker share these cores.",
        f"Load of the machine before the start: {busy:.1f} (the figures need idle cores).",
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
