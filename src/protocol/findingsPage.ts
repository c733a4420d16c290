import * as z from 'zod/mini';
import { findingSchema } from './finding.ts';
import { jobSchema } from './job.ts';

/**
 * The findings view is a pure function of this snapshot (and of its own filter and selection).
 * The host sends a whole snapshot after `ready` and after every change, batched; never a delta.
 */
export const snapshotSchema = z.object({
  /** All findings of the window's repositories, in the order of the last run. */
  findings: z.array(findingSchema),
  /** The review that runs now or ended last, or null before the first one. */
  job: z.nullable(jobSchema),
  /** The reviewer's overall explanation of that review, empty while it runs. */
  summary: z.string(),
  /** True where the findings shown come from an earlier review than `job` (which runs, failed or was cancelled). */
  former: z.boolean(),
  /** True in the demo: answers come from fixed rules, not from a model. */
  demo: z.boolean(),
  /** False while the workspace is not trusted: nothing can be started. */
  trusted: z.boolean(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Host to page. */
export const hostMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), snapshot: snapshotSchema }),
  /** Select this finding and bring it into view (asked for from the editor or a notification). */
  z.object({ type: z.literal('reveal'), id: z.string() }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

/** Commands that the page may ask for; the host maps them to its own commands and to nothing else. */
export const pageCommands = [
  'review',
  'cancel',
  'clear',
  'showLog',
  'showRaw',
  'restart',
  'manageTrust',
] as const;
export type PageCommand = (typeof pageCommands)[number];

/** Page to host. Parsed by the host: the page shows model text and is not trusted. */
export const pageMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** Open the finding's place in the editor; `preserveFocus` keeps the keyboard in the view. */
  z.object({ type: z.literal('open'), id: z.string(), preserveFocus: z.boolean() }),
  z.object({ type: z.literal('command'), command: z.enum(pageCommands) }),
  /** A link in a finding's body was followed; only http(s) is opened. */
  z.object({ type: z.literal('link'), href: z.string() }),
]);
export type PageMessage = z.infer<typeof pageMessageSchema>;
