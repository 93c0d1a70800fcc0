#!/usr/bin/env bash
# curl for each call, BENCH_IN_FLIGHT at once. BENCH_CALLS holds one address a line.
xargs -d '\n' -P "$BENCH_IN_FLIGHT" -n 1 curl -sS -o /dev/null -X DELETE <"$BENCH_CALLS"
