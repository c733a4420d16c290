import './version.ts';
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { BridgeServer } from '../../../src/bridge/bridgeServer.ts';
import { type Caller, findHost, rankHosts } from '../../../src/companion/findHost.ts';
import { type Discovery, bridgeProtocolVersion, discoveryFolder } from '../../../src/protocol/discovery.ts';
import { createTempFolder } from '../../support/temp.ts';
import { FakeService } from '../bridge/fakeService.ts';
import { discoveryOf } from '../bridge/rawClient.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

function discovery(change: Partial<Discovery>): Discovery {
  return {
    protocol: bridgeProtocolVersion,
    id: 'id',
    kind: 'window',
    version: '1.2.3',
    machine: hostname(),
    pid: 1,
    startTime: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    address: '/nowhere',
    token: 'x',
    folders: [],
    ...change,
  };
}

describe('the order of hosts', () => {
  const order = (hosts: Discovery[], folder = '/w/shop/src') => rankHosts(hosts, folder).map(({ id }) => id);

  test('the deepest folder wins, whatever came first', () => {
    const hosts = [
      discovery({ id: 'root', folders: ['/w'], startedAt: '2026-01-09T00:00:00.000Z' }),
      discovery({ id: 'src', folders: ['/elsewhere', '/w/shop/src'] }),
      discovery({ id: 'shop', folders: ['/w/shop'] }),
    ];
    assert.deepEqual(order(hosts), ['src', 'shop', 'root']);
    assert.deepEqual(order(hosts, '/w/shop'), ['shop', 'root']);
  });

  test('among equals windows come before headless hosts, then the newest', () => {
    const hosts = [
      discovery({ id: 'headless', kind: 'headless', folders: ['/w'], startedAt: '2026-01-09T00:00:00.000Z' }),
      discovery({ id: 'older', folders: ['/w'] }),
      discovery({ id: 'newer', folders: ['/w'], startedAt: '2026-01-02T00:00:00.000Z' }),
    ];
    assert.deepEqual(order(hosts), ['newer', 'older', 'headless']);
  });

  test('a folder whose name only begins alike holds nothing', () => {
    assert.deepEqual(order([discovery({ folders: ['/w/sho'] }), discovery({ folders: [] })]), []);
  });
});

describe('finding a living host', () => {
  let stateHome = '';
  let work = '';
  const open: (BridgeServer | Server)[] = [];

  beforeEach(() => {
    stateHome = createTempFolder('state').path;
    work = createTempFolder('work').path;
    mkdirSync(path.join(work, 'shop', 'src'), { recursive: true });
  });
  afterEach(async () => {
    for (const server of open.splice(0)) await Promise.resolve(server.close());
  });

  async function host(...folders: string[]): Promise<BridgeServer> {
    const server = new BridgeServer({
      kind: 'window',
      version: '1.2.3',
      stateHome,
      logger: createRecordingLogger(),
      folders: () => folders,
      service: new FakeService(),
    });
    open.push(server);
    await server.listen();
    return server;
  }

  function publish(change: Partial<Discovery>): string {
    const file = path.join(discoveryFolder(stateHome), `${change.id ?? 'x'}.json`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(discovery(change)));
    return file;
  }

  async function find(folder: string, env: NodeJS.ProcessEnv = {}) {
    const caller: Caller = {
      folder,
      stateHome,
      env,
      client: { door: 'cli', pid: process.pid, version: '0.0.0' },
    };
    const { connection, problems } = await findHost(caller);
    connection?.close();
    return { folders: connection?.host.folders, problems };
  }

  test('of several windows the one with the deepest folder', async () => {
    const shop = path.join(work, 'shop');
    await host(shop);
    await host(work);
    assert.deepEqual((await find(path.join(shop, 'src'))).folders, [shop]);
    assert.deepEqual((await find(work)).folders, [work]);
    assert.deepEqual(await find('/'), { folders: undefined, problems: [] });
  });

  test('the window of the integrated terminal comes first, as long as it holds the folder', async () => {
    const shop = path.join(work, 'shop');
    const own = await host(work);
    await host(shop);
    const env = { TANDEM_HOST: own.discoveryFile };
    assert.deepEqual((await find(path.join(shop, 'src'), env)).folders, [work]);
    const elsewhere = createTempFolder('elsewhere').path;
    assert.equal((await find(elsewhere, env)).folders, undefined);
  });

  test('a terminal that outlived its window finds the new one', async () => {
    const old = await host(work);
    const env = { TANDEM_HOST: old.discoveryFile };
    await old.close();
    await host(work);
    assert.deepEqual((await find(work, env)).folders, [work]);
  });

  test('files of killed hosts are passed over without a word', async () => {
    const gone = discoveryOf((await host(work)).discoveryFile);
    await open.pop()?.close();
    publish({ ...gone, id: 'stale', startedAt: '2099-01-01T00:00:00.000Z' });
    publish({ id: 'nonsense', folders: [work], address: '/dev/null' });
    writeFileSync(path.join(discoveryFolder(stateHome), 'half.json'), '{"pro');
    assert.deepEqual(await find(work), { folders: undefined, problems: [] });
    await host(work);
    assert.deepEqual(await find(work), { folders: [work], problems: [] });
  });

  test('a window of another version is passed over, and said so', async () => {
    const { address } = discoveryOf((await host()).discoveryFile);
    publish({ id: 'other', folders: [work], address, token: 'not its token' });
    assert.deepEqual(await find(work), { folders: undefined, problems: ['other version'] });
  });

  test('a window that hangs up at once counts as gone', async () => {
    const address = path.join(work, 's');
    const server = createServer((socket) => socket.destroy()).listen(address);
    open.push(server);
    publish({ id: 'rude', folders: [work], address });
    assert.deepEqual(await find(work), { folders: undefined, problems: [] });
  });

  test('no state folder, no host', async () => {
    rmSync(stateHome, { recursive: true });
    assert.deepEqual(await find(work), { folders: undefined, problems: [] });
  });
});
