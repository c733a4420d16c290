import type { App } from '../app.ts';
import { UsageError } from '../base/errors.ts';
import { type Logger, tagged } from '../base/logger.ts';
import { checkHooks, checkOtherClaude, checkRuntime, claudeCheck, pluginChecks } from '../claude/doctor.ts';
import { locateClaude } from '../claude/locate.ts';
import { checkClaudeLogin } from '../claude/login.ts';
import { ClaudePlugin } from '../claude/plugin.ts';
import { checkCodex, checkOtherCodex, checkTurn, loginCheck, sandboxCheck } from '../codex/doctor.ts';
import { readAccount } from '../codex/login.ts';
import { probeSandbox } from '../codex/sandboxProbe.ts';
import { findRepositoryRoot } from '../git/repository.ts';
import { quietAfter } from '../jobs/report.ts';
import type { SetupCheck, SetupResult } from '../protocol/bridge.ts';
import { setupCheck } from '../protocol/setupCheck.ts';
import { attempt, troubled } from './attempt.ts';
import type { Host } from './host.ts';
import { checkGate, checkSocket, gateNews } from './hostChecks.ts';
import { setupMarkdown } from './setupMarkdown.ts';

export interface SetupRequest {
  cwd: string;
  /** Session of Claude Code that asks. */
  session: string | null;
  /** Switches the stop-time review gate of the repository. */
  gate?: boolean;
  /** Makes one real turn of Codex. */
  test?: boolean;
}

/**
 * Looks at everything that reviews and slash commands need, and says what is missing and what to do. No check takes
 * another one with it.
 * @throws UsageError if the gate is to be switched outside of a repository
 */
export async function setup(app: App, host: Host, request: SetupRequest): Promise<SetupResult> {
  const { cwd, gate } = request;
  const repository = findRepositoryRoot(cwd);
  const news = gate === undefined ? '' : await switchGate(app, cwd, repository, gate);
  const logger = tagged(host.logger, 'setup');
  const parts = { app, host, logger, request, repository, folder: repository ?? cwd };
  const codex = codexChecks(parts);
  const groups = await Promise.all([
    codex,
    claudeChecks(parts),
    hostChecks(parts),
    request.test === true ? codex.then((checks) => testCheck(parts, checks)) : [],
  ]);
  const checks = groups.flat();
  return { checks, markdown: setupMarkdown(checks, news) };
}

interface Parts {
  app: App;
  host: Host;
  logger: Logger;
  request: SetupRequest;
  repository: string | null;
  /** Where Codex works. */
  folder: string;
}

type Checks = readonly SetupCheck[];

async function switchGate(app: App, cwd: string, repository: string | null, on: boolean): Promise<string> {
  if (repository === null) throw new UsageError(`${cwd} is not inside a git repository.`);
  await app.gates.switch(repository, on);
  return gateNews(repository, on);
}

async function codexChecks({ app, host, logger, folder }: Parts): Promise<Checks> {
  const { appServer } = app;
  const search = { setting: host.settings().codexPath, env: host.env };
  const [program, others] = await Promise.all([
    attempt(logger, 'codex', () => checkCodex(appServer, search)),
    // Programs of this machine are of no account to a server elsewhere.
    attempt(logger, 'codex-candidates', async () => (isRemote(host) ? [] : checkOtherCodex(search))),
  ]);
  if (!isUsable(program)) return [...program, ...others];
  const more = await Promise.all([
    attempt(logger, 'codex-login', async () => loginCheck(await appServer.use(readAccount))),
    attempt(logger, 'codex-sandbox', async () =>
      sandboxCheck(await appServer.use((connection) => probeSandbox(connection, folder))),
    ),
  ]);
  return [...program, ...others, ...more.flat()];
}

async function claudeChecks({ host, logger, folder: cwd }: Parts): Promise<Checks> {
  const { env, stateHome, version, pluginSource: source } = host;
  const setting = host.settings().claudePath;
  const [[located], others] = await Promise.all([
    Promise.allSettled([locateClaude(setting, env)]),
    attempt(logger, 'claude-candidates', () => checkOtherClaude(setting, env)),
  ]);
  if (located.status === 'rejected') return [troubled(logger, 'claude', located.reason), ...others];
  const { file: claude } = located.value;
  const plugin = new ClaudePlugin({ claude, env, cwd, stateHome, source, version, logger });
  const [login, installed] = await Promise.all([
    // Without it Claude's reviews fail; nobody else of Tandem needs it.
    attempt(logger, 'claude-login', async () =>
      host.settings().reviewers === 'claude' ? [await checkClaudeLogin(claude, env, stateHome)] : [],
    ),
    attempt(logger, 'plugin', async () => pluginChecks(await plugin.state())),
  ]);
  return [claudeCheck(located.value), ...login, ...others, ...installed];
}

async function hostChecks({ app, host, logger, request, repository }: Parts): Promise<Checks> {
  const { env, stateHome, version } = host;
  const groups = await Promise.all([
    attempt(logger, 'hooks', () => checkHooks(app.hooksSeen, stateHome, Date.now())),
    attempt(logger, 'socket', () => checkSocket(app, version)),
    attempt(logger, 'gate', async () => {
      await beginGate(app, request, repository);
      return checkGate(app, repository, request.gate !== undefined);
    }),
    attempt(logger, 'runtime', () => checkRuntime(stateHome, env)),
  ]);
  return groups.flat();
}

/** The session that has the gate switched on answers for what changes from now on. */
async function beginGate(
  app: App,
  { gate, session }: SetupRequest,
  repository: string | null,
): Promise<void> {
  if (gate === true && session !== null && repository !== null) await app.gate.begin(repository, session);
}

/** Longer than the turn itself may take. Milliseconds. */
const testDeadline = 5.5 * 60_000;

/** A turn with the model and effort of reviews. */
async function testCheck({ app, host, logger, folder: cwd }: Parts, codex: Checks): Promise<Checks> {
  if (!isUsable(codex)) return [setupCheck('test', 'missing', 'not made, because Codex does not run')];
  const { reviewModel: model, reviewEffort: effort } = host.settings();
  const request = { cwd, model, effort, logger, quietAfter: host.timing?.quiet ?? quietAfter };
  return attempt(logger, 'test', () => checkTurn(app.appServer, request), testDeadline);
}

function isRemote(host: Host): boolean {
  return host.settings().appServerEndpoint !== '';
}

function isUsable([codex]: Checks): boolean {
  return codex?.state === 'ok';
}
