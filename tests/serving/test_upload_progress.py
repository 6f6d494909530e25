"""Of a file whose pages are read and embedded by turns, what is done only grows."""

from serving.upload_progress import UploadProgress

LONG = [
    ("reading", 0, 0),
    ("reading", 10, 40),
    ("embedding", 0, 258),
    ("embedding", 128, 258),
    ("embedding", 258, 258),
    ("reading", 20, 40),
    ("embedding", 0, 520),
    ("reading", 40, 40),
    ("embedding", 520, 520),
    ("embedding", 0, 49),
    ("embedding", 49, 49),
]


def test_neither_numbers_nor_share_fall() -> None:
    progress = UploadProgress()
    reported = [(stage, progress.update(stage, done, total)) for stage, done, total in LONG]
    for step in ("reading", "embedding"):
        done = [values[0] for stage, values in reported if stage == step]
        assert done == sorted(done)
    shares = [values[2] for _, values in reported if values[2] is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert reported[-1][1][:2] == (827, 827)
