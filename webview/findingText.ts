import { type Standing, standingText } from '../src/protocol/examination.ts';
import { type Place, voiceName, voicesText } from '../src/protocol/finding.ts';
import { isJoined } from '../src/protocol/knownFinding.ts';
import type { ListedFinding, PlaceNow } from '../src/protocol/pageSlices.ts';

/** What the state filter tells apart: an open finding whose text is gone is stale. */
export const shownStates = ['open', 'stale', 'fixed', 'dismissed'] as const;
export type ShownState = (typeof shownStates)[number];

export function shownState({ state, place }: Pick<ListedFinding, 'state' | 'place'>): ShownState {
  return state === 'open' && place === 'stale' ? 'stale' : state;
}

const obstacles: Readonly<Record<Place, string | null>> = {
  anchored: null,
  missing: 'file no longer exists',
  stale: 'its text is gone',
  outside: 'outside the repository',
};

/** Why a finding's place can't be opened, for people; null where it can. */
export function obstacleOf(place: Place): string | null {
  return obstacles[place];
}

/** The lines of a finding as one reads them: `12`, or `12-14`. */
export function linesText({ startLine, endLine }: Pick<PlaceNow, 'startLine' | 'endLine'>): string {
  return startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
}

/** `src/a.ts:12-14`, or words where the reviewer gave no file. */
export function placeText(finding: Pick<ListedFinding, 'file' | 'startLine' | 'endLine'>): string {
  return finding.file === '' ? 'No file given' : `${finding.file}:${linesText(finding)}`;
}

export interface Tag {
  readonly kind:
    'new' | 'back' | 'quiet' | 'fixed' | 'dismissed' | 'stale' | 'edited' | 'outside' | Standing['kind'];
  readonly text: string;
  /** The same in a sentence. */
  readonly hint: string;
}

/** What a row says of a finding besides its title and place: how it stands, and what the last review meant for it. */
export function tagsOf(finding: ListedFinding): Tag[] {
  const tags = [stateTag(finding), markTag(finding), standingTag(finding)].filter((tag) => tag !== null);
  if (finding.edited && shownState(finding) === 'open')
    tags.push({ kind: 'edited', text: 'Edited', hint: 'Its lines were changed since it was last reported' });
  if (finding.inChange === false)
    tags.push({ kind: 'outside', text: 'Outside', hint: 'Outside of the lines that were changed' });
  return tags;
}

function stateTag(finding: ListedFinding): Tag | null {
  switch (shownState(finding)) {
    case 'open':
      return null;
    case 'stale':
      return { kind: 'stale', text: 'Stale', hint: 'The text that was found is gone from the file' };
    case 'dismissed':
      return { kind: 'dismissed', text: 'Dismissed', hint: 'Dismissed' };
    case 'fixed':
      return finding.proof === 'confirmed'
        ? { kind: 'fixed', text: 'Fixed', hint: 'Fixed: its reviewer looked again and confirmed it' }
        : {
            kind: 'fixed',
            text: 'Fix claimed',
            hint: 'Fixed as somebody says; no reviewer has confirmed it',
          };
  }
}

function markTag({ state, mark }: ListedFinding): Tag | null {
  if (state !== 'open') return null;
  switch (mark) {
    case 'new':
      return { kind: 'new', text: 'New', hint: 'Reported for the first time by the last review' };
    case 'came back':
      return { kind: 'back', text: 'Came back', hint: 'It had been fixed, and was reported again' };
    case 'not reported':
      return {
        kind: 'quiet',
        text: 'Not reported again',
        hint: 'The last review looked at its file and did not report it, though its text is unchanged',
      };
    case 'still there':
    case 'not looked at':
    case null:
      return null;
  }
}

function standingTag(finding: ListedFinding): Tag | null {
  const { standing } = finding;
  if (standing === null) return null;
  const name = voiceName(standing.by);
  const hints = {
    confirmed: `${name}, who was not told who raised it, says that it is right`,
    refuted: `${name}, who was not told who raised it, says that it is wrong`,
    disputed: `Raised by ${voicesText(finding)}; ${name}, who was not told so, says that it is wrong`,
  };
  return { kind: standing.kind, text: standingText(standing), hint: hints[standing.kind] };
}

/** True where nothing is left to do: a fix that is only claimed may be none. */
export function isDone({ state, proof }: Pick<ListedFinding, 'state' | 'proof'>): boolean {
  return state === 'dismissed' || (state === 'fixed' && proof === 'confirmed');
}

/** True for what the last review brought up: new, or back again. */
export function isNew({ state, mark }: Pick<ListedFinding, 'state' | 'mark'>): boolean {
  return state === 'open' && (mark === 'new' || mark === 'came back');
}

/** Who raised it, in a row: `Codex`, `Both`, or the tool that it was imported from. */
export function voiceBadge(finding: Pick<ListedFinding, 'reviewers' | 'tool'>): string {
  return isJoined(finding) ? 'Both' : voicesText(finding);
}
