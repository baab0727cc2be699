// Ends a run of batches as soon as a signal says so, even while the source waits for a pipe that stays silent; and the signal of Ctrl-C.

/** Exit code of a run that was interrupted. */
export const INTERRUPTED = 130;

/** Ends the run at the first Ctrl-C; a second one ends the program. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

export async function* untilAborted<T>(source: AsyncGenerator<T, void, undefined>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  let stop: (() => void) | undefined;
  signal.addEventListener('abort', () => stop?.(), { once: true });
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<T, void> | undefined>((resolve, reject) => {
        stop = () => resolve(undefined);
        source.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    // not awaited: a source that waits for its next byte answers after it only
    void Promise.allSettled([source.return()]);
  }
}
