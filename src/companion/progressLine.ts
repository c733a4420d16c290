import type { Progress } from '../protocol/bridge.ts';
import { oneLine } from '../base/printable.ts';
import { voiceName } from '../protocol/finding.ts';

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const defaultWidth = 80;

const waitWords = { approval: 'an approval', network: 'the network', limit: 'the usage limit' } as const;

/** `Codex: reading`, `Codex: waiting for the network`; null where there is nothing to tell yet. */
export function progressWords({ state, waitingFor, phase, reviewer }: Progress): string | null {
  if (phase === null && state !== 'queued') return null;
  return `${voiceName(reviewer)}: ${waitingFor === null ? (phase ?? state) : `waiting for ${waitWords[waitingFor]}`}`;
}

/** Shows a person how a job goes: on a terminal one line that is written over, elsewhere a line per change of phase. */
export class ProgressLine {
  private lastPhase = '';
  private isShown = false;
  /** Something else is being read on the terminal, and nothing may be written over it. */
  isHeld = false;

  constructor(private readonly stream: ProgressStream) {}

  show(progress: Progress): void {
    const words = progressWords(progress);
    if (words === null || this.isHeld) return;
    const { activity } = progress;
    if (this.stream.isTTY !== true) {
      if (words !== this.lastPhase) this.stream.write(`${words}\n`);
      this.lastPhase = words;
      return;
    }
    const width = (this.stream.columns ?? defaultWidth) - 1;
    this.stream.write(`\r\u001b[2K${oneLine(activity === null ? words : `${words} – ${activity}`, width)}`);
    this.isShown = true;
  }

  clear(): void {
    if (this.isShown) this.stream.write('\r\u001b[2K');
    this.isShown = false;
  }
}
