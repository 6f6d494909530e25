"""The least busy server is chosen, or the one that has a conversation's beginning."""

from collections import Counter

from rag.models.server.replicas import MUCH_BUSIER, choose
from rag.models.server.replicated_client import prefix_key

HOSTS = ("http://a/v1", "http://b/v1", "http://c/v1")
SYSTEM = {"role": "system", "content": "Answer."}
FIRST = {"role": "user", "content": "When do dogs bark?"}


def test_a_key_has_one_server_until_that_is_much_busier() -> None:
    idle = dict.fromkeys(HOSTS, 0)
    first = choose(idle, "key", MUCH_BUSIER)
    assert choose(idle | {first: MUCH_BUSIER}, "key", MUCH_BUSIER) == first
    second = choose(idle | {first: MUCH_BUSIER + 1}, "key", MUCH_BUSIER)
    assert second != first
    assert choose(dict(reversed(idle.items())), "key", MUCH_BUSIER) == first, "the order of the setting is no matter"


def test_keys_are_spread_and_only_those_of_a_server_that_is_gone_move() -> None:
    before = {key: choose(dict.fromkeys(HOSTS, 0), key, 0) for key in map(str, range(900))}
    assert all(250 < count < 350 for count in Counter(before.values()).values())
    after = {key: choose(dict.fromkeys(HOSTS[:2], 0), key, 0) for key in before}
    assert all(after[key] == host for key, host in before.items() if host != HOSTS[2])


def test_every_prompt_of_a_conversation_has_its_key() -> None:
    key = prefix_key([SYSTEM, FIRST])
    answer, second = {"role": "assistant", "content": "At night."}, {"role": "user", "content": "Why?"}
    assert prefix_key([SYSTEM, FIRST, answer, second]) == key
    assert prefix_key([SYSTEM, second]) != key
