"""What there is to measure about the money of customers."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.money import Money, currency
from payments import queries


def measures() -> Mapping[tuple[str, str], float]:
    """Return, in each currency's own units, what customers own and what is there for it, as it
    was proved last.
    """
    found: dict[tuple[str, str], float] = {}
    for proof in queries.newest_proofs():
        code = proof.currency
        name = code.lower()
        there = proof.providers_minor + proof.banks_minor
        customers = f"purser_customer_money_{name}", f"What customers own in {code}."
        found[customers] = _units(proof.customers_minor, code)
        found[f"purser_money_there_{name}", f"{code} at providers and in banks."] = _units(
            there, code
        )
    return found


def _units(minor: int, code: str) -> float:
    return float(Money(minor, currency(code)).decimal_string())
