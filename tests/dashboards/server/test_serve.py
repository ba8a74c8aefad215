"""Addresses, files, and the server as it runs."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dashboards.server import assets
from dashboards.server.serve import AddressError, listen
from tests.dashboards.conftest import ROOT, serve, stop


def test_a_port_of_zero_becomes_a_free_one_and_this_machine_needs_no_secret():
    address = listen("127.0.0.1", 0)
    with address.socket:
        assert address.port > 0
        assert address.url == f"http://localhost:{address.port}/"


def test_what_others_can_reach_has_a_secret_link():
    address = listen("0.0.0.0", 0)
    with address.socket:
        assert address.token is not None
        assert len(address.token) >= 32
        assert address.url.endswith(f"?token={address.token}")


def test_a_port_that_is_taken_is_refused_in_the_words_of_the_system():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AddressError, match="in use"):
            listen("127.0.0.1", taken.getsockname()[1])


def test_nothing_is_missing_here():
    assert assets.missing() == []


def test_a_missing_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "front_end", lambda: tmp_path)
    gone = assets.missing()
    assert any(path.endswith(".min.js") and "vuetify" in path for path in gone)
    assert any(path.endswith("require.js") for path in gone)
    assert all(path.startswith(str(tmp_path)) for path in gone)


def command(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "USERISATION_ENV": "mine", "USERISATION_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-m", "experiments", "dashboard", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_command_that_cannot_serve_says_why(tmp_path):
    a_file = tmp_path / "file"
    a_file.touch()
    assert "is not a folder" in command("--results", str(a_file)).stderr
    assert "65,535" in command("--port", "70000").stderr
    below = command("--results", str(a_file / "below"))
    assert (below.returncode, "cannot be made" in below.stderr) == (3, True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = command("--port", str(taken.getsockname()[1]), "--results", str(tmp_path))
    assert refused.returncode == 2
    assert "Take another --port" in refused.stderr
    strange = command("--host", "203.0.113.7", "--port", "0", "--results", str(tmp_path))
    assert (strange.returncode, "203.0.113.7" in strange.stderr) == (2, True)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    found = serve(tmp_path_factory.mktemp("served"))
    yield found
    stop(found)


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


def test_another_name_for_this_machine_is_refused(served):
    assert status(served.url) == 200
    assert status(served.url, Host="evil.example") == 400


def test_files_outside_the_folders_cannot_be_had(served):
    for path in ("static/plotly/../plotly.min.js", "static/plotly/datasets.json", "_solara/cdn/../../pyvenv.cfg"):
        host, port = served.url.removeprefix("http://").strip("/").split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(f"GET /{path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            assert raw.recv(20).split()[1] in (b"404", b"400"), path


def test_a_file_that_is_not_here_is_not_fetched_from_elsewhere(served):
    assert status(served.url + "_solara/cdn/echarts@0.0.1/dist/echarts.js") == 404


def test_it_tells_operators_nothing(served):
    for words in ("resourcez", "resourcez?verbose"):
        with urllib.request.urlopen(served.url + words, timeout=60) as answer:
            assert answer.url == served.url
            assert b'"websockets"' not in answer.read()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_it_stops_cleanly_and_leaves_no_process_behind(tmp_path: Path):
    found = serve(tmp_path)
    found.process.send_signal(signal.SIGINT)
    _, said = found.process.communicate(timeout=60)
    assert (found.process.returncode, "has stopped" in said) == (0, True)


TOLD_BEFORE = """
import threading
from dashboards.server import settings
settings.apply()
from dashboards.server.serve import listen, serve
stop = threading.Event()
stop.set()
address = listen("127.0.0.1", 0)
serve(address, stop=stop)
print("ended")
"""


def test_who_was_told_to_stop_before_the_server_could_hear_it_stops():
    found = subprocess.run([sys.executable, "-c", TOLD_BEFORE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert found.stdout == "ended\n", found.stderr


def test_a_worker_whose_master_is_gone_says_nothing():
    from experiments import pool

    found = subprocess.run([sys.executable, "-c", pool._START], cwd=ROOT, input="", capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")
