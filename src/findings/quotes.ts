import type { CheckedQuote, Quote } from '../protocol/examination.ts';
import { linesOfFile, readText, relativeFile, resolveInside } from './repositoryFile.ts';

/** More quotes, and longer ones, are no help. */
const maxQuotes = 10;
const maxLines = 40;
/** Characters. */
const maxColumns = 500;
const maxPath = 300;

/**
 * Compares what a model quoted with the files as they are now. A model miscounts lines and loses indentation: a quote holds if
 * the file has these lines somewhere, and is then shown as they stand there, at the place that is nearest to the one it named.
 * @param repository absolute real path
 */
export async function checkQuotes(repository: string, quotes: readonly Quote[]): Promise<CheckedQuote[]> {
  const telling = quotes.map(bounded).filter(({ lines }) => lines.length > 0);
  return Promise.all(telling.slice(0, maxQuotes).map((quote) => checkQuote(repository, quote)));
}

async function checkQuote(repository: string, quote: Quote): Promise<CheckedQuote> {
  const path = await resolveInside(quote.file, repository);
  const read = path === null ? null : await readText(path);
  if (path === null || read === null || read === 'too large') return { ...quote, verified: false };
  const there = linesOfFile(read.text);
  const at = nearest(there, quote);
  if (at === null) return { ...quote, verified: false };
  const lines = there.slice(at, at + quote.lines.length).map(cutLine);
  return { file: relativeFile(repository, path), startLine: at + 1, lines, verified: true };
}

/** Index of the line where the quote begins; null if the file does not have it. */
function nearest(there: readonly string[], { startLine, lines }: Quote): number | null {
  const wanted = lines.map(withoutBlanks);
  const own = there.map(withoutBlanks);
  const found = own.flatMap((_, index) =>
    wanted.every((line, offset) => own[index + offset] === line) ? [index] : [],
  );
  const away = (index: number) => Math.abs(index + 1 - startLine);
  return found.toSorted((a, b) => away(a) - away(b))[0] ?? null;
}

/** As lines are compared; of long ones the beginning. */
function withoutBlanks(line: string): string {
  return cutLine(line.trim());
}

/** Without blank lines around it: a quote of nothing but those says nothing. */
function bounded({ file, startLine, lines: written }: Quote): Quote {
  // Some put several lines into one.
  const lines = written.flatMap((line) => line.split(/\r\n|\n|\r/)).map(cutLine);
  const first = lines.findIndex(isTelling);
  const last = lines.findLastIndex(isTelling);
  const kept = first === -1 ? [] : lines.slice(first, Math.min(last + 1, first + maxLines));
  return {
    file: file.slice(0, maxPath),
    startLine: Math.max(1, startLine) + Math.max(0, first),
    lines: kept,
  };
}

function isTelling(line: string): boolean {
  return line.trim() !== '';
}

function cutLine(line: string): string {
  return line.length > maxColumns ? `${line.slice(0, maxColumns)}…` : line;
}
