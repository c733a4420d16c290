import { onAbort, throwIfAborted } from '../base/async.ts';
import { CancelledError, UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { Silence } from '../base/silence.ts';
import type { AgentContext, CommandCount, Observation } from '../jobs/agent.ts';
import type { LimitWindow } from '../protocol/budget.ts';
import { forbiddenIn } from './forbidden.ts';
import { failureOfRun } from './headlessFailures.ts';
import { type Rights, headlessArgs, headlessEnvironment, settingsOfRun } from './headlessLaunch.ts';
import { type Exit, HeadlessProcess } from './headlessProcess.ts';
import { limitsOf } from './limits.ts';
import { locateClaude } from './locate.ts';
import { type RunState, foldMessage, initialRunState } from './streamFold.ts';
import { withSettingsFile } from './settingsFile.ts';
import { readStreamMessage } from './streamMessage.ts';
import { readUserSettings } from './userSettings.ts';

export interface HeadlessParts {
  /** The setting `tandem.claude.path`. */
  executable(): string;
  /** US dollars that one run may cost; 0 for no limit. */
  budget(): number;
  env: NodeJS.ProcessEnv;
  stateHome: string;
  logger: Logger;
  /** After so long without a word of the run its silence is told. Milliseconds. */
  quietAfter: number;
  /** Gets the limits of the account whenever a run tells of them. */
  onLimits?: (limits: LimitWindow[]) => void;
}

export interface HeadlessRequest {
  /** Absolute real path; the only folder that the run sees. */
  folder: string;
  /** Absolute real path: that folder, or the repository that it is a worktree of. Of it the rules of what is forbidden speak. */
  repository: string;
  prompt: string;
  rights: Rights;
  /** Empty for Claude's own choice. */
  model: string;
  effort: string;
  /** JSON schema of the answer, of draft 7 and without `$schema` and `format` (facts: claude-code.md, 5.3); left out for text. */
  schema?: unknown;
}

/** What a run came to that succeeded. */
export interface HeadlessAnswer {
  /** The answer: its JSON where a schema was given, else what the model said last. */
  text: string;
  /** It is held to the schema: false where there was one and no answer of its form. */
  isStructured: boolean;
  /** All that the model wrote. */
  texts: readonly string[];
  commands: CommandCount;
  observations: readonly Observation[];
}

/** A run that is silent for so many times `quietAfter` is ended: nothing tells any more that it does something. */
const maxQuiet = 10;

/** Runs the user's own Claude Code without its surface: one prompt, one answer, isolated (see `headlessArgs`). */
export class Headless {
  constructor(private readonly parts: HeadlessParts) {}

  /**
   * @param onState called with what is known after each message
   * @throws UserError if it has no answer (`LimitReached` where a usage limit is why) or settings of Claude Code are damaged, the
   * user's or the repository's; CancelledError once an abort has been confirmed by the end of the process
   */
  async run(
    request: HeadlessRequest,
    context: AgentContext,
    onState: (state: RunState) => void = () => undefined,
  ): Promise<HeadlessAnswer> {
    const { parts } = this;
    context.onProgress({
      ...{ phase: 'starting', activity: 'Starting Claude Code' },
      ...(request.effort !== '' && { effort: request.effort }),
    });
    const { file } = await locateClaude(parts.executable(), parts.env);
    const user = await readUserSettings(parts.env);
    const permissions = await forbiddenIn(request, user.settings.permissions, parts.env);
    const env = headlessEnvironment(parts.env, user.env);
    return withSettingsFile(
      parts.stateHome,
      settingsOfRun({ ...user.settings, permissions }),
      async (settingsFile) => {
        throwIfAborted(context.signal);
        const run = new Run(request, context, onState, parts, { file, settingsFile, env });
        const exit = await run.toEnd();
        if (context.signal.aborted) throw new CancelledError();
        return run.answer(exit);
      },
    );
  }
}

/** The program, and what it is started with. */
interface Program {
  file: string;
  settingsFile: string;
  env: NodeJS.ProcessEnv;
}

/** One run from its start to its end. */
class Run {
  private state: RunState = initialRunState;
  private readonly process: HeadlessProcess;
  private readonly silence: Silence;
  private gaveUp = false;

  constructor(
    private readonly request: HeadlessRequest,
    private readonly context: AgentContext,
    private readonly onState: (state: RunState) => void,
    private readonly parts: HeadlessParts,
    { file, settingsFile, env }: Program,
  ) {
    const { folder, prompt } = request;
    const { stateHome, logger, quietAfter } = parts;
    this.silence = new Silence(quietAfter, () => this.quiet());
    this.process = new HeadlessProcess({
      file,
      args: headlessArgs({ ...request, settingsFile, budget: parts.budget() }),
      folder,
      env,
      prompt,
      stateHome,
      logger,
      onMessage: (message) => this.heard(message),
      onHeard: () => this.silence.broken(),
    });
  }

  async toEnd(): Promise<Exit> {
    const stopListening = onAbort(this.context.signal, () => void this.process.end());
    try {
      return await this.process.ended;
    } finally {
      stopListening();
      this.silence.dispose();
    }
  }

  /** Success is a last result without an error; the exit code is 0 after an interrupt too (facts: claude-code.md, 5.6). */
  answer(exit: Exit): HeadlessAnswer {
    const { result, texts, commands, looks } = this.state;
    if (this.gaveUp)
      throw new UserError(
        `Claude Code has said nothing for ${Math.round((this.parts.quietAfter * maxQuiet) / 60_000)} minutes, and was ended.`,
        'Start it again.',
      );
    if (result === null || result.is_error || result.subtype !== 'success')
      throw failureOfRun(this.state, exit, this.process.lastWords());
    const structured = result.structured_output;
    const isStructured = this.request.schema === undefined || structured !== undefined;
    const text = structured === undefined ? result.result : JSON.stringify(structured);
    return { text, isStructured, texts, commands, observations: looks.observations };
  }

  private heard(value: unknown): void {
    const message = readStreamMessage(value);
    if (message === null) return;
    const limits = limitsOf(message);
    if (limits.length > 0) this.parts.onLimits?.(limits);
    const before = this.state;
    this.state = foldMessage(before, message, this.request.folder);
    if (this.state.progress !== before.progress) this.report();
    if (this.state !== before) this.onState(this.state);
  }

  private report(): void {
    const lastHeardAt = new Date(this.silence.lastBroken).toISOString();
    this.context.onProgress({ ...this.state.progress, lastHeardAt });
  }

  private quiet(): void {
    this.report();
    if (Date.now() - this.silence.lastBroken < this.parts.quietAfter * maxQuiet) return;
    this.gaveUp = true;
    void this.process.end();
  }
}
