"""What we compare HTTP with: a wallet as it is usually written in FastAPI and SQLAlchemy.

Access token, blacklist look-up, user look-up with token version; wallets locked one by one in
ascending id; two linked rows with the balance after; NUMERIC amounts. Library defaults.
No idempotency, no events, no request ids, no log lines: less than what it is compared with.
"""

import datetime as dt
import os
from decimal import Decimal

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Numeric,
    String,
    UniqueConstraint,
    create_engine,
    func,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

KEY = os.environ["STAND_IN_KEY"]
NUMBERS = range(1, int(os.environ["STAND_IN_USERS"]) + 1)
engine = create_engine(os.environ["STAND_IN_URL"])
new_session = sessionmaker(bind=engine, autoflush=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    token_version: Mapped[int] = mapped_column(default=0)


class RevokedToken(Base):
    __tablename__ = "revoked_tokens"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jti: Mapped[str] = mapped_column(String(64), unique=True)


class Wallet(Base):
    __tablename__ = "wallets"
    __table_args__ = (UniqueConstraint("user_id", "currency"),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    currency: Mapped[str] = mapped_column(String(3))
    balance: Mapped[Decimal] = mapped_column(Numeric(18, 4), default=0)


class Transaction(Base):
    __tablename__ = "transactions"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    wallet_id: Mapped[int] = mapped_column(ForeignKey("wallets.id", ondelete="CASCADE"), index=True)
    type: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    balance_after: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    status: Mapped[str] = mapped_column(String(16), default="completed")
    description: Mapped[str | None] = mapped_column(String(255))
    related_transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class TransferIn(BaseModel):
    receiver_wallet_id: int
    currency: str = "NGN"
    amount: Decimal = Field(gt=0, max_digits=18, decimal_places=4)
    description: str | None = None


class TransactionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    wallet_id: int
    type: str
    amount: Decimal
    balance_after: Decimal
    status: str
    related_transaction_id: int | None
    created_at: dt.datetime


def get_session():
    session = new_session()
    try:
        yield session
    finally:
        session.close()


def current_user(authorization: str = Header(), session: Session = Depends(get_session)) -> User:  # noqa: B008 -- FastAPI's way
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), KEY, algorithms=["HS256"])
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error
    if session.query(RevokedToken).filter(RevokedToken.jti == claims["jti"]).first():
        raise HTTPException(401)
    user = session.query(User).filter(User.id == int(claims["user_id"])).first()
    if not user or not user.is_active or user.token_version != claims["ver"]:
        raise HTTPException(401)
    return user


@app.post("/api/v1/transaction/transfer", response_model=TransactionOut, status_code=201)
def transfer(
    body: TransferIn,
    user: User = Depends(current_user),  # noqa: B008
    session: Session = Depends(get_session),  # noqa: B008
):
    own = (
        session.query(Wallet)
        .filter(Wallet.user_id == user.id, Wallet.currency == body.currency)
        .first()
    )
    if not own:
        raise HTTPException(404)
    if own.id == body.receiver_wallet_id:
        raise HTTPException(400)
    locked = {}
    for wallet_id in sorted([own.id, body.receiver_wallet_id]):
        rows = session.query(Wallet).filter(Wallet.id == wallet_id)
        locked[wallet_id] = rows.with_for_update().populate_existing().first()
    sender, receiver = locked[own.id], locked[body.receiver_wallet_id]
    if receiver is None:
        raise HTTPException(404)
    if sender.balance < body.amount:
        raise HTTPException(400, "insufficient")
    return _move(session, sender, receiver, body)


def _move(session: Session, sender: Wallet, receiver: Wallet, body: TransferIn) -> Transaction:
    sender.balance -= body.amount
    receiver.balance += body.amount
    out = Transaction(
        wallet_id=sender.id,
        type="transfer_out",
        amount=body.amount,
        balance_after=sender.balance,
        description=body.description,
    )
    session.add(out)
    session.flush()
    into = Transaction(
        wallet_id=receiver.id,
        type="transfer_in",
        amount=body.amount,
        balance_after=receiver.balance,
        related_transaction_id=out.id,
        description=body.description,
    )
    session.add(into)
    session.flush()
    out.related_transaction_id = into.id
    session.commit()
    session.refresh(out)
    return out


def make_tables() -> None:
    """Make the tables, and as many users with funded wallets as wanted."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        users = [{"id": n, "username": f"u{n}", "token_version": 0} for n in NUMBERS]
        connection.execute(User.__table__.insert(), users)
        wallets = [
            {"id": n, "user_id": n, "currency": "NGN", "balance": 10_000_000} for n in NUMBERS
        ]
        connection.execute(Wallet.__table__.insert(), wallets)


if __name__ == "__main__":
    make_tables()
