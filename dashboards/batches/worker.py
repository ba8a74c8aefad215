"""The process of a job: ``python -m dashboards.batches.worker FOLDER_OF_THE_JOB``.

It is the command ``userisation batch …`` (or one that asks), at a low priority, with a lock that tells it lives, a turn
among the jobs that make runs, and an ear for the wish to stop. It belongs to nobody: the page that started it, the
browser and the server may go.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

from dashboards.batches.notes import BEGAN, ENDED, LOCK, STOP, TURN, Ended, Order

__all__ = ["be_modest", "main"]

_EVERY = 0.2
_PATIENCE = 3.0
_NICE = 10
_INTERRUPTED, _INTERNAL = 130, 70


def main(folder: Path) -> int:
    """Run the job in a folder.

    Returns
    -------
    int
        The exit code of its command.
    """
    order = Order.read(folder)
    if order is None:
        return _INTERNAL
    with ExitStack() as stack:
        # Others may look for a moment whether the lock is held.
        if not _taken(stack, folder / LOCK, until=time.monotonic() + _PATIENCE):
            return _INTERNAL
        (folder / ENDED).unlink(missing_ok=True)
        be_modest(_NICE)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            if order.makes_runs and not _taken(stack, folder.parent / TURN, stop=folder / STOP):
                code = _INTERRUPTED
            else:
                (folder / BEGAN).touch()
                threading.Thread(target=_listen, args=(folder / STOP,), daemon=True).start()
                code = _run(order)
        except KeyboardInterrupt:
            code = _INTERRUPTED
        Ended(code, time.time()).write(folder)
    return code


def _taken(stack: ExitStack, lock: Path, *, until: float | None = None, stop: Path | None = None) -> bool:
    """Take a lock for as long as the stack lasts; give up at a time, or at the wish to stop."""
    from experiments.locking import alone_or_not

    while True:
        tried = ExitStack()
        if tried.enter_context(alone_or_not(lock)):
            stack.push(tried)
            return True
        tried.close()
        if (until is not None and time.monotonic() > until) or (stop is not None and stop.exists()):
            return False
        time.sleep(_EVERY)


def be_modest(usual: int) -> None:
    """Give way to everybody else, by as much as USERISATION_NICE says (from 0, not at all, to 19).

    A session of its own may have a share of the machine of its own, too (Linux), which gives way likewise.
    """
    wanted = os.environ.get("USERISATION_NICE", "")
    nice = min(int(wanted), 19) if wanted.isdecimal() else usual
    with suppress(AttributeError, OSError):
        os.nice(nice)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(nice), encoding="ascii")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _listen(stop: Path) -> None:
    """Turn the wish to stop into the Ctrl-C that commands know; once, as the second would end them at once."""
    while not stop.exists():
        time.sleep(_EVERY)
    if os.name == "nt":
        import _thread

        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)


def _run(order: Order) -> int:
    sys.argv = ["userisation", *order.words]
    try:
        from experiments import startup

        startup.defer_pandas()
        from experiments.cli import app

        app(list(order.words), prog_name="userisation")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        from experiments import failures

        return failures.report(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
