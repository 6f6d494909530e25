"""A face answers its own addresses, and none that only begin like them."""

from starlette.applications import Starlette
from starlette.requests import Request

from api.face import Face, route_path


def test_a_face_has_its_paths_and_what_is_below_them() -> None:
    face = Face(paths=("/v1", "/mcp"), app=Starlette())
    assert [path for path in ("/v1", "/v1/models", "/mcp", "/mcp/", "/v10", "/", "/x/v1") if face.answers(path)] == [
        "/v1",
        "/v1/models",
        "/mcp",
        "/mcp/",
    ]


def test_the_prefix_of_a_proxy_is_no_part_of_a_route() -> None:
    bare = {"type": "http", "path": "/v1/files"}
    assert route_path(Request(bare)) == "/v1/files"
    assert route_path(Request({**bare, "path": "/papers/v1/files", "root_path": "/papers"})) == "/v1/files"
