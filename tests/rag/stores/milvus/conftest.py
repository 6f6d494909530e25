"""Skip the tests of modules that cannot be imported without pymilvus."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("pymilvus") else ["test_milvus_*.py"]
