import { settlesWithin } from '../base/async.ts';
import { UsageError, UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AppServer } from './appServer.ts';
import type { AppServerConnection } from './connection.ts';

/** What was chosen for a job; empty for Codex's own choice. */
export interface ModelChoice {
  readonly model: string;
  readonly effort: string;
}

/** A model that the server tells of. */
export interface KnownModel {
  readonly name: string;
  /** Empty where the server does not tell. */
  readonly efforts: readonly string[];
  readonly isDefault: boolean;
  /** Not offered to users, but there. */
  readonly hidden: boolean;
}

/** The list takes 3 s where a login's backend is down (facts: app-server.md, 1.4), a first start of the server 1 s. Milliseconds. */
const patience = 10_000;

/** A server's list, which stays as it is: another program or login is another server (`ServerRun.change`). */
const lists = new WeakMap<AppServerConnection, readonly KnownModel[]>();

/**
 * Refuses a model that Codex does not have, or an effort that the model does not: the server passes both on as they are
 * (facts: app-server.md, 1.4), and the job would fail in the middle. Nobody is refused who cannot be shown to be wrong:
 * only models of the built-in provider at its own address are in the server's list, and where there is no list, no answer
 * in time or no server, the job itself will tell. Hidden models are as good as others.
 * @throws UsageError with what there is
 */
export async function requireKnownModel(
  appServer: Pick<AppServer, 'use'>,
  cwd: string,
  choice: ModelChoice,
  logger: Logger,
): Promise<void> {
  if (choice.model === '' && choice.effort === '') return;
  const { models } = await knownModels(appServer, cwd, logger);
  const problem = wrongChoice(models, choice);
  if (problem) throw problem;
}

/**
 * The effort of a choice; where the model that it is for is known not to have it, the lowest one that it has.
 * @param cwd folder of the thread, whose configuration may name a model
 */
export async function offeredEffort(
  appServer: Pick<AppServer, 'use'>,
  cwd: string,
  choice: ModelChoice,
  logger: Logger,
): Promise<string> {
  if (choice.effort === '') return '';
  return effortOf(await knownModels(appServer, cwd, logger), choice);
}

/** The models to choose from for a thread of some folder. */
export interface KnownModels {
  /** Empty where any may be there, or nothing is known. */
  readonly models: readonly KnownModel[];
  /** The one that the user's configuration names; empty for the default. */
  readonly configured: string;
}

const nothingKnown: KnownModels = { models: [], configured: '' };

async function knownModels(
  appServer: Pick<AppServer, 'use'>,
  cwd: string,
  logger: Logger,
): Promise<KnownModels> {
  const models = appServer.use((connection) => modelsFor(connection, cwd));
  if (!(await settlesWithin(models, patience))) {
    logger.warn('The choice of a model could not be checked: the App Server took too long.');
    return nothingKnown;
  }
  return models.catch((error: unknown) => unknown(error, logger));
}

function unknown(error: unknown, logger: Logger): KnownModels {
  if (!(error instanceof UserError)) throw error;
  logger.info(`The choice of a model could not be checked: ${error.message}`);
  return nothingKnown;
}

async function modelsFor(connection: AppServerConnection, cwd: string): Promise<KnownModels> {
  const { config } = await connection.request('config/read', { cwd, includeLayers: false });
  const { model_provider: provider, openai_base_url: address, model } = config;
  const isOwn = (provider === null || provider === 'openai') && (address ?? '') === '';
  return { models: isOwn ? await listModels(connection) : [], configured: model ?? '' };
}

async function listModels(connection: AppServerConnection): Promise<readonly KnownModel[]> {
  const known = lists.get(connection);
  if (known) return known;
  const { data, nextCursor } = await connection.request('model/list', { includeHidden: true });
  // All of them come at once (measured); what is only a part proves nobody wrong.
  if (nextCursor !== null) return [];
  const models = data.map(({ model: name, supportedReasoningEfforts: efforts, isDefault, hidden }) => ({
    ...{ name, isDefault, hidden },
    efforts: efforts.map(({ reasoningEffort }) => reasoningEffort),
  }));
  lists.set(connection, models);
  return models;
}

/**
 * Null where nothing is wrong. Without a model the effort is one of any: which model Codex takes then is a matter of its
 * configuration and of the thread.
 */
export function wrongChoice(
  models: readonly KnownModel[],
  { model, effort }: ModelChoice,
): UsageError | null {
  if (models.length === 0) return null;
  const chosen = models.find(({ name }) => name === model);
  if (model !== '' && !chosen)
    return new UsageError(`Codex has no model “${model}”.`, `There are: ${namesOf(models)}. ${otherwise}`);
  const able = chosen ? [chosen] : models;
  const efforts = [...new Set(able.flatMap((each) => each.efforts))];
  if (effort === '' || able.some((each) => each.efforts.length === 0) || efforts.includes(effort))
    return null;
  const message = chosen
    ? `Codex’s model “${model}” has no effort “${effort}”.`
    : `No model of Codex has an effort “${effort}”.`;
  return new UsageError(message, `There are: ${efforts.join(', ')}.`);
}

/** See `offeredEffort`. The server names the lowest effort first (facts: app-server.md, 1.4). */
export function effortOf({ models, configured }: KnownModels, { model, effort }: ModelChoice): string {
  const wanted = model || configured;
  const able = models.find(({ name, isDefault }) => (wanted === '' ? isDefault : name === wanted));
  const [lowest] = able?.efforts ?? [];
  return lowest === undefined || able?.efforts.includes(effort) ? effort : lowest;
}

const otherwise = 'Codex’s own configuration may name any other.';

function namesOf(models: readonly KnownModel[]): string {
  return models
    .filter(({ hidden }) => !hidden)
    .map(({ name, isDefault }) => (isDefault ? `${name} (default)` : name))
    .join(', ');
}
