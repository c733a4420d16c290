import path from 'node:path';
import { oneLine } from '../base/printable.ts';
import { isInside } from '../base/paths.ts';
import type { Observation } from '../jobs/agent.ts';
import { shortened } from '../jobs/observations.ts';

/*
 * What Claude was seen looking at, from the calls of its tools. Only what showed text of files is a look: of the others
 * (`Glob`, and `Grep` where it lists files) nothing follows but that there are such files.
 */

/** A call of a tool that was made, by its id. */
export interface ToolCall {
  name: string;
  input: Readonly<Record<string, unknown>>;
}

/** What came of it. */
export interface ToolResult {
  failed: boolean;
  /** As the model was told it. */
  text: string;
  /** The same in the program's own form (measured on 2.1.197 and 2.1.330). */
  details: unknown;
}

/** A model is shown at most 25,000 tokens of a file at once; twice so many characters are kept of a look. */
const maxHalf = 75_000;
const maxCommand = 1_000;

/** Null for a call that shows no text of files. @param folder the run's, absolute */
export function lookOf(call: ToolCall, result: ToolResult, folder: string): Observation | null {
  const command = toolText(call, folder, maxCommand);
  if (call.name !== 'Read' && call.name !== 'Grep') return null;
  const failed = { command, succeeded: false, folder, reads: [], output: shortened(result.text, maxHalf) };
  if (result.failed) return failed;
  if (call.name === 'Grep') {
    const { mode, content } = objectOf(result.details);
    if (mode !== 'content' || typeof content !== 'string' || content.trim() === '') return null;
    return { command, succeeded: true, folder, reads: [], output: shortened(content, maxHalf) };
  }
  const file = textOf(call.input['file_path']);
  return {
    command,
    succeeded: true,
    folder,
    reads: file === '' ? [] : [path.resolve(folder, file)],
    output: shortened(textOfRead(result), maxHalf),
  };
}

/** The lines as they are in the file. What the model was told has numbers before them, and may have reminders after them. */
function textOfRead({ text, details }: ToolResult): string {
  const { content } = objectOf(objectOf(details)['file']);
  if (typeof content === 'string') return content;
  return text.replaceAll(/^ {0,8}\d{1,9}[\t→]/gm, '');
}

/** A call in one line, for people: `Read src/a.ts`, `Grep "retry" in src`. */
export function toolText({ name, input }: ToolCall, folder: string, width = 200): string {
  const place = relative(textOf(input['file_path']) || textOf(input['path']), folder);
  const pattern = textOf(input['pattern']);
  const words = [
    name,
    ...(pattern === '' ? [] : [JSON.stringify(pattern)]),
    ...(pattern === '' || place === '' ? [] : ['in']),
    ...(place === '' ? [] : [place]),
  ];
  return oneLine(words.join(' '), width);
}

function relative(file: string, folder: string): string {
  if (file === '' || !path.isAbsolute(file)) return file;
  return isInside(folder, file) ? path.relative(folder, file).split(path.sep).join('/') : file;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
