# Built in one stage, run in another: the image holds Python, the locked packages and the service, no compiler and no sources.
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.lock /build/
RUN pip install --no-deps --require-hashes -r /build/requirements.lock
COPY pyproject.toml README.md LICENSE /build/
COPY graph_models /build/graph_models
COPY service /build/service
COPY cypher /build/cypher
COPY examples /build/examples
RUN pip wheel --no-deps --no-build-isolation -w /wheels /build && pip install --no-deps /wheels/*.whl \
    && pip uninstall -y hatchling editables && python -m compileall -q /venv

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin service && install -d -o service -g service /data
COPY --from=build /venv /venv
# Here, not above: numba knows its cache by the times of the files, which a copied layer rounds. On another processor it compiles again, into /tmp.
RUN /venv/bin/python -m graph_models.kernels.compile
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp/matplotlib OMP_WAIT_POLICY=passive \
    STAKEHOLDER_GRAPH_DATA=/data STAKEHOLDER_GRAPH_STORE=sqlite:////data STAKEHOLDER_GRAPH_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
  CMD ["python", "-c", "import os; from urllib.request import Request, urlopen; urlopen(Request('http://127.0.0.1:8000/readyz', headers={'Host': os.environ['STAKEHOLDER_GRAPH_HOSTS'].split(',')[0]}), timeout=4)"]
# Others reach this address: it does not start without STAKEHOLDER_GRAPH_TOKEN and STAKEHOLDER_GRAPH_HOSTS (`docker run -e`), and says so.
CMD ["stakeholder-graph", "serve", "--host", "0.0.0.0", "--port", "8000"]
