import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createBreakableNetwork, startListening } from '../line/listening.ts';
import { startResponsesModel } from '../models/responses.ts';
import { createAuthority } from '../support/certificates.ts';
import { createCodexHome } from '../support/codexHome.ts';
import type { TestRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { createShop, findsAll } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/**
 * App Servers elsewhere from a real window, whose Node is not as others: VS Code puts its own proxies and certificates
 * between extensions and the network.
 */
describe('a window with an App Server elsewhere', () => {
  const token = 'capability-0123456789';
  const cleanUps: (() => Promise<unknown>)[] = [];
  function kept<T extends { dispose(): Promise<unknown> }>(part: T): T {
    cleanUps.push(() => part.dispose());
    return part;
  }
  let shop: TestRepository;
  let listen: (options: { token?: string; socket?: boolean }) => ReturnType<typeof startListening>;
  before(async () => {
    shop = kept(await createShop());
    const model = kept(await startResponsesModel(findsAll(shop.path)));
    const home = kept(createCodexHome({ modelUrl: model.url }));
    listen = async (options) => kept(await startListening({ version: '0.169.0', env: home.env, ...options }));
  });
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  const open = async (endpoint: string, environment: Record<string, string> = {}) =>
    kept(
      await TandemWindow.open({
        folder: shop.path,
        machineSettings: { 'tandem.appServer.endpoint': endpoint, 'tandem.codex.path': '/no/codex' },
        environment,
      }),
    );
  const reviews = async (tandem: TandemWindow) => {
    await tandem.window.command('Tandem: Review Working Tree');
    await tandem.window.notifications.waitFor(': 3 findings, 1 of them P1.', 60_000);
  };

  test('on a Unix socket', async () => {
    const tandem = await open((await listen({ socket: true })).endpoint);
    await reviews(tandem);
    await tandem.dispose();
  });

  test('behind TLS, with an authority of the environment and a token that is typed in', async () => {
    const authority = createAuthority();
    const file = path.join(createTempFolder('authority').path, 'authority.pem');
    writeFileSync(file, authority.cert);
    const server = await listen({ token });
    const proxy = kept(await createBreakableNetwork(server.endpoint, authority.issue('localhost')));
    const tandem = await open(proxy.endpoint, { NODE_EXTRA_CA_CERTS: file });
    await tandem.window.command('Tandem: Set App Server Token…');
    await tandem.window.quickInput.answer('token', token);
    await reviews(tandem);
    await tandem.dispose();
  });
});
