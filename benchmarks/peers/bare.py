"""What we compare reads with: the two questions and nothing else, in FastAPI and asyncpg.

The token's signature is checked; whether its login was ended is not asked. One query, one
answer of the same shape as ours, from our own tables.
"""

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import jwt
from fastapi import FastAPI, Header, HTTPException

KEY = os.environ["BARE_KEY"]
BALANCE = """
    SELECT w.currency, a.balance_minor, a.held_minor
    FROM wallets_wallet w JOIN ledger_ledgeraccount a ON a.id = w.account_id
    WHERE w.number = $1 AND w.owner_id = $2
"""
HISTORY = """
    SELECT p.sequence, p.type, p.amount_minor, p.balance_after, w.currency, e.reference,
           CASE WHEN t.source_id = w.account_id THEN d.number ELSE s.number END AS counterparty,
           coalesce(t.description, '') AS description, e.recorded_at
    FROM wallets_wallet w
    JOIN ledger_posting p ON p.account_id = w.account_id
    JOIN ledger_journalentry e ON e.id = p.entry_id
    LEFT JOIN wallets_transfer t ON t.entry_id = e.id
    LEFT JOIN wallets_wallet s ON s.account_id = t.source_id
    LEFT JOIN wallets_wallet d ON d.account_id = t.destination_id
    WHERE w.number = $1 AND w.owner_id = $2
    ORDER BY p.sequence DESC LIMIT 50
"""


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["BARE_URL"], min_size=4, max_size=16) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


def owner_of(authorization: str) -> UUID:
    try:
        claims = jwt.decode(
            authorization.removeprefix("Bearer "), KEY, algorithms=["HS256"], audience="purser-api"
        )
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error
    return UUID(claims["sub"])


def major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}" if minor >= 0 else f"-{major(-minor)}"


@app.get("/wallets/{number}/balance")
async def balance(number: str, authorization: str = Header()):
    row = await app.state.pool.fetchrow(BALANCE, number, owner_of(authorization))
    if row is None:
        raise HTTPException(404)
    currency, total, held = row
    return {
        "available": major(total - held),
        "held": major(held),
        "total": major(total),
        "currency": currency,
        "as_of": datetime.now(UTC),
    }


@app.get("/wallets/{number}/transactions")
async def transactions(number: str, authorization: str = Header()):
    rows = await app.state.pool.fetch(HISTORY, number, owner_of(authorization))
    lines = [
        {
            "id": str(row["sequence"]),
            "type": row["type"],
            "amount": major(row["amount_minor"]),
            "balance_after": major(row["balance_after"]),
            "currency": row["currency"],
            "reference": row["reference"],
            "counterparty": row["counterparty"],
            "description": row["description"],
            "metadata": {},
            "created_at": row["recorded_at"],
        }
        for row in rows
    ]
    return {"results": lines, "next": None, "previous": None}
