/** The function, which remembers its last result and gives it again as long as its arguments are the same. */
export function memoLast<A extends readonly unknown[], R>(compute: (...given: A) => R): (...given: A) => R {
  let last: { readonly given: A; readonly result: R } | null = null;
  return (...given) => {
    if (last === null || given.some((one, index) => one !== last?.given[index]))
      last = { given, result: compute(...given) };
    return last.result;
  };
}
