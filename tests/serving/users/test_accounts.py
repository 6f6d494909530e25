"""Accounts have roles, also in a file from before there were any."""

from serving.users.accounts import AccountFile, Password

ONE = Password("00" * 16, "", 10)


def test_in_a_file_without_roles_the_first_user_is_the_owner() -> None:
    old = AccountFile({"zoe": ONE, "ann": ONE})
    assert (old.role("zoe"), old.role("ann"), old.owners()) == ("owner", "editor", {"zoe"})
    assert old.with_roles().roles == {"zoe": "owner", "ann": "editor"}


def test_where_roles_are_written_nobody_becomes_owner_by_being_first() -> None:
    file = AccountFile({"zoe": ONE, "ann": ONE}, {"zoe": "reader"})
    assert (file.role("zoe"), file.role("ann"), file.owners()) == ("reader", "editor", set())
