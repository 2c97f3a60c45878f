"""PostgreSQL, the only place where truth lives, and the cache, which may be lost.

Two logins: the application's, which may not touch the journal but through the ledger's
functions, and the owner's, which only schema changes use (`manage.py` picks it for them).
"""

from config.settings.environment import env

_AS_OWNER = env("PURSER_DATABASE_ROLE", default="app") == "owner"

# Set when connections go through a PgBouncer that pools by transaction.
PGBOUNCER = env.bool("PGBOUNCER", default=False)

DATABASES = {
    "default": {
        **env.db("DATABASE_OWNER_URL" if _AS_OWNER else "DATABASE_URL"),
        "CONN_MAX_AGE": None,
        # A check would be a round trip for every request; the first query stands in for it.
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": PGBOUNCER,
    }
}
# Operations open their own transactions: a request is not one.
ATOMIC_REQUESTS = False

REDIS_URL = env("REDIS_URL", default="")

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "django_cache",
            # Beyond it rows are thrown away in no good order, and with them what counts requests;
            # Django would begin at 300.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }
