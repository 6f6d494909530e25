"""Skip the tests of modules that cannot be imported without s3fs."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("s3fs") else ["test_s3_*.py"]
