import { CancelledError, UsageError, UserError, messageOf } from '../base/errors.ts';
import { printable } from '../base/printable.ts';

/** How a failure is told to the user. */
export interface ErrorMessage {
  level: 'warning' | 'error';
  text: string;
  /** What the log gets: the same, or the stack of a bug. */
  log: string;
}

/** Null for what is no news: the user cancelled it. */
export function errorMessage(error: unknown): ErrorMessage | null {
  if (error instanceof CancelledError || isCancellationOfVsCode(error)) return null;
  if (error instanceof UserError) {
    const text = sentences(error.message, error.advice);
    return { level: error instanceof UsageError ? 'warning' : 'error', text: plainText(text), log: text };
  }
  const log = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { level: 'error', text: plainText(`Something went wrong inside Tandem: ${messageOf(error)}`), log };
}

/** Its class is not at hand here, and one of another extension would be another class. */
function isCancellationOfVsCode(error: unknown): boolean {
  return error instanceof Error && error.name === 'Canceled';
}

/** Message and advice as one text; a message may end in the words of a program or a model. */
export function sentences(message: string, advice = ''): string {
  if (advice === '') return message;
  return /[.!?…]["”'’)]?$/.test(message.trimEnd()) ? `${message} ${advice}` : `${message}. ${advice}`;
}

/** Longer texts are cut: a notification is no place to read them. Characters. */
const maxLength = 500;

/**
 * Text for a notification, without what reorders its letters. VS Code makes links of `[label](command:…)` in there, and what models and programs wrote must
 * not become one. It does not know code spans.
 */
export function plainText(text: string): string {
  const flat = printable(text.replaceAll(/\s+/g, ' '))
    .replaceAll('](', '] (')
    .replaceAll(/`([^`]+)`/g, '“$1”')
    .trim();
  return cut(flat, maxLength);
}

/** The same for where there is room for so many characters only. */
export function shortText(text: string, most: number): string {
  return cut(plainText(text), most);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
