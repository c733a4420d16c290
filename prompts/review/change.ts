import { dataBlock, untrusted } from './dataBlock.ts';
import { type LeftOutText, leftOutText } from './leftOut.ts';
import { type ChangeTarget, readingHint, scopeOf } from './scope.ts';

/** What the reviewer is handed of a change; see src/git/change.ts. */
export interface ChangeText {
  /** Null where it is too long to hand over. */
  readonly diff: string | null;
  readonly summary: string;
  readonly leftOut: LeftOutText;
  readonly notes: readonly string[];
}

/** The change itself, or how to come by it. @param canRun whether the reviewer can run commands; else it reads files */
export function changeText(
  target: ChangeTarget,
  { diff, summary, leftOut, notes }: ChangeText,
  canRun: boolean,
): string[] {
  const { what, commands, hints } = scopeOf(target);
  const list = commands.map((command) => `- \`${command}\``).join('\n');
  const around = canRun ? hints.join(' ') : readingHint(target);
  return [
    `# The change\n\nReview ${what}. ${around}`,
    untrusted,
    ...(canRun ? [`These commands show it:\n${list}`] : []),
    'Its files:',
    dataBlock('FILES', summary),
    ...(diff === null ? [canRun ? tooLong : tooLongToRead] : ['The diff:', dataBlock('DIFF', diff)]),
    ...leftOutText(leftOut),
    ...(notes.length === 0 ? [] : ['Note:', dataBlock('NOTES', notes.join('\n'))]),
  ];
}

const tooLong = 'The diff is too long to be handed over. Read it with the commands above, file by file.';
const tooLongToRead =
  'The diff is too long to be handed over. Read the files above as they are now, one after the other, the most important ones first.';
