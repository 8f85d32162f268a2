# docker build -t pemcheck . && docker run --rm -v "$PWD:/work:ro" pemcheck fullchain.pem privkey.pem
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml setup.cfg README.md LICENSE ./
COPY pemcheck ./pemcheck
COPY docs/pemcheck.1 ./docs/
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
COPY --from=build /wheels /wheels
# oscrypto needs the library libcrypto, which Python's image has; the program openssl nobody needs.
# There is no version to pin: the only wheel there is comes from the stage above.
# hadolint ignore=DL3013
RUN pip install --no-cache-dir --no-index --find-links /wheels pemcheck \
    && python -m compileall -q /usr/local/lib/python3.13/site-packages/pemcheck \
    && rm -rf /wheels /usr/bin/openssl /usr/bin/c_rehash \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin pemcheck
# by number: who asks for "not root" without looking into the image, as Kubernetes does, cannot tell from a name
USER 10001
WORKDIR /work
ENTRYPOINT ["pemcheck"]
CMD ["--help"]
