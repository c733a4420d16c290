import * as z from 'zod/mini';

/** Priorities of Codex's review rubric, most urgent first. */
export const priorities = ['P0', 'P1', 'P2', 'P3'] as const;
export type Priority = (typeof priorities)[number];

/** Who reviews. `claude` is reserved for Claude Code as a reviewer. */
export const reviewers = ['codex', 'claude'] as const;
export type ReviewerId = (typeof reviewers)[number];

/** Who raised a finding: a reviewer, or a tool whose SARIF file was imported. */
export const voices = [...reviewers, 'sarif'] as const;
export type Voice = (typeof voices)[number];

/**
 * Where a finding stands:
 * - `anchored`: the file is inside the repository and the lines hold what was found (they may have been clamped);
 * - `stale`: the file is there, but the text that was found is gone from it; the lines are where it last was;
 * - `missing`: inside the repository, but there is no such file (deleted, or never there);
 * - `outside`: not inside the repository, or no usable path; shown as text, never as a link.
 */
export const places = ['anchored', 'stale', 'missing', 'outside'] as const;
export type Place = (typeof places)[number];

/** What a finding is held by: the text of its lines and of those around them, as they were when it was found. */
export const anchorSchema = z.object({
  /** The first lines of the range, without their line ends; bounded, see findings/anchorText.ts. */
  text: z.array(z.string()),
  /** The lines before and after the range, in the order of the file; fewer at its ends. */
  before: z.array(z.string()),
  after: z.array(z.string()),
  /** Key of the file's text as it was reviewed (findings/reviewedTexts.ts); null where it is not kept. */
  version: z.nullable(z.string()),
});
export type Anchor = z.infer<typeof anchorSchema>;

/** One finding as every process of Tandem sees it: the ledger, the findings view, the report of the companion. */
export const findingSchema = z.object({
  /** Stable over line shifts and re-runs; see findings/identify.ts. */
  id: z.string(),
  title: z.string(),
  /** Markdown as the reviewer wrote it. Never rendered as HTML. */
  body: z.string(),
  /** What to do about it, as the reviewer wrote it; empty where it did not. Markdown, like the body. */
  recommendation: z._default(z.string(), ''),
  priority: z.enum(priorities),
  /** 0 to 1, or null where the reviewer gave none. */
  confidence: z.nullable(z.number()),
  /** Relative to the repository with `/`; for `outside` the text that the reviewer wrote. */
  file: z.string(),
  /** 1-based, inclusive. */
  startLine: z.int(),
  /** 1-based, inclusive, never before `startLine`. */
  endLine: z.int(),
  place: z.enum(places),
  /** Null where there was no text to hold on to. */
  anchor: z._default(z.nullable(anchorSchema), null),
  /** Does it lie in what was changed? Null where that is not known, or where no change was reviewed. */
  inChange: z._default(z.nullable(z.boolean()), null),
  reviewers: z.array(z.enum(voices)),
  /** Name of the tool behind the voice `sarif`, else empty. Text of others. */
  tool: z._default(z.string(), ''),
  /** Absolute real path of the repository's root. */
  repository: z.string(),
  /** Id of the job whose review reported it last; empty for what only a tool raised. */
  job: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

const voiceNames: Readonly<Record<Voice, string>> = { codex: 'Codex', claude: 'Claude', sarif: 'SARIF' };

export function voiceName(voice: Voice): string {
  return voiceNames[voice];
}

/** Who raised a finding, for people: `Codex and Claude`, or the tool that it was imported from. */
export function voicesText({ reviewers: raisedBy, tool }: Pick<Finding, 'reviewers' | 'tool'>): string {
  const names = raisedBy.map((voice) => (voice === 'sarif' && tool !== '' ? tool : voiceName(voice)));
  // What Tandem itself exported comes back with its reviewer as the tool.
  return [...new Set(names)].join(' and ');
}
