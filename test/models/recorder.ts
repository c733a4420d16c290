/** Remembers what a stand-in was asked, for assertions, and lets a test wait for a request instead of sleeping. */
export interface Recorder<Request> {
  readonly requests: readonly Request[];
  add(request: Request): void;
  /**
   * The first request, past or coming, that `matches` (default: any).
   * @param timeoutMs default 20 000; rejects after that.
   */
  waitFor(matches?: (request: Request) => boolean, timeoutMs?: number): Promise<Request>;
}

export function createRecorder<Request>(): Recorder<Request> {
  const requests: Request[] = [];
  const listeners = new Set<(request: Request) => void>();
  return {
    requests,
    add: (request) => {
      requests.push(request);
      for (const listener of [...listeners]) listener(request);
    },
    waitFor: (matches = () => true, timeoutMs = 20_000) => {
      const seen = requests.find(matches);
      if (seen !== undefined) return Promise.resolve(seen);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(listener);
          reject(new Error(`no such model request within ${timeoutMs} ms (${requests.length} others)`));
        }, timeoutMs);
        const listener = (request: Request) => {
          if (!matches(request)) return;
          listeners.delete(listener);
          clearTimeout(timer);
          resolve(request);
        };
        listeners.add(listener);
      });
    },
  };
}
