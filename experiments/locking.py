"""One process at a time: a lock on a file that is gone when its holder is, however it ended.

This file keeps to words that Python 3.6 can read.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def alone(path: Path, on_wait: "Callable[[], None]") -> "Iterator[int]":
    """Hold the lock on the file `path` while the block runs; gives the number of the open file.

    Parameters
    ----------
    path
        The file to lock; it is made if need be, and stays.
    on_wait
        Called once if another process holds the lock, before waiting for it.
    """
    with open(str(path), "a+b") as file:
        if not _lock(file):
            on_wait()
            while not _lock(file):
                time.sleep(0.2)
        yield file.fileno()


@contextlib.contextmanager
def alone_or_not(path: Path) -> "Iterator[bool]":
    """Try to hold the lock on the file `path` while the block runs; gives whether it is held.

    The file is made if need be, and stays; a process that ends, however it does, gives the lock back.
    """
    with open(str(path), "a+b") as file:
        yield _lock(file)


def _lock(file: "IO[bytes]") -> bool:
    """Try to take the lock on an open file."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
