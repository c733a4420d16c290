import { revealed } from '../base/printable.ts';
import type { Approval, Field, ProposedFile, Subject } from '../protocol/approval.ts';
import { type ApprovalFlag, flagsOf, subjectLines } from '../protocol/approvalText.ts';

/*
 * What Codex asks, as text for a terminal. All of Codex's words are indented, and what could steer the terminal or hide
 * letters is shown as an escape: nothing in them can pass for a line of Tandem's.
 */

/** So many lines are shown at once; the rest on request. */
const maxLines = 200;

export interface QuestionText {
  readonly text: string;
  /** The lines that are left out of it; empty if it is whole. */
  readonly rest: string;
}

export function questionText(approval: Approval): QuestionText {
  const { job, subject, reason } = approval;
  const lines = [
    ...subjectLines(subject),
    ...(subject.kind === 'files' ? subject.files.flatMap(fileLines) : []),
    ...(reason === '' ? [] : ['', `Reason, in its own words: ${reason}`]),
  ].flatMap((line) => line.split('\n'));
  const shown = lines.slice(0, maxLines);
  const rest = lines.slice(maxLines);
  const tail = rest.length === 0 ? timeText(approval) : `${rest.length} more lines.`;
  return {
    text: `\nCodex asks (${job}):\n\n${indented(shown)}\n\n${tail}`,
    rest: rest.length === 0 ? '' : `${indented(rest)}\n\n${timeText(approval)}`,
  };
}

export interface Choice {
  readonly key: string;
  readonly text: string;
}

const choices: Readonly<Record<ApprovalFlag, Choice>> = {
  allow: { key: 'a', text: 'allow once' },
  session: { key: 's', text: 'allow for this session' },
  answer: { key: 'w', text: 'answer' },
};

/** What can be typed; nobody is to allow what they have not seen whole. */
export function choicesOf(approval: Approval, isWhole: boolean): Choice[] {
  const yes = flagsOf(approval).map((flag) => choices[flag]);
  return [
    ...(isWhole ? yes : [{ key: 'm', text: 'show the rest' }]),
    { key: 'd', text: 'decline' },
    { key: 'c', text: 'cancel the task' },
  ];
}

export function promptText(offered: readonly Choice[]): string {
  return `${offered.map(({ key, text }) => `${key} ${text}`).join(', ')}: `;
}

/** One thing that the user is asked for, with its options. */
export function fieldText({ description, options, required }: Field): string {
  const lines = [
    description,
    ...options.map(({ label, description: more }, index) => {
      const explained = more === '' || more === label ? '' : ` (${more})`;
      return `${index + 1} ${label}${explained}`;
    }),
  ].flatMap((line) => line.split('\n'));
  return `${indented(lines)}${required ? '' : '\n  (may be left empty)'}`;
}

export function fieldPrompt({ type, options, free }: Field): string {
  if (type === 'boolean') return 'y or n: ';
  if (type === 'choices') return 'Numbers, with commas between them: ';
  if (type === 'choice')
    return free ? `1 to ${options.length}, or your own words: ` : `1 to ${options.length}: `;
  return type === 'text' ? 'Answer: ' : 'Number: ';
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${revealed(line)}`.trimEnd()).join('\n');
}

function fileLines({ path, kind, movedTo, diff }: ProposedFile): string[] {
  const mark = { add: '+', update: '', delete: '-' }[kind];
  const lines = diff.replace(/\r?\n$/, '').split(/\r?\n/);
  return [
    '',
    `--- ${path}${movedTo === null ? '' : ` -> ${movedTo}`}`,
    ...lines.map((line) => mark + line.replaceAll('\t', '    ')),
  ];
}

function timeText({ expiresAt }: Approval): string {
  if (expiresAt === null) return 'It waits for your answer.';
  const at = new Date(expiresAt).toLocaleTimeString('en', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return `Without an answer it is declined at ${at}.`;
}

/** What the user is told once a question is open no more that they have not answered. */
export function goneText({ expiresAt }: Approval, now: number): string {
  return expiresAt !== null && Date.parse(expiresAt) <= now
    ? 'Nobody answered in time: it was declined.'
    : 'Codex no longer asks this: it was answered elsewhere, or its task has ended.';
}

/** Fields of a question that is answered with more than yes or no. */
export function fieldsOf(subject: Subject): readonly Field[] {
  return subject.kind === 'questions' || subject.kind === 'mcp' ? subject.fields : [];
}
