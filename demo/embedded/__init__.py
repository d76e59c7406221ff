"""PostgreSQL and Valkey of our own, from their wheels, for the demo and the tests."""

from demo.embedded.databases import create_database, drop_database
from demo.embedded.errors import (
    FolderError,
    PortTakenError,
    ProgramMissingError,
    ServerError,
    ServerFailedError,
)
from demo.embedded.folder import prepare_folder
from demo.embedded.ports import free_port, is_taken
from demo.embedded.postgres_server import PostgresServer, postgres
from demo.embedded.server import Server
from demo.embedded.valkey_server import ValkeyServer, valkey

__all__ = [
    "FolderError",
    "PortTakenError",
    "PostgresServer",
    "ProgramMissingError",
    "Server",
    "ServerError",
    "ServerFailedError",
    "ValkeyServer",
    "create_database",
    "drop_database",
    "free_port",
    "is_taken",
    "postgres",
    "prepare_folder",
    "valkey",
]
