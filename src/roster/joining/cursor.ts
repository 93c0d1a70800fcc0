/** Goes over items that come some at a time, one by one. */
export interface Cursor<T> {
  /** The item that is next; undefined behind the last one. */
  peek(): T | undefined;
  /** Goes on to the item behind it. */
  advance(): Promise<void> | undefined;
  /** Ends the items before their end. */
  close(): Promise<void>;
}

export async function openCursor<T>(batches: AsyncIterable<readonly T[]>): Promise<Cursor<T>> {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly T[] = [];
  let at = 0;

  async function load(): Promise<void> {
    at = 0;
    do {
      const { done, value } = await iterator.next();
      batch = done ? [] : value;
      if (done) return;
    } while (batch.length === 0);
  }

  await load();
  return {
    peek: () => batch[at],
    advance() {
      at += 1;
      return at < batch.length ? undefined : load();
    },
    async close() {
      await iterator.return?.();
    },
  };
}
