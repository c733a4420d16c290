/** Positions as VS Code has them: lines and characters from 0, the end exclusive. */
interface Selection {
  readonly start: { readonly line: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** The selected lines as `A-B`, from 1 and inclusive. A selection that ends at the beginning of a line has none of that one. */
export function selectedLines({ start, end }: Selection): string {
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  return `${start.line + 1}-${last}`;
}
