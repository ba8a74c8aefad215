"""Buttons, fields and messages."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, Literal

import solara

from dashboards.app.failure import message_of
from dashboards.components.vue import vue
from dashboards.text import say
from experiments.numbers import plain_number
from sim.text import language

__all__ = [
    "Button", "Download", "FilePicker", "Notice", "NumberField", "Progress", "Segmented", "Select", "Slider",
    "TextField", "Toggle",
]  # fmt: skip

Kind = Literal["plain", "primary", "quiet", "danger"]
Options = Sequence[tuple[str, str]]


@vue("button.vue")
def _Button(
    label: str, icon: str, kind: str, disabled: bool, title: str, hide_label: bool, pressed: bool | None,
    event_click: Callable[[Any], None],
) -> None: ...  # fmt: skip


@vue("slider.vue")
def _Slider(
    label: str, value: float, low: float, high: float, step: float, baseline: float | None, digits: int, fixed: bool,
    scale: float, unit: str, help: str, live: int, log_places: int, disabled: bool, language: str, reset_label: str,
    event_value: Callable[[dict[str, Any]], None], event_reach: Callable[[Any], None],
) -> None: ...  # fmt: skip


@vue("select.vue")
def _Select(
    label: str, value: str, options: list[list[str]], hide_label: bool, disabled: bool,
    event_value: Callable[[str], None],
) -> None: ...  # fmt: skip


@vue("segmented.vue")
def _Segmented(label: str, value: str, options: list[list[str]], event_value: Callable[[str], None]) -> None: ...


@vue("toggle.vue")
def _Toggle(label: str, value: bool, disabled: bool, help: str, event_value: Callable[[bool], None]) -> None: ...


@vue("field.vue")
def _Field(
    label: str, value: str | float, kind: str, placeholder: str, max_length: int, hide_label: bool, disabled: bool,
    low: float | None, high: float | None, step: float | str | None, live: int, error: str,
    event_value: Callable[[Any], None],
) -> None: ...  # fmt: skip


@vue("download.vue")
def _Download(
    label: str, kind: str, icon: bool, disabled: bool, made: dict[str, Any], event_make: Callable[[Any], None]
) -> None: ...


@vue("file.vue")
def _File(
    label: str, accept: str, max_bytes: int, too_big: str, event_file: Callable[[dict[str, str]], None]
) -> None: ...


@vue("notice.vue")
def _Notice(text: str, kind: str, closable: bool, close_label: str, event_close: Callable[[Any], None]) -> None: ...


@vue("progress.vue")
def _Progress(value: float | None, text: str) -> None: ...


def Button(
    label: str, *, on_click: Callable[[], None], icon: str = "", kind: Kind = "plain", disabled: bool = False,
    title: str = "", hide_label: bool = False, pressed: bool | None = None,
) -> Any:  # fmt: skip
    """Put a button; `icon` is a name of `button.vue`, `pressed` makes it one that stays down."""
    return _Button(
        label=label, icon=icon, kind=kind, disabled=disabled, title=title, hide_label=hide_label, pressed=pressed,
        event_click=lambda *_: on_click(),
    )  # fmt: skip


def Slider(
    label: str, value: float, *, low: float, high: float, step: float, on_value: Callable[[float], None],
    baseline: float | None = None, digits: int = 2, fixed: bool = False, scale: float = 1.0, unit: str = "",
    help: str = "", live: int = 60, log_places: int = 0, disabled: bool = False,
    on_hold: Callable[[float], None] | None = None, on_reach: Callable[[], None] | None = None,
) -> Any:  # fmt: skip
    """Put a slider.

    Parameters
    ----------
    value, low, high, step
        In the unit of the lever.
    baseline
        Marked on the track; the slider can be set back to it.
    digits, fixed
        Decimals shown: at most, or always as many.
    scale
        What a value is multiplied with to be shown, such as 100 for shares in percent.
    live
        Milliseconds between two values sent while it is dragged; 0: only when it is let go.
    log_places
        Let equal distances be equal ratios, on so many places; `low` must be above zero. 0: equal steps.
    on_hold
        Called instead of `on_value` while it is dragged.
    on_reach
        Called when the keyboard has reached it and rests there.
    """

    def moved(given: dict[str, Any]) -> None:
        follow = on_hold if given["held"] and on_hold is not None else on_value
        follow(float(given["value"]))

    def reached(_: Any) -> None:
        if on_reach is not None:
            on_reach()

    return _Slider(
        label=label, value=value, low=low, high=high, step=step, baseline=baseline, digits=digits, fixed=fixed,
        scale=scale, unit=unit, help=help, live=live, log_places=log_places, disabled=disabled, language=language(),
        reset_label=say("component.reset"), event_value=moved, event_reach=reached,
    )  # fmt: skip


def Select(
    label: str, value: str, options: Options, *, on_value: Callable[[str], None], hide_label: bool = False,
    disabled: bool = False,
) -> Any:  # fmt: skip
    """Put a list of which one is chosen; `options` are (value, text)."""
    known = {key for key, _ in options}

    def chosen(given: str) -> None:
        if given in known:
            on_value(given)

    return _Select(
        label=label, value=value, options=[list(one) for one in options], hide_label=hide_label, disabled=disabled,
        event_value=chosen,
    )  # fmt: skip


def Segmented(label: str, value: str, options: Options, *, on_value: Callable[[str], None]) -> Any:
    """Put a row of buttons of which one is on; `options` are (value, text)."""
    known = {key for key, _ in options}

    def chosen(given: str) -> None:
        if given in known:
            on_value(given)

    return _Segmented(label=label, value=value, options=[list(one) for one in options], event_value=chosen)


def Toggle(label: str, value: bool, *, on_value: Callable[[bool], None], disabled: bool = False, help: str = "") -> Any:
    """Put a switch."""
    return _Toggle(
        label=label, value=value, disabled=disabled, help=help, event_value=lambda given: on_value(bool(given))
    )


def TextField(
    label: str, value: str, *, on_value: Callable[[str], None], placeholder: str = "", max_length: int = 80,
    hide_label: bool = False, disabled: bool = False, live: int = 0, error: str = "", kind: str = "text",
) -> Any:  # fmt: skip
    """Put a field of text; with `live` it is sent so many milliseconds after the last letter, not only at the end."""
    return _Field(
        label=label, value=value, kind=kind, placeholder=placeholder, max_length=max_length, hide_label=hide_label,
        disabled=disabled, low=None, high=None, step=None, live=live, error=error,
        event_value=lambda given: on_value(str(given)[:max_length]),
    )  # fmt: skip


def NumberField(
    label: str, value: float, *, low: float | None, high: float | None, on_value: Callable[[float], None],
    step: float | None = None, hide_label: bool = False, disabled: bool = False,
) -> Any:  # fmt: skip
    """Put a field for a number between `low` and `high`; what is no number, or beyond, is not taken and is said."""
    error, set_error = solara.use_state("")

    def typed(given: Any) -> None:
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        if not is_number or (low is not None and given < low) or (high is not None and given > high):
            set_error(
                say(
                    "component.number_bounds",
                    low="−∞" if low is None else plain_number(low),
                    high="∞" if high is None else plain_number(high),
                )
            )
            return
        set_error("")
        on_value(float(given))

    return _Field(
        label=label, value=value, kind="number", placeholder="", max_length=40, hide_label=hide_label,
        disabled=disabled, low=low, high=high, step="any" if step is None else step, live=0, error=error,
        event_value=typed,
    )  # fmt: skip


@solara.component
def Download(
    label: str, *, make: Callable[[], bytes | str], name: str, mime: str = "text/plain", kind: Kind = "plain",
    icon: bool = True, disabled: bool = False,
) -> Any:  # fmt: skip
    """Put a button that saves a file, which is made when it is clicked; what `make` raises is told."""
    from dashboards.app.session import tell

    made, set_made = solara.use_state(dict[str, Any](number=0))

    def wanted(*_: Any) -> None:
        try:
            content = make()
        except Exception as error:
            tell(message_of(error), "error")
            set_made({"number": int(made["number"]) + 1})
            return
        raw = content.encode() if isinstance(content, str) else content
        set_made(
            {"number": int(made["number"]) + 1, "content": base64.b64encode(raw).decode(), "name": name, "mime": mime}
        )

    return _Download(label=label, kind=kind, icon=icon, disabled=disabled, made=made, event_make=wanted)


def FilePicker(label: str, *, accept: str, max_bytes: int, on_file: Callable[[str, str], None]) -> Any:
    """Let a file be chosen or dropped.

    Its size is bounded in the browser and here again: what says it is smaller than it is is not taken.
    """
    from dashboards.app.session import tell

    too_big = say("component.too_big", limit=max_bytes // 1024)

    def taken(file: Any) -> None:
        name, text = str(file.get("name", ""))[:200], file.get("text")
        if not isinstance(text, str) or len(text.encode()) > max_bytes:
            tell(too_big, "error")
            return
        on_file(name, text)

    return _File(label=label, accept=accept, max_bytes=max_bytes, too_big=too_big, event_file=taken)


def Notice(
    text: str, kind: Literal["info", "good", "warning", "error"] = "info", on_close: Callable[[], None] | None = None
) -> Any:
    """Put a message; errors are read out at once."""
    return _Notice(
        text=text, kind=kind, closable=on_close is not None, close_label=say("component.close"),
        event_close=lambda *_: on_close() if on_close is not None else None,
    )  # fmt: skip


def Progress(value: float | None, text: str) -> Any:
    """Show how far something has come, from 0 to 1; None where nobody knows."""
    return _Progress(value=value, text=text)
