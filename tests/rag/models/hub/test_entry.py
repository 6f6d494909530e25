"""A named model of the hub: what its files take."""

from rag.models.hub.entry import NamedModel


def model(stored_format: str) -> NamedModel:
    return NamedModel(
        name="small",
        repo="org/small",
        role="embedder",
        family="BERT",
        licence="MIT",
        window=512,
        stored_parameters=1000,
        stored_format=stored_format,  # type: ignore[arg-type]
    )


def test_a_download_is_as_large_as_the_format_its_weights_are_stored_in() -> None:
    assert model("float32").download_bytes == 4000
    assert model("bfloat16").download_bytes == 2000
