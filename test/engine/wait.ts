/** How often a condition is looked at, in ms. Short enough not to be felt, long enough not to load a two-core machine. */
const pollInterval = 100;

/**
 * Polls until `probe` gives something other than `undefined` or `false`, and returns it.
 * A probe that throws counts as "not yet" (pages are replaced under our feet); its last error becomes the cause.
 * @param description completes the sentence "waited for …" in the error
 * @param timeout in ms
 * @throws Error when the deadline passes
 */
export async function waitFor<T>(
  description: string,
  probe: () => T | false | undefined | Promise<T | false | undefined>,
  timeout = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() >= deadline) {
      throw new Error(`Waited ${timeout} ms in vain for ${description}.`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, pollInterval));
  }
}
