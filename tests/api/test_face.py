"""A face answers its own addresses, and none that only begin like them."""

from starlette.applications import Starlette

from api.face import Face


def test_a_face_has_its_paths_and_what_is_below_them() -> None:
    face = Face(paths=("/v1", "/mcp"), app=Starlette())
    assert [path for path in ("/v1", "/v1/models", "/mcp", "/mcp/", "/v10", "/", "/x/v1") if face.answers(path)] == [
        "/v1",
        "/v1/models",
        "/mcp",
        "/mcp/",
    ]
