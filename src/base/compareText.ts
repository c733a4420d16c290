/** For sorting: the same order on every machine, whatever its language. (`localeCompare` goes by that.) */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
