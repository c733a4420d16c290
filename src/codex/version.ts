/** The oldest Codex that Tandem is tested with. */
export const oldestVersion = '0.130.0';

/** Compares versions by their three numbers; an unknown version is not older. */
export function isOlder(version: string, than: string): boolean {
  if (version === '') return false;
  const numbers = version.split('.').map(Number);
  const limits = than.split('.').map(Number);
  for (const [index, limit] of limits.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== limit) return number < limit;
  }
  return false;
}
