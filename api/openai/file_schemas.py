"""Files, vector stores and embeddings that the face sends, as types for its description."""

from typing import Literal

from api.openai.object_schemas import Sent


class EmbeddingObject(Sent):
    """The vector of one text, as numbers or as base64 of little-endian floats of 32 bits."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(Sent):
    """Tokens read."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(Sent):
    """Vectors in the order of their texts."""

    object: Literal["list"]
    data: list[EmbeddingObject]
    model: str
    usage: EmbeddingUsage


class ListPage(Sent):
    """A page of a list: `has_more` objects follow the one of `last_id`."""

    object: Literal["list"]
    first_id: str | None
    last_id: str | None
    has_more: bool


class FileObject(Sent):
    """A document as a file."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: int
    filename: str
    purpose: str
    status: Literal["processed"]
    status_details: None
    expires_at: None


class FileList(ListPage):
    """A page of the files."""

    data: list[FileObject]


class Deletion(Sent):
    """An object that is no more."""

    id: str
    object: Literal["file", "vector_store.deleted", "vector_store.file.deleted"]
    deleted: Literal[True]


class FileCounts(Sent):
    """Files by their state."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class StoreObject(Sent):
    """A collection as a vector store."""

    id: str
    object: Literal["vector_store"]
    created_at: int
    last_active_at: int
    name: str
    status: Literal["completed"]
    usage_bytes: int
    file_counts: FileCounts
    metadata: dict[str, str]
    expires_after: None
    expires_at: None


class StoreList(ListPage):
    """A page of the vector stores."""

    data: list[StoreObject]


class StoreFile(Sent):
    """A document of a collection."""

    id: str
    object: Literal["vector_store.file"]
    created_at: int
    vector_store_id: str
    status: Literal["completed"]
    usage_bytes: int
    last_error: None
    attributes: dict[str, str]


class StoreFileList(ListPage):
    """A page of the documents of a collection."""

    data: list[StoreFile]


class FileBatch(Sent):
    """Documents that were added together."""

    id: str
    object: Literal["vector_store.files_batch"]
    created_at: int
    vector_store_id: str
    status: Literal["completed"]
    file_counts: FileCounts


class TextPart(Sent):
    """A text."""

    type: Literal["text"]
    text: str


class StoreFileContent(Sent):
    """The text of a document, page by page."""

    object: Literal["vector_store.file_content.page"]
    data: list[TextPart]
    has_more: Literal[False]
    next_page: None


class PassagePlace(Sent):
    """The place of a passage: characters `[start, end)` of a page."""

    page: int
    start: int
    end: int


class SearchHit(Sent):
    """A passage; scores compare within one search."""

    file_id: str
    filename: str
    score: float
    attributes: dict[str, str]
    content: list[TextPart]
    citewell: PassagePlace


class SearchHits(Sent):
    """The passages of a collection that answer a query best."""

    object: Literal["vector_store.search_results.page"]
    search_query: list[str]
    data: list[SearchHit]
    has_more: Literal[False]
    next_page: None
