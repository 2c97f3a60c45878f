"""The back office of wallets: money is looked at, and what staff decide goes through operations."""

from wallets.admin import disputes, freezes, holds, rules, transits, wallets

__all__ = ["disputes", "freezes", "holds", "rules", "transits", "wallets"]
