# Builds the same thing that `make run` starts. Keep DAUYS_SECRET_KEY and the volume /data.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/dauys \
 && /opt/dauys/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY civic civic
COPY dialogs dialogs
COPY handlers handlers
COPY locales locales
COPY storage storage
RUN /opt/dauys/bin/python -m locales.compile \
 && /opt/dauys/bin/pip install --no-cache-dir --no-build-isolation --no-deps .

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /data dauys
COPY --from=build /opt/dauys /opt/dauys
ENV PATH=/opt/dauys/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DAUYS_HOST=0.0.0.0 \
    DAUYS_PORT=8080
USER dauys
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['DAUYS_PORT'] + '/healthz', timeout=4)"]
CMD ["dauys", "run"]
