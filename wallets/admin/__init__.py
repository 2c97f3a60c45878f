"""The back office of wallets: money is looked at, and what staff decide goes through operations."""

from wallets.admin import wallets

__all__ = ["wallets"]
