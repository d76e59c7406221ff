"""How the web process serves. Configuration, like config.py: it may read the environment.

WEB_BIND         who may connect: 127.0.0.1 (this machine), 0.0.0.0 (Heroku, containers)
PORT             where to listen, 8000
WEB_CONCURRENCY  processes, 2
WEB_THREADS      requests at the same time in each, 8
"""

import gc
import sys
from os import environ  # noqa: TID251 - see above

bind = f"{environ.get('WEB_BIND', '127.0.0.1')}:{environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(environ.get("WEB_CONCURRENCY", "2"))
threads = int(environ.get("WEB_THREADS", "8"))

timeout = 30  # a process that has not shown life for so long is replaced
graceful_timeout = 8  # less than the 10 s (demo) and 30 s (Heroku) before SIGKILL
keepalive = 5
preload_app = False  # connections opened before the fork would be shared
control_socket_disable = True  # nobody uses it, and two demos would fight over its path

# The sign of life is a file: on a slow disk, writing it can stall the process. Memory can't.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108 - gunicorn's own name


def post_worker_init(_worker: object) -> None:
    """Leave all that is loaded out of later looks for garbage, as the workers do.

    To look through it takes a tenth of a second, in the midst of somebody's request.
    """
    gc.freeze()
