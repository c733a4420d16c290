import { compareText } from '../../base/compareText.ts';
import { oneLine, printable } from '../../base/printable.ts';
import { type Voice, voicesText } from '../../protocol/finding.ts';
import type { KnownFinding } from '../../protocol/knownFinding.ts';

/** Longer texts are cut. Characters. */
const maxTitle = 300;
const maxText = 50_000;

/**
 * A copy of a finding that may leave the machine: without what steers terminals or reorders letters, and without paths of
 * the machine.
 */
export function exportable(finding: KnownFinding): KnownFinding {
  const root = rootPattern(finding.repository);
  const clean = (text: string) => cleanText(text, root);
  return {
    ...finding,
    title: exportableTitle(finding),
    body: clean(finding.body),
    recommendation: clean(finding.recommendation),
    statements: finding.statements.map((one) => ({
      ...one,
      title: oneLine(clean(one.title), maxTitle),
      body: clean(one.body),
      recommendation: clean(one.recommendation),
    })),
    reason: clean(finding.reason),
    tool: oneLine(finding.tool, maxTitle),
    file: finding.place === 'outside' ? outsideName(finding.file) : finding.file,
    repository: '',
    comments: finding.comments.map((comment) => ({ ...comment, text: clean(comment.text) })),
    examinations: finding.examinations.map((one) => ({
      ...one,
      reason: clean(one.reason),
      quotes: one.quotes.map((quote) => ({
        ...quote,
        file: quote.verified ? quote.file : outsideName(clean(quote.file)),
        // What holds is in the repository as it is.
        lines: quote.verified ? quote.lines : clean(quote.lines.join('\n')).split('\n'),
      })),
      // Commands tell about the machine.
      looks: [],
    })),
  };
}

/** The title as `exportable` has it. */
export function exportableTitle({ title, repository }: Pick<KnownFinding, 'title' | 'repository'>): string {
  return oneLine(cleanText(title, rootPattern(repository)), maxTitle);
}

/** Reviewers like to write absolute paths; inside the repository they say the same without its root. */
function cleanText(text: string, root: RegExp): string {
  const whole = printable(text)
    .replaceAll(root, (_, slash: string | undefined) => (slash === undefined ? '.' : ''))
    .trim();
  return whole.length <= maxText ? whole : `${whole.slice(0, maxText)}\n\n… (shortened)`;
}

/**
 * Finds a repository's root in a text, with the slash behind it if there is one. In a container it may be as short as `/app`,
 * which is part of many another path; within an address it is the root whatever stands before it.
 */
function rootPattern(repository: string): RegExp {
  const root = repository.replaceAll(/[^\w/]/g, '\\$&');
  const begins = `(?=${root})(?:(?<![\\w.~@+%}-])|(?<=://[\\w.-]*))`;
  return new RegExp(`${begins}${root}(?:([\\\\/])|(?![\\w-]|\\.\\w))`, 'g');
}

/** Of a path that leads elsewhere only the name is told where all of it would tell about the machine. */
function outsideName(file: string): string {
  const name = oneLine(file, maxTitle);
  const isAbsolute = /^(?:[\\/]|[a-z]:[\\/]|file:)/i.test(name);
  return isAbsolute ? `…/${name.split(/[\\/]/).findLast((part) => part !== '') ?? ''}` : name;
}

/** By file, then by place: what has not changed stands where it stood, so that two exports can be compared. */
export function inOrder(findings: readonly KnownFinding[]): KnownFinding[] {
  return [...findings].sort(
    (a, b) => compareText(a.file, b.file) || a.startLine - b.startLine || compareText(a.id, b.id),
  );
}

/** Who a voice is, by name: for what was imported, the tool. */
export function nameOf(voice: Voice, { tool }: Pick<KnownFinding, 'tool'>): string {
  return voicesText({ reviewers: [voice], tool });
}
