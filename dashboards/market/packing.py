"""A recording as the browser gets it: each channel as changes from week to week, deflated, in base64.

From one week to the next most consumers stay as they are. What is sent of a week is therefore the exclusive or with the
week before, mostly zeros, which deflates to a tenth of its size or less; the browser inflates it and puts the weeks
together again (`dashboards/market/player.vue`), as `unpacked` does here.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboards.market.recording import Bytes, Recording

__all__ = ["pack", "packed", "packed_numbers", "shown_channels", "unpacked"]

_LEVEL = 4
_POSITIONS = 65535


def packed(channel: Bytes) -> str:
    """Pack a channel, uint8 (weeks + 1, consumers)."""
    changes = channel.copy()
    changes[1:] ^= channel[:-1]
    return _text(changes.tobytes())


def unpacked(text: str, weeks: int, size: int) -> Bytes:
    """Give back a channel of so many weeks beside the start, and so many consumers.

    Raises
    ------
    ValueError
        The text holds another number of bytes.
    """
    changes = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
    if changes.size != (weeks + 1) * size:
        raise ValueError(f"{changes.size} bytes are not {weeks + 1} weeks of {size} consumers")
    return np.bitwise_xor.accumulate(changes.reshape(weeks + 1, size), axis=0)


def packed_numbers(values: NDArray[Any]) -> str:
    """Pack whole numbers from 0 to 65535, the lower byte first."""
    return _text(values.astype("<u2").tobytes())


def shown_channels(recording: Recording) -> list[str]:
    """Name the channels that the browser needs."""
    return list(recording.channels)


def pack(recording: Recording, places: NDArray[np.float32]) -> dict[str, Any]:
    """Give all that the browser needs to play a recording, as plain data for JSON.

    Parameters
    ----------
    recording
        The future.
    places
        Where each consumer is drawn, (consumers, 2), each from 0 to 1 (`dashboards.market.layout`).
    """
    return {
        "weeks": recording.weeks,
        "size": recording.size,
        "weight": recording.weight,
        "order": recording.order_size,
        "peerCount": int(recording.peers.shape[1]),
        "peers": packed_numbers(recording.peers),
        "places": packed_numbers(np.rint(np.clip(places, 0, 1) * _POSITIONS)),
        "channels": {name: packed(recording.channels[name]) for name in shown_channels(recording)},
    }


def _text(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, _LEVEL)).decode("ascii")
