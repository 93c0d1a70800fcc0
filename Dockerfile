ARG NODE_IMAGE=node:26-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No dependency of the running program needs an install script.
RUN npm ci --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json package-lock.json LICENSE ./
COPY src ./src
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
ENTRYPOINT ["node", "src/caretaker.ts"]
CMD ["worker"]
