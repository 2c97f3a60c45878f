"""The back office of wallets: money is looked at, and what staff decide goes through operations."""

from wallets.admin import arranged, disputes, freezes, fx, holds, rules, transits, wallets

__all__ = ["arranged", "disputes", "freezes", "fx", "holds", "rules", "transits", "wallets"]
