"""From the words of the command line to a served dashboard."""

from __future__ import annotations

import contextvars
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

from dashboards.places import results_folder, use_results_folder
from dashboards.server import settings
from dashboards.text import say
from experiments.commands.run import tell_if_compiling
from experiments.commands.session import fail, note
from experiments.exits import Exit

__all__ = ["start"]


def start(*, host: str, port: int | None, usual_port: int, opens: bool, results: Path | None) -> None:
    """Check that everything is there, listen, and serve until the process is told to stop.

    Parameters
    ----------
    host
        Address to listen on; others than this machine's own are reached by a secret link.
    port
        0 for a free one; None for the usual one, or a free one if that is taken.
    usual_port
        The usual one.
    opens
        Open a page in the browser of this machine.
    results
        Folder of results; made if it is missing.
    """
    settings.apply()
    use_results_folder(results)
    _refuse_what_is_missing()
    try:
        results_folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(say("start.no_results", folder=results_folder(), reason=error.strerror or error), Exit.CANNOT_WRITE)
    from dashboards.server.serve import AddressError, listen, serve

    try:
        try:
            address = listen(host, usual_port if port is None else port)
        except AddressError:
            if port is not None:
                raise
            address = listen(host, 0)
    except AddressError as error:
        fail(say("start.no_address", host=host, port=usual_port if port is None else port, reason=error))
    stop = _heard_to_stop()
    with address.socket, suppress(KeyboardInterrupt):  # the usual way to stop it, which is no failure
        note(say("start.ready", url=address.url))
        if address.token:
            note(say("start.secret"))
        tell_if_compiling("compiled")
        from dashboards.app import life

        try:
            life.begin()
            # Each page has a language of its own: that of this command must not be handed on to them.
            contextvars.Context().run(lambda: serve(address, opens=opens, on_start=life.warm_up, stop=stop))
        finally:
            life.end()
    note(say("start.stopped"))
    _tell_what_goes_on()


def _heard_to_stop() -> threading.Event:
    """Give what is set by Ctrl-C before the server listens to it.

    An interrupt that meets Python in the middle of an import or of collecting garbage can be lost; this word is not.
    """
    heard = threading.Event()

    def hear(*_: object) -> None:
        heard.set()
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, hear)
    return heard


def _tell_what_goes_on() -> None:
    """Name the experiments that were begun on the page and are still running: they do not end with the dashboard."""
    from dashboards.batches.service import jobs

    names = ", ".join(job.name for job in jobs().active() if job.is_job)
    if names:
        note(say("start.goes_on", names=names, folder=results_folder()))


def _refuse_what_is_missing() -> None:
    from dashboards.server.assets import missing

    gone = missing()
    if gone:
        listed = "".join(f"{os.linesep}  {path}" for path in gone)
        fail(say("start.missing", files=listed), Exit.UNAVAILABLE)
