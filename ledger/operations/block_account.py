from django.db import connection

from ledger.errors import UnknownAccount


def block_account(*, account_id: int, debits: bool, credits_: bool) -> None:
    """Block an account's debits, its credits, or both where true; unblock them where false.

    Waits for postings to it that are under way. Raises `UnknownAccount`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_block_account(%s, %s, %s)", [account_id, debits, credits_])
        (found,) = cursor.fetchone()
    if not found:
        raise UnknownAccount
