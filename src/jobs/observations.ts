import type { Observation } from './agent.ts';

/*
 * What an agent was seen looking at, kept within bounds: its programs may print whatever they like, and as often.
 */

/** Once so much is kept, of later commands only that they ran is known. Characters. */
const maxKept = 8_000_000;

const maxCommands = 2_000;

/** Stands where the middle of an output was left out; no line of a diff begins like that. */
export const cutMark = '\n…\n';

export interface Looks {
  readonly observations: readonly Observation[];
  /** Characters of output that are kept. */
  readonly size: number;
}

export const noLooks: Looks = { observations: [], size: 0 };

/** With a command or tool call that has ended. Pure. */
export function withObservation({ observations, size }: Looks, observation: Observation): Looks {
  if (observations.length >= maxCommands) return { observations, size };
  const output = size + observation.output.length > maxKept ? '' : observation.output;
  return { observations: [...observations, { ...observation, output }], size: size + output.length };
}

/** An output, or of a long one its beginning and its end. @param half of so many characters each */
export function shortened(output: string, half: number): string {
  if (output.length <= 2 * half) return output;
  return `${output.slice(0, half)}${cutMark}${output.slice(-half)}`;
}
