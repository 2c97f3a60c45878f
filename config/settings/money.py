"""Providers and what they are reached with."""

from config.settings.environment import env

PAYSTACK_BASE_URL = env("PAYSTACK_BASE_URL", default="https://api.paystack.co").rstrip("/")
PAYSTACK_SECRET_KEY = env("PAYSTACK_SECRET_KEY", default="")
