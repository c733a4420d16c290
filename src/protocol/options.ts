import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError, messageOf } from '../base/errors.ts';
import { type Word, splitWords } from './words.ts';

/*
 * The one parser of options. Wrong words are a `UsageError` that lists the known ones; nothing is guessed and nothing is
 * dropped.
 */

/** What was typed: the text behind a slash command, or the arguments of a program. */
export type CommandInput = string | readonly string[];

/** @throws UsageError for a longer text */
export function limit(text: string, length: number, usage: string): void {
  if (text.length > length)
    throw wrong(`The text is ${text.length} characters long, more than ${length}.`, usage);
}

/** @throws UsageError where both are given */
export function exclude(
  one: boolean | undefined,
  other: boolean | undefined,
  names: string,
  usage: string,
): void {
  if (one === true && other === true) throw wrong(`${names} exclude each other.`, usage);
}

/** Marks a word that looks like an option and is none, so that the library does not take it for one. */
const notAnOption = '\0';

/**
 * @returns the options, the other words, and these as one text: exactly as typed behind a slash command, with white
 * space and quotes; of a program's arguments, joined by spaces.
 */
export function parse<T extends NonNullable<ParseArgsConfig['options']>>(
  input: CommandInput,
  options: T,
  usage: string,
) {
  const words = typeof input === 'string' ? splitWords(input) : null;
  const args = (words ?? asWords(input)).map(asArgument);
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    throw wrong(messageOf(error).split('. ')[0] ?? '', usage);
  }
  const { values, positionals, tokens } = parsed;
  for (const token of tokens)
    if (token.kind === 'option' && words?.[token.index + (token.inlineValue === false ? 1 : 0)]?.unclosed)
      throw wrong(`A quote is not closed behind ${token.rawName}.`, usage);
  const plain = positionals.map((word) => word.replace(notAnOption, ''));
  const indexes = new Set(tokens.filter(({ kind }) => kind === 'positional').map(({ index }) => index));
  const text = words && typeof input === 'string' ? typedText(input, words, indexes) : plain.join(' ');
  return { values: unmarked(values), words: plain, text: text.trim() };
}

function asWords(input: CommandInput): Pick<Word, 'text' | 'quoted'>[] {
  return typeof input === 'string' ? [] : input.map((text) => ({ text, quoted: false }));
}

/** There are no options of one letter: `-e` is a word like any other. */
function asArgument({ text, quoted }: Pick<Word, 'text' | 'quoted'>): string {
  const isText = quoted ? text.startsWith('-') : /^-[^-]/.test(text);
  return isText ? notAnOption + text : text;
}

/** A value may look like an option, too. */
function unmarked<T extends object>(values: T): T {
  const entries = Object.entries(values).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? value.map(unmarkedValue) : unmarkedValue(value),
  ]);
  // The same names with the same types.
  return Object.fromEntries(entries) as T;
}

function unmarkedValue(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(notAnOption, '') : value;
}

/** What was typed, without the options and the white space in front of each. */
function typedText(input: string, words: readonly Word[], positional: ReadonlySet<number>): string {
  let text = '';
  let end = 0;
  for (const [index, word] of words.entries()) {
    if (positional.has(index)) text += input.slice(end, word.end);
    end = word.end;
  }
  return text + input.slice(end);
}

/** What is wrong, with how it is used. */
export function wrong(problem: string, usage: string): UsageError {
  return new UsageError(problem, `Usage: ${usage}`);
}
