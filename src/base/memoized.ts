/** The same function, which works each item out once. */
export function memoized<T, R>(work: (item: T) => R): (item: T) => R {
  const done = new Map<T, R>();
  return (item) => {
    const known = done.get(item);
    if (known !== undefined) return known;
    const result = work(item);
    done.set(item, result);
    return result;
  };
}
