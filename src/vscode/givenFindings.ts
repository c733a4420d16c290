/*
 * What a caller hands over to a command about findings: an id, several, or an object with `id` or `ids` (the context of
 * the findings view), and perhaps the reason, so that it is not asked for.
 */

/** Null where no finding is named. */
export function givenIds(from: unknown): string[] | null {
  if (typeof from === 'string') return from === '' ? null : [from];
  if (Array.isArray(from)) {
    const ids = from.filter((id): id is string => typeof id === 'string' && id !== '');
    return ids.length === 0 ? null : [...new Set(ids)];
  }
  if (typeof from !== 'object' || from === null) return null;
  if ('ids' in from && Array.isArray(from.ids)) return givenIds(from.ids);
  return 'id' in from && typeof from.id === 'string' ? givenIds(from.id) : null;
}

/** Null where none is given. */
export function givenReason(from: unknown): string | null {
  if (typeof from !== 'object' || from === null || !('reason' in from)) return null;
  return typeof from.reason === 'string' && from.reason.trim() !== '' ? from.reason.trim() : null;
}
