# What every stage stands on: something with Node 24 or newer in PATH, and npm for the stage that installs.
ARG NODE_IMAGE=node:26-slim

FROM ${NODE_IMAGE} AS dependencies
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
# A registry of one's own is named in a secret `npmrc`, which stays in no layer. No dependency needs an install script.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    # An optional peer of a dependency, which npm takes for one of ours: 30 MB that nothing loads.
    && rm -rf node_modules/typescript node_modules/@typescript \
    && npm pkg delete devDependencies \
    && npm sbom --sbom-format=cyclonedx > sbom.cdx.json

FROM ${NODE_IMAGE} AS source
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=dependencies /app/sbom.cdx.json ./
COPY package.json package-lock.json LICENSE ./
COPY src ./src

# What every start would compile, which is half of the time that a command takes. It holds for this Node on a CPU with
# the same features, and for the user who compiled it; elsewhere it is passed over.
# Left out: what starts at once, and the demo, which needs the simulators.
FROM source AS compiled
USER 10001:10001
RUN NODE_COMPILE_CACHE=/tmp/compiled node -e "Promise.all(fs.globSync('src/**/*.ts').filter((file) => !/caretaker.ts$|commands.demo/.test(file)).map((file) => import('./' + file)))" \
    && chmod -R a+rX /tmp/compiled

FROM source AS program
# Of root: what is run must not be written by who runs it.
COPY --from=compiled /tmp/compiled ./node_modules/.cache/device-caretaker
# A number, so that Kubernetes can see that it is not root. Nothing is written but in /tmp.
USER 10001:10001
STOPSIGNAL SIGTERM
# Without OPS_PORT there is nothing to ask and all is well. Kubernetes has probes of its own and ignores this.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "const port = process.env.OPS_PORT; if (port) fetch(`http://127.0.0.1:${port}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/caretaker.ts"]
CMD ["worker"]

# For trials only: with both vendors simulated. `docker build --target trial`
FROM program AS trial
COPY simulators ./simulators
CMD ["simulate"]

FROM program AS production
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="device-caretaker" \
      org.opencontainers.image.description="Scheduled maintenance worker for Pointsharp ID and SuperOffice Pocket" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
