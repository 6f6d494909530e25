"""A failure of the storage says what it means for it, and tells no name of a file and no password."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from ingest.sources.s3_files import explained

LABEL = "s3://bucket/prefix"


def answered(code: str, kind: type[OSError] = OSError) -> OSError:
    error = kind("said by the server")
    error.__cause__ = ClientError({"Error": {"Code": code}}, "PutObject")
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoCredentialsError(), "There are no credentials for the storage s3://bucket/prefix."),
        (answered("SignatureDoesNotMatch", PermissionError), "refuses the credentials (SignatureDoesNotMatch)"),
        (answered("NoSuchBucket", FileNotFoundError), "has no bucket 'bucket'. Make it"),
        (EndpointConnectionError(endpoint_url="http://s3.example/bucket/secret name.pdf"), "nothing answers there"),
        (ReadTimeoutError(endpoint_url="http://s3.example/bucket/secret name.pdf"), "it does not answer in time"),
        (answered("SlowDown"), "it answers 'SlowDown'. Start it, or correct AWS_ENDPOINT_URL"),
    ],
)
def test_each_failure_is_a_sentence_without_names_of_files(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://ann:hunter2@s3.example:9000")
    text = str(explained(error, LABEL))
    assert said in text
    assert "hunter2" not in text
    assert "secret name" not in text


def test_an_address_is_told_as_the_endpoint_unless_it_is_amazons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert " at " not in str(explained(answered("SlowDown"), LABEL))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example:9000")
    assert " at https://s3.example:9000" in str(explained(answered("SlowDown"), LABEL))
