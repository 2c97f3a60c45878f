# One image for the web server, the worker, the scheduler and migrations.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --home-dir /purser purser
WORKDIR /purser

COPY requirements.txt .
RUN pip install --require-hashes --no-deps --requirement requirements.txt

COPY . .

# Settings want their variables; collecting static files reaches nothing that they name.
RUN DATABASE_URL=postgres://none@127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 \
    SECRET_KEY=build JWT_SIGNING_KEY=build ALLOWED_HOSTS=build PURSER_ORIGIN=https://build \
    EMAIL_URL=smtp://127.0.0.1 FIELD_KEYS=k0:YnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtMTI= \
    FIELD_INDEX_KEY=YnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtMTI= \
    python manage.py collectstatic --no-input --verbosity 0

USER purser
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "32", "--respawn-failed-workers", "--respawn-interval", "0.2", \
     "--workers-kill-timeout", "10", "config.wsgi:application"]
