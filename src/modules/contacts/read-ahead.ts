/**
 * Starts `work` on up to `ahead` items before the consumer asks for them; results come in the order of the items.
 * When one fails, or the consumer leaves, nothing further is started and what is under way is waited for.
 */
export async function* readAhead<T, R>(
  items: AsyncIterable<T>,
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const source = items[Symbol.asyncIterator]()
  const started: Promise<R>[] = []
  let ended = false
  try {
    for (;;) {
      while (!ended && started.length < ahead) {
        const next = await source.next()
        if (next.done) ended = true
        else started.push(quiet(work(next.value)))
      }
      const first = started.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    await Promise.allSettled(started)
    await source.return?.()
  }
}

/** Its failure is seen when its turn comes; until then it must not count as unhandled. */
function quiet<R>(promise: Promise<R>): Promise<R> {
  promise.catch(() => undefined)
  return promise
}
