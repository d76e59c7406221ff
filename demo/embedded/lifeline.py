"""Ties a child process to the life of this one."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h

# Loaded once, here: between fork and exec nothing should be imported or allocated.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn`: the child gets `signum` when its parent dies, even by SIGKILL.

    Linux only, elsewhere it does nothing. The kernel means the parent's *thread*: start children
    from a thread that lives as long as they should, normally the main one. See prctl(2).
    """
    parent = os.getpid()

    def tie() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return tie
