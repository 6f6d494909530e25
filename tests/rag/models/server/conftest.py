"""A scripted server for the tests of what talks to one."""

from tests.support.servers.scripted_server import server as server
