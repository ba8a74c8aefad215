"""What the server refuses, tried on a small application of its own."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboards.server.security import HEADERS, SameOrigin, SecretLink, is_loopback


async def greet(request):
    return PlainTextResponse("hello")


async def talk(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def client(*middleware: Middleware) -> TestClient:
    routes = [Route("/", greet, methods=["GET", "POST"]), Route("/a", greet), WebSocketRoute("/talk", talk)]
    return TestClient(Starlette(routes=routes, middleware=middleware), base_url="http://localhost:8460")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:9999", "https://localhost"])
def test_a_foreign_page_can_neither_post_nor_listen(origin):
    asked = client(Middleware(SameOrigin))
    assert asked.post("/", headers={"origin": origin}).status_code == 403
    with pytest.raises(WebSocketDisconnect), asked.websocket_connect("/talk", headers={"origin": origin}):
        pass


def test_our_own_pages_and_programs_without_origin_are_let_in():
    asked = client(Middleware(SameOrigin))
    assert asked.post("/", headers={"origin": "http://localhost:8460"}).text == "hello"
    assert asked.post("/").text == "hello"
    origin = {"origin": "http://localhost:8460", "host": "localhost:8460"}
    with asked.websocket_connect("/talk", headers=origin) as websocket:
        assert websocket.receive_text() == "hello"


def test_every_answer_says_that_nothing_may_be_loaded_from_elsewhere():
    answer = client(Middleware(SameOrigin)).get("/")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "http" not in HEADERS["content-security-policy"]


def test_without_the_link_nobody_gets_in():
    asked = client(Middleware(SecretLink, token="a-secret"))
    for path in ("/", "/?token=", "/?token=wrong"):
        answer = asked.get(path)
        assert (answer.status_code, "whole link" in answer.text) == (403, True)
    with pytest.raises(WebSocketDisconnect), asked.websocket_connect("/talk"):
        pass


def test_the_link_becomes_a_cookie_and_leaves_the_address():
    asked = client(Middleware(SecretLink, token="a-secret"))
    first = asked.get("/a?token=a-secret", follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/a")
    assert "HttpOnly" in first.headers["set-cookie"]
    cookie = {"cookie": first.headers["set-cookie"].partition(";")[0]}
    assert asked.get("/a", headers=cookie).text == "hello"
    with asked.websocket_connect("/talk", headers=cookie) as websocket:
        assert websocket.receive_text() == "hello"


def test_the_link_cannot_lead_to_another_site():
    asked = client(Middleware(SecretLink, token="a-secret"))
    found = asked.get("//evil.example/?token=a-secret", follow_redirects=False)
    assert not found.headers.get("location", "/").startswith("//")


def test_a_cookie_that_cannot_be_read_is_none():
    asked = client(Middleware(SecretLink, token="a-secret"))
    assert asked.get("/", headers={"cookie": 'userisation_token="\\'}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1", "0.0.0.0", "192.168.1.4"])
def test_which_hosts_are_this_machine_alone(host):
    assert is_loopback(host) == (host not in ("0.0.0.0", "192.168.1.4"))
