import { codeSpan } from '../base/markdownCode.ts';
import { oneLine } from '../base/printable.ts';
import { estimateText } from '../jobs/estimate.ts';
import { type ReviewerId, voiceName } from '../protocol/finding.ts';
import type { Order } from '../protocol/order.ts';
import type { Leaving, WhatLeaves } from './whatLeaves.ts';

/*
 * What leaves the machine, for people: short, before a review, and in full as a document.
 */

/** Files that the short text names. */
const maxNamed = 5;

/** Characters of a name. */
const maxName = 200;

/** A paragraph for each agent, then what is held back. Plain text. */
export function leavingText(what: WhatLeaves, isRemote: boolean): string {
  const agents = what.agents.map((one) =>
    [
      `${voiceName(one.agent)}: ${handedText(one)} ${readsText(one, what, isRemote)}`,
      `Will take: ${estimateText(one.estimate)}.`,
    ].join('\n'),
  );
  return [...agents, ...opinionTexts(what), heldBackText(what)].join('\n\n');
}

/** `Tandem hands over 12.4 kB: instructions, and text of 3 files.` */
function handedText({ bytes, files, readsByItself }: Leaving): string {
  const told = bytes === 0 ? 'only the name of what is reviewed' : `only ${sizeText(bytes)} of instructions`;
  if (readsByItself) return `Tandem hands over no file, ${told}; Codex reads the files and asks git itself.`;
  const count = files.length === 1 ? 'one file' : `${files.length} files`;
  return files.length === 0
    ? `Tandem hands over ${sizeText(bytes)} of instructions, and the text of no file.`
    : `Tandem hands over ${sizeText(bytes)}: instructions, and text of ${count}.`;
}

const where: Readonly<Record<ReviewerId, string>> = {
  codex: 'the model provider of your Codex configuration (OpenAI where it names none)',
  claude: 'whoever your Claude Code is set up to ask (Anthropic where it names nobody)',
};

/** What the agent may read by itself, and where that goes. */
function readsText({ agent }: Leaving, { agents }: WhatLeaves, isRemote: boolean): string {
  if (agent === 'claude')
    return claudeReads(agents.length > 1 ? 'a copy of the repository as it is now' : 'the repository');
  return codexReads('commands that only read', isRemote);
}

function claudeReads(folder: string): string {
  return `By itself it may read the files of ${folder}, and none outside; it runs no commands. ${goes('claude')}`;
}

function codexReads(commands: string, isRemote: boolean): string {
  const machine = isRemote ? 'the machine that its App Server runs on' : 'this machine';
  return `By itself it may run ${commands}: they can read every file of ${machine} that your user account can. ${goes('codex')}`;
}

function goes(agent: ReviewerId): string {
  return `What it reads goes to ${where[agent]}.`;
}

/** What an agent is asked for that is no review; `session`: of Claude Code, in a terminal or its panel. */
export type Work = 'examination' | 'question' | 'opinion' | 'more' | 'task' | 'session';

const workOf = {
  question: 'question',
  proof: 'examination',
  'cross-examination': 'examination',
  'tie-break': 'examination',
  'second-opinion': 'opinion',
  more: 'more',
  task: 'task',
} as const;

/** What kind of work an order is; null for reviews, which are shown in full, and for transfers, for which no model is asked. */
export function workOfOrder({ kind }: Pick<Order, 'kind'>): Work | null {
  return kind in workOf ? workOf[kind as keyof typeof workOf] : null;
}

const handedWith: Readonly<Record<Work, string>> = {
  examination: 'Tandem hands over the finding with its code, and what was argued about it.',
  question: 'Tandem hands over what you ask, with the finding and what was said about it.',
  opinion: 'Tandem hands over the texts of findings that may be the same.',
  more: 'Tandem hands over what was reviewed before, to be looked at further.',
  task: 'Tandem hands over what is to be done, with the findings and the code that go with it.',
  session:
    'Tandem hands over the findings to fix with their code, or what was said and changed in the job to go on with.',
};

/** A paragraph for each agent. Plain text. */
export function workText(work: Work, agents: readonly ReviewerId[], isRemote: boolean): string {
  return agents
    .map((agent) => `${voiceName(agent)}: ${handedWith[work]} ${readsAtWork(work, agent, isRemote)}`)
    .join('\n\n');
}

function readsAtWork(work: Work, agent: ReviewerId, isRemote: boolean): string {
  if (work === 'session') return `By itself it may do what you allow that session. ${goes(agent)}`;
  if (agent === 'claude') return claudeReads('the repository');
  return codexReads(
    work === 'task' ? 'commands within the rules for tasks' : 'commands that only read',
    isRemote,
  );
}

/** For a report, where nobody could be shown beforehand what leaves the machine. */
export function firstNote(agent: ReviewerId): string {
  return `This is the first work of ${voiceName(agent)} in this repository that Tandem knows of. ${goes(agent)}`;
}

const noSecrets = 'Nothing that is reviewed looks like a secret that is in no commit yet.';

/** Text of findings is model text about the code, which the other one has not seen yet. */
function opinionTexts({ secondOpinion }: WhatLeaves): string[] {
  if (secondOpinion === undefined) return [];
  return [
    `Second opinion: where findings of both may be the same, their texts go to ${where[secondOpinion]}, without the name of who raised them.`,
  ];
}

function heldBackText({ secrets, others }: WhatLeaves): string {
  const lines = [
    secrets.length === 0
      ? noSecrets
      : `Held back, because it looks like a secret: ${named(secrets)}. It is on the disk all the same, where an agent may read it by itself.`,
    ...(others.length === 0
      ? []
      : [`Not handed over for other reasons: ${named(others.map(({ file }) => file))}.`]),
  ];
  return lines.join('\n');
}

function named(files: readonly string[]): string {
  const names = files.slice(0, maxNamed).map((file) => oneLine(file, maxName));
  return files.length > maxNamed
    ? `${names.join(', ')} and ${files.length - maxNamed} more`
    : names.join(', ');
}

/** All of it with all names, as Markdown. */
export function leavingMarkdown(what: WhatLeaves, isRemote: boolean): string {
  const sections = what.agents.flatMap((one) => [
    `## ${voiceName(one.agent)}`,
    `${handedText(one)} ${readsText(one, what, isRemote)}`,
    `Will take: ${estimateText(one.estimate)}.`,
    ...(one.files.length === 0 ? [] : ['Files of which text is handed over:', list(one.files)]),
  ]);
  const held = [
    ...what.secrets.map((file) => `${code(file)} (looks like a secret)`),
    ...what.others.map(({ file, reason }) => `${code(file)} (${reason})`),
  ];
  return `${[
    `# What leaves this machine`,
    `With the review of ${code(what.title)} in ${code(what.repository)}.`,
    ...sections,
    ...opinionTexts(what),
    '## Held back',
    ...(held.length === 0 ? [noSecrets] : [heldNote, bullets(held)]),
  ].join('\n\n')}\n`;
}

const heldNote =
  'The text of these files is handed to nobody. They are on the disk all the same, where an agent may read them by itself.';

function list(files: readonly string[]): string {
  return bullets(files.map(code));
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function code(name: string): string {
  return codeSpan(oneLine(name, maxName));
}

/** `980 bytes`, `12.4 kB`. */
function sizeText(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`;
}
