# docker build -t pemcheck . && docker run --rm -v "$PWD:/work:ro" pemcheck fullchain.pem privkey.pem
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml setup.cfg README.md LICENSE ./
COPY pemcheck ./pemcheck
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
# oscrypto needs the library libcrypto, which Python's image has; the program openssl nobody needs
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links /wheels pemcheck \
    && python -m compileall -q /usr/local/lib/python3.13/site-packages/pemcheck \
    && rm -rf /wheels /usr/bin/openssl /usr/bin/c_rehash \
    && useradd --system --no-create-home --shell /usr/sbin/nologin pemcheck
USER pemcheck
WORKDIR /work
ENTRYPOINT ["pemcheck"]
CMD ["--help"]
