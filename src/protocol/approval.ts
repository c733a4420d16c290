import * as z from 'zod/mini';
import { oneLine } from '../base/printable.ts';

/*
 * What Codex asks while it works, and what it is answered, as every process of Tandem sees it. All texts are of models
 * and MCP servers: for display only.
 */

/** A file that Codex wants to change. */
export const proposedFileSchema = z.object({
  /** Absolute. */
  path: z.string(),
  kind: z.enum(['add', 'update', 'delete']),
  /** Absolute; null unless it is moved. */
  movedTo: z.nullable(z.string()),
  /** Of `update`: hunks without a file header. Of `add` the new text, of `delete` the old one. */
  diff: z.string(),
});
export type ProposedFile = z.infer<typeof proposedFileSchema>;

const choiceSchema = z.object({ value: z.string(), label: z.string(), description: z.string() });

/** One thing that the user is to say. */
export const fieldSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  type: z.enum(['text', 'number', 'integer', 'boolean', 'choice', 'choices']),
  /** Of `choice` and `choices`. */
  options: z.array(choiceSchema),
  /** May the user write something that is no option? */
  free: z.boolean(),
  /** Not to be shown while it is typed. */
  secret: z.boolean(),
  required: z.boolean(),
});
export type Field = z.infer<typeof fieldSchema>;

const subjectSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    /** Exactly as it would be run. */
    line: z.string(),
    /** Absolute; empty where it is not told. */
    cwd: z.string(),
    /** What it would be allowed besides: a host of the network, folders; a line each. */
    wants: z.array(z.string()),
    /** It is asked for because it would run outside of its sandbox; false where that is not told. */
    outside: z.boolean(),
  }),
  z.object({
    kind: z.literal('files'),
    files: z.array(proposedFileSchema),
    /** A folder below which all writing would be allowed; null for none. */
    root: z.nullable(z.string()),
  }),
  z.object({ kind: z.literal('permissions'), cwd: z.string(), wants: z.array(z.string()) }),
  z.object({ kind: z.literal('questions'), fields: z.array(fieldSchema) }),
  z.object({
    kind: z.literal('mcp'),
    server: z.string(),
    message: z.string(),
    /** What a tool would be called with, as JSON; empty for other questions. */
    input: z.string(),
    fields: z.array(fieldSchema),
    /** A page that the server wants opened; null for a form. */
    url: z.nullable(z.string()),
  }),
]);
export type Subject = z.infer<typeof subjectSchema>;

export const approvalSchema = z.object({
  id: z.string(),
  /** Id of the job that asks. */
  job: z.string(),
  subject: subjectSchema,
  /** In the agent's words; empty where it gives none. */
  reason: z.string(),
  /** Whether it can be allowed for the rest of the session (of this thread on this App Server). */
  forSession: z.boolean(),
  /** ISO 8601. */
  askedAt: z.string(),
  /** When it is declined if nobody answers, ISO 8601; null for never. */
  expiresAt: z.nullable(z.string()),
});
export type Approval = z.infer<typeof approvalSchema>;

/** What the user says to it. */
export const decisionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('allow'), session: z.boolean() }),
  /** Of `questions` and `mcp`: what was said, by the ids of the fields. */
  z.object({
    kind: z.literal('answer'),
    values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  }),
  /** The reason reaches Codex; empty for none. */
  z.object({ kind: z.literal('decline'), reason: z.string() }),
  /** Ends the whole task. */
  z.object({ kind: z.literal('cancel') }),
]);
export type Decision = z.infer<typeof decisionSchema>;
export type Answers = Extract<Decision, { kind: 'answer' }>['values'];

/** What it is about in a few words, one line: `Run npm test`. */
export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case 'command':
      return `Run ${oneLine(subject.line)}`;
    case 'files':
      return filesText(subject);
    case 'permissions':
      return `Get more rights: ${oneLine(subject.wants.join(', '))}`;
    case 'questions':
      return `Know: ${oneLine(subject.fields[0]?.description ?? '')}`;
    case 'mcp':
      return `Answer for ${oneLine(subject.server)}: ${oneLine(subject.message)}`;
  }
}

function filesText({ files, root }: Extract<Subject, { kind: 'files' }>): string {
  const [first] = files;
  if (!first) return root === null ? 'Change files' : `Change files below ${oneLine(root)}`;
  const names = files.map(({ path }) => oneLine(path.split(/[/\\]/).at(-1) ?? path));
  const verb = { add: 'Create', update: 'Change', delete: 'Delete' }[first.kind];
  if (files.length === 1) return `${verb} ${names[0] ?? ''}`;
  const rest = names.length > maxNames ? ` and ${names.length - maxNames} more` : '';
  return `Change ${files.length} files: ${names.slice(0, maxNames).join(', ')}${rest}`;
}

const maxNames = 3;
