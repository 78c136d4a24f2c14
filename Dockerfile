# Production image: the application with its locked requirements, no compiler, no root.
FROM python:3.11-slim AS requirements
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/xiangyin \
    && /opt/xiangyin/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/xiangyin/bin:$PATH \
    PYTHONPATH=/srv/xiangyin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    DATA_DIR=/var/lib/xiangyin
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/xiangyin xiangyin
COPY --from=requirements /opt/xiangyin /opt/xiangyin
WORKDIR /srv/xiangyin
COPY LICENSE ./
COPY migrations migrations
COPY app app
# Run from the source tree, because the migrations lie beside the package and not inside it.
RUN printf '#!/opt/xiangyin/bin/python\nfrom app.cli import app\n\napp()\n' > /usr/local/bin/xiangyin \
    && chmod 755 /usr/local/bin/xiangyin \
    && python -m compileall -q /srv/xiangyin/app
USER xiangyin
VOLUME /var/lib/xiangyin
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["xiangyin", "web"]
