"""The server of the dashboard: one process, bound to one address, with Solara's application behind our own rules."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
import warnings
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.server.security import SameOrigin, SecretLink, is_loopback

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["Address", "AddressError", "listen", "serve"]

_LARGEST_MESSAGE = 4 << 20
"""Bytes of one message of a browser; files that are taken are smaller."""

_GRACE = 3
"""Seconds that pages get to say goodbye when the server stops."""

_NOT_SERVED = ("/resourcez", "/_solara/api/evict/{kernel_id}")
"""What Solara answers for operators and developers."""


class AddressError(Exception):
    """The address cannot be listened on; the message says why, in the system's words."""


@dataclass(frozen=True)
class Address:
    """Where the server listens.

    Attributes
    ----------
    host, port
        As bound: a port 0 has become a free one.
    socket
        Listening.
    token
        What the link must carry; None where only this machine can reach it.
    """

    host: str
    port: int
    socket: socket.socket
    token: str | None

    @property
    def url(self) -> str:
        """The link to open, with the token if there is one."""
        name = "localhost" if self.host == "127.0.0.1" else self.host
        if self.host in ("0.0.0.0", "::"):
            name = socket.gethostname()
        elif ":" in name:
            name = f"[{name}]"
        return f"http://{name}:{self.port}/" + (f"?token={self.token}" if self.token else "")


def listen(host: str, port: int) -> Address:
    """Bind to an address.

    Raises
    ------
    AddressError
        It is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    if os.name != "nt":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise AddressError(error.strerror or str(error)) from error
    token = None if is_loopback(host) else secrets.token_urlsafe(24)
    return Address(host, bound.getsockname()[1], bound, token)


def application(address: Address) -> Starlette:
    """Put Solara's application behind the rules of `security`, without what fetches files or tells of the server."""
    import solara.server.starlette as solara_server
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.requests import Request
    from starlette.responses import RedirectResponse
    from starlette.routing import Mount, Route

    from dashboards.app.frame import PAGES
    from dashboards.server.assets import front_end, plotly_script

    class FilesAtHand(solara_server.StaticCdn):
        """What Solara would fetch from another server if it were not here; a file that is missing stays missing."""

        def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
            return _looked_up(front_end(), path)

    class PlotlyScript(solara_server.StaticFilesOptionalAuth):
        """The script of Plotly; its address carries its version."""

        def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
            return _looked_up(plotly_script().parent, path) if path == plotly_script().name else ("", None)

        async def get_response(self, path: str, scope: Any) -> Any:
            response = await super().get_response(path, scope)
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            return response

    async def page_or_first(request: Request) -> Any:
        """Answer an address that is no page with the first page."""
        if "/" + request.path_params["path"].strip("/") not in PAGES:
            return RedirectResponse("/", status_code=303)
        return await solara_server.root(request)

    cdn = f"/{solara_server.cdn_url_path}"
    kept = [
        route
        for route in solara_server.routes
        if (path := getattr(route, "path", "")) not in (*_NOT_SERVED, cdn, "/{fullpath}", "/{fullpath:path}")
        and "auth" not in path
    ]
    everyone = address.host in ("0.0.0.0", "::")
    # Whoever listens on all addresses is reached by names that cannot be known here; the secret link stands guard.
    hosts = ["*"] if everyone else sorted({address.host, "localhost", "127.0.0.1"})
    return Starlette(
        routes=[
            Mount(cdn, app=FilesAtHand(directory=front_end())),
            Mount("/static/plotly", app=PlotlyScript(directory=plotly_script().parent)),
            *kept,
            Route("/{path:path}", page_or_first),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
            Middleware(SameOrigin),
            Middleware(SecretLink, token=address.token),
            *solara_server.middleware,
        ],
        lifespan=solara_server.lifespan,
    )


def _looked_up(folder: Path, path: str) -> tuple[str, os.stat_result | None]:
    whole = Path(os.path.normpath(folder / path))
    if not whole.is_relative_to(folder) or not whole.is_file():
        return "", None
    return str(whole), whole.stat()


def serve(
    address: Address, *, opens: bool = False, on_start: Callable[[], None] | None = None,
    stop: threading.Event | None = None,
) -> None:  # fmt: skip
    """Serve until the process is told to stop; pages that are open learn of it.

    Parameters
    ----------
    address
        From `listen`.
    opens
        Open a page in the browser of this machine.
    on_start
        Called in a thread once pages can be had.
    stop
        Whether the process was told to stop before the server could hear of it.
    """
    import uvicorn

    # What Solara says where the page is asked for by another name than localhost: cookies are as they should be.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    config = uvicorn.Config(
        application(address), log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE,
        ws_max_size=_LARGEST_MESSAGE, lifespan="on",
    )  # fmt: skip
    server = uvicorn.Server(config)

    def begin() -> None:
        while not server.started:
            if server.should_exit:
                return
            time.sleep(0.02)
        if stop is not None and stop.is_set():
            server.should_exit = True
            return
        if on_start is not None:
            on_start()
        if opens:
            webbrowser.open(address.url)

    threading.Thread(target=begin, daemon=True, name="userisation-start").start()
    server.run(sockets=[address.socket])
