import * as z from 'zod/mini';
import { compareText } from '../base/compareText.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { oneLine, printable, printableJson } from '../base/printable.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { anchorTextOf, fingerprintOf } from './fingerprint.ts';

/*
 * The text of the team's file. Others write to it too, by hand and with other versions of Tandem: what is not understood is
 * kept as it is.
 */

export const teamFileVersion = 1;

const maxTitle = 300;
const maxReason = 2_000;
const maxText = 4_000;

const dismissalSchema = z.object({
  /** Fingerprint of the finding. */
  id: z.string().check(z.minLength(1), z.maxLength(100)),
  /** Relative to the repository with `/`; for readers of the file, as is the title. */
  file: z.catch(z.string(), ''),
  title: z.catch(z.string(), ''),
  reason: z.catch(z.string(), ''),
  /** The text that was found, without indentation: it holds where the title is worded in another way. */
  text: z.catch(z.string(), ''),
  /** ISO 8601, UTC; empty where it is not known. */
  at: z.catch(z.string(), ''),
});
export type TeamDismissal = z.infer<typeof dismissalSchema>;

const teamFileSchema = z.looseObject({ version: z.number(), dismissals: z.array(z.unknown()) });
export type TeamFile = z.infer<typeof teamFileSchema>;

/** @throws UserError if the file is damaged, or of a version that is not known */
export function parseTeamFile(text: string): TeamFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = oneLine(messageOf(error), 200);
    throw new UserError(`The team’s file of dismissals is not JSON (${why}).`, 'Mend it, or delete it.');
  }
  const file = z.safeParse(teamFileSchema, value);
  if (!file.success)
    throw new UserError(
      'The team’s file of dismissals has no `version` or no list `dismissals`.',
      'Mend it, or delete it.',
    );
  if (file.data.version !== teamFileVersion)
    throw new UserError(
      `The team’s file of dismissals has version ${file.data.version}, which this Tandem does not know.`,
      'Update Tandem.',
    );
  return file.data;
}

export interface TeamDismissals {
  dismissals: TeamDismissal[];
  /** How many entries are none. */
  skipped: number;
}

/** Entries with the same id are one: the first. */
export function dismissalsOf({ dismissals: entries }: TeamFile): TeamDismissals {
  const byId = new Map<string, TeamDismissal>();
  let skipped = 0;
  for (const entry of entries) {
    const dismissal = z.safeParse(dismissalSchema, entry).data;
    if (dismissal === undefined) skipped += 1;
    else if (!byId.has(dismissal.id)) byId.set(dismissal.id, bounded(dismissal));
  }
  return { dismissals: [...byId.values()], skipped };
}

/** What the team gets to read of a dismissed finding. */
export function dismissalOf(finding: KnownFinding): TeamDismissal {
  const { file, title, reason, history, anchor } = finding;
  const at = history.findLast(({ what }) => what === 'dismissed')?.at ?? '';
  return bounded({ id: fingerprintOf(finding), file, title, reason, text: anchorTextOf(anchor), at });
}

function bounded({ title, reason, text, ...rest }: TeamDismissal): TeamDismissal {
  return {
    ...rest,
    title: oneLine(title, maxTitle),
    reason: printable(reason).trim().slice(0, maxReason),
    text: sharedText(text),
  };
}

/** As much of a finding's text as the file has room for. */
export function sharedText(text: string): string {
  return text.slice(0, maxText);
}

/** @param file null where there is none yet */
export function withDismissals(file: TeamFile | null, added: readonly TeamDismissal[]): TeamFile {
  return { ...file, version: teamFileVersion, dismissals: [...(file?.dismissals ?? []), ...added] };
}

/** Sorted, so that what two people add stands apart and merges: by file and id, and what is not understood at the end. */
export function formatTeamFile(file: TeamFile): string {
  const sorted = file.dismissals
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .sort((a, b) => compareText(a.key, b.key));
  return `${printableJson({ ...file, dismissals: sorted.map(({ entry }) => entry) })}\n`;
}

function keyOf(entry: unknown): string {
  const dismissal = z.safeParse(dismissalSchema, entry).data;
  return dismissal === undefined ? '1' : `0${dismissal.file}\0${dismissal.id}`;
}
