import { revealed } from '../base/printable.ts';
import type { Approval, Subject } from './approval.ts';

/** What can be said to a question, for menus and buttons. */
export const approvalFlags = ['allow', 'session', 'answer'] as const;
export type ApprovalFlag = (typeof approvalFlags)[number];

/**
 * `allow`: yes and no are all there is to say. `session`: yes can hold for the rest of the session. `answer`: the user is
 * asked for something.
 */
export function flagsOf({ subject, forSession }: Approval): ApprovalFlag[] {
  if (subject.kind === 'questions') return ['answer'];
  if (subject.kind === 'mcp' && (subject.fields.length > 0 || subject.url !== null)) return ['answer'];
  return forSession ? ['allow', 'session'] : ['allow'];
}

/** All that is asked, for people: a text of a window or a terminal. */
export function subjectLines(subject: Subject): string[] {
  switch (subject.kind) {
    case 'command':
      return [
        `Run this command${placeText(subject)}:`,
        '',
        revealed(subject.line),
        '',
        `in ${subject.cwd === '' ? 'a folder that it does not name' : subject.cwd}`,
        ...wantLines(subject.wants),
      ];
    case 'files':
      return [
        subject.files.length === 0 ? 'Change files that it does not name' : 'Change these files:',
        ...subject.files.map(
          ({ kind, path, movedTo }) => `- ${kind}: ${path}${movedTo ? ` -> ${movedTo}` : ''}`,
        ),
        ...(subject.root === null ? [] : [`and from now on everything below ${subject.root}`]),
      ];
    case 'permissions':
      return ['Get more rights:', ...subject.wants.map((want) => `- ${want}`), `in ${subject.cwd}`];
    case 'questions':
      return subject.fields.map(({ description }) => `- ${description}`);
    case 'mcp':
      return [
        `The MCP server ${subject.server} asks: ${subject.message}`,
        ...(subject.input === '' ? [] : ['', revealed(subject.input)]),
        ...(subject.url === null ? [] : [`It wants this page opened: ${subject.url}`]),
        ...subject.fields.map(({ title, description }) => `- ${title}: ${description}`),
      ];
  }
}

/** One that wants more rights gets these inside of its sandbox. */
function placeText({ outside, wants }: Extract<Subject, { kind: 'command' }>): string {
  if (wants.length > 0) return '';
  return outside ? ', outside of its sandbox' : ', in its sandbox or outside of it (Codex does not tell)';
}

function wantLines(wants: readonly string[]): string[] {
  return wants.length === 0 ? [] : ['', 'with more rights:', ...wants.map((want) => `- ${want}`)];
}
