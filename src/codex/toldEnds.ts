import type { AppServerNotification, ThreadItem } from '../protocol/appServer.ts';

/*
 * Under load 0.130 may never tell the end of a command (measured). The model is given its output all the same, and raw
 * events have that: the id of the call is the id of the command's item (measured on 0.130 and 0.169, with function tools).
 */

type RawItem = Extract<AppServerNotification, { method: 'rawResponseItem/completed' }>['params']['item'];

/** Commands that have begun and not ended, and the outputs that the model was given, by their ids. */
export interface ToldEnds {
  readonly begun: Readonly<Record<string, ThreadItem>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export const noToldEnds: ToldEnds = { begun: {}, outputs: {} };

/** With a command that has begun. Pure. */
export function withBegun({ begun, outputs }: ToldEnds, item: ThreadItem): ToldEnds {
  return item.id === null ? { begun, outputs } : { begun: { ...begun, [item.id]: item }, outputs };
}

/** With what the model was given; only of a command that has begun. Pure. */
export function withOutput(told: ToldEnds, { type, call_id: id, output }: RawItem): ToldEnds {
  if (type !== 'function_call_output' || id === null || output === null || !(id in told.begun)) return told;
  return { ...told, outputs: { ...told.outputs, [id]: output } };
}

/** Without a command whose end was told in the proper way. Pure. */
export function withoutEnded({ begun, outputs }: ToldEnds, id: string | null): ToldEnds {
  const others = <T>(of: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(of).filter(([known]) => known !== id));
  return { begun: others(begun), outputs: others(outputs) };
}

/** The commands that have ended by what the model was given, as their items would read. */
export function endedItems({ begun, outputs }: ToldEnds): ThreadItem[] {
  return Object.entries(begun).flatMap(([id, item]) => {
    const end = head.exec(outputs[id] ?? '');
    if (!end) return [];
    const [whole, code = ''] = end;
    const exitCode = Number(code);
    const aggregatedOutput = (outputs[id] ?? '').slice(whole.length);
    return [{ ...item, status: exitCode === 0 ? 'completed' : 'failed', exitCode, aggregatedOutput }];
  });
}

/** At the very beginning, so that no output can pass for it; one that still runs has another line there. */
const head =
  /^(?:Chunk ID: .*\n)?(?:Wall time: .*\n)?Process exited with code (-?\d+)\n(?:Original token count: .*\n)?Output:\n/;
