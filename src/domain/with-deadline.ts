/**
 * Waits for a promise, but no longer than `ms` milliseconds; then resolves to `late`. What is late goes on by itself:
 * if it fails later, nobody hears of it.
 */
export async function withDeadline<T, L>(work: Promise<T>, ms: number, late: L): Promise<T | L> {
  const { promise, resolve } = Promise.withResolvers<L>();
  const timer = setTimeout(resolve, ms, late);
  work.catch(() => {});
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
