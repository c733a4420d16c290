import * as z from 'zod/mini';
import {
  findingDetailSchema,
  listedFindingSchema,
  listedRunSchema,
  placeNowSchema,
  runDetailSchema,
  runSliceSchema,
} from './pageSlices.ts';

/** Host to page. After `ready` every slice is sent once, then each of them when it has changed. */
export const hostMessageSchema = z.discriminatedUnion('type', [
  /** All known findings of the window's repositories, in every state. */
  z.object({ type: z.literal('findings'), findings: z.array(listedFindingSchema) }),
  /** By id, the places that differ from those in `findings`; the only thing that is sent while somebody types. */
  z.object({ type: z.literal('places'), places: z.record(z.string(), placeNowSchema) }),
  z.object({ type: z.literal('run'), run: runSliceSchema }),
  /** Newest first; only the newest of very many. */
  z.object({ type: z.literal('runs'), runs: z.array(listedRunSchema) }),
  /** The file in the active editor; null where that is none of a repository. */
  z.object({
    type: z.literal('activeFile'),
    file: z.nullable(z.object({ repository: z.string(), file: z.string() })),
  }),
  /** The answer to `detail`; null where the finding is no longer there. */
  z.object({ type: z.literal('detail'), id: z.string(), detail: z.nullable(findingDetailSchema) }),
  /** The answer to `runDetail`; null where nothing is kept of the review. */
  z.object({ type: z.literal('runDetail'), id: z.string(), detail: z.nullable(runDetailSchema) }),
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

/** What can be done with findings; each is a command of the host, which may ask the user back. */
export const findingActions = [
  'fixWithCodex',
  'fixWithClaude',
  'askOther',
  'tieBreak',
  'race',
  'proveFix',
  'dismiss',
  'dismissInFile',
  'resolve',
  'reopen',
  'part',
  'joinAgain',
  'copyPrompt',
  'copyMarkdown',
  'explain',
  'lookForMore',
  'openReviewed',
  'export',
] as const;
export type FindingAction = (typeof findingActions)[number];

/** What every page of findings may say. Parsed by the host: pages show model text and are not trusted. */
export const sharedMessages = [
  z.object({ type: z.literal('ready') }),
  /** Open the finding's place in the editor; `preserveFocus` keeps the keyboard in the view. */
  z.object({ type: z.literal('open'), id: z.string(), preserveFocus: z.boolean() }),
  z.object({ type: z.literal('act'), action: z.enum(findingActions), ids: z.array(z.string()) }),
  /** Show the answer of a review, as it came, in an editor. */
  z.object({ type: z.literal('raw'), run: z.string() }),
  /** A link to the web was followed; only http(s) is opened. */
  z.object({ type: z.literal('link'), href: z.string() }),
  /**
   * A link to a file was followed, in a text about this repository. `path` is the model's: the host opens it only inside the
   * repository. `line` is 1-based.
   */
  z.object({
    type: z.literal('file'),
    repository: z.string(),
    path: z.string(),
    line: z.nullable(z.int()),
  }),
] as const;

/** Page to host. */
export const pageMessageSchema = z.discriminatedUnion('type', [
  ...sharedMessages,
  z.object({ type: z.literal('detail'), id: z.string() }),
  z.object({ type: z.literal('runDetail'), id: z.string() }),
  z.object({ type: z.literal('command'), command: z.enum(pageCommands) }),
  /** Show both reviews of the run that this review is one of, side by side. */
  z.object({ type: z.literal('compare'), run: z.string() }),
]);
export type PageMessage = z.infer<typeof pageMessageSchema>;
