import { withDeadline } from '../base/async.ts';
import { UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { SetupCheck } from '../protocol/bridge.ts';
import { type SetupCheckId, setupCheck, setupTitles } from '../protocol/setupCheck.ts';

/** What does not answer at all must not keep the rest of the report. Milliseconds; measured: up to 2 s on a busy machine. */
const defaultDeadline = 20_000;

/**
 * Makes a check. One that can't be made, or takes too long, is a warning with its error: doubt takes nothing else with it.
 * @param deadline in ms
 */
export async function attempt(
  logger: Logger,
  id: SetupCheckId,
  check: () => Promise<SetupCheck | readonly SetupCheck[]>,
  deadline = defaultDeadline,
): Promise<readonly SetupCheck[]> {
  try {
    return [await withDeadline(check(), deadline, setupTitles[id])].flat();
  } catch (error) {
    return [troubled(logger, id, error)];
  }
}

/** The check that a failure is instead. What is not fit for the user is logged with its stack. */
export function troubled(logger: Logger, id: SetupCheckId, error: unknown): SetupCheck {
  if (error instanceof UserError) return setupCheck(id, 'warning', error.message, error.advice);
  logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return setupCheck(id, 'warning', messageOf(error));
}
