import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { buildOnce, cacheFolder, npmInstall, type Log } from './cache.ts';
import { run } from './processes.ts';
import { installFromSystem } from './systemPackages.ts';

/** In the order of preference: the headless shell is smaller and starts faster. */
const browserNames = ['chromium-headless-shell', 'chromium', 'google-chrome-stable', 'google-chrome'];

const systemPackages = { browser: 'chromium-headless-shell', fonts: 'fonts-dejavu-core' };

/** A headless Chromium as a compressed file in an npm package; the last resort, for linux-x64 only. */
const packagedVersion = '147.0.2';

/**
 * Finds a Chromium, or installs one: `CHROMIUM_BIN`, PATH, the system's package manager (as root), an npm package.
 * Also sees to fonts, so that screenshots are fit to be shown.
 * @returns the executable's path
 * @throws Error that says what to install
 */
export async function ensureBrowser(log: Log): Promise<string> {
  const chosen = process.env['CHROMIUM_BIN'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`CHROMIUM_BIN names ${chosen}, which does not exist.`);
    return chosen;
  }
  const present = findBrowser();
  const missing = [
    ...(present === undefined ? [systemPackages.browser] : []),
    ...((await hasMonospaceFont()) ? [] : [systemPackages.fonts]),
  ];
  const problems: string[] = [];
  if (missing.length > 0) problems.push(...(await installFromSystem(missing, log)));
  const found =
    present ??
    findBrowser() ??
    (await packagedBrowser(log).catch((error: unknown) => void problems.push(String(error))));
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium was found and none could be installed. Install the package chromium-headless-shell or chromium, ' +
      `or set CHROMIUM_BIN to a Chromium's executable.\n${problems.join('\n')}`,
  );
}

function findBrowser(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'].filter(
    (folder) => folder !== '',
  );
  return browserNames
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** Whether a font for code is there; without one Chromium draws terminals and editors in a proportional font. */
async function hasMonospaceFont(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const folders = [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    join(homedir(), '.fonts'),
    join(homedir(), '.local/share/fonts'),
  ];
  for (const folder of folders.filter((name) => existsSync(name))) {
    const files = await readdir(folder, { recursive: true });
    if (files.some((file) => /mono[^/]*\.(ttf|otf)$/i.test(file))) return true;
  }
  return false;
}

async function packagedBrowser(log: Log): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64') throw new Error(`No packaged Chromium for ${platform}.`);
  const folder = join(cacheFolder, `chromium-${packagedVersion}`);
  const executable = join(folder, 'chromium');
  await buildOnce(
    folder,
    async (draft) => {
      log(`Installing Chromium from the npm package @sparticuz/chromium ${packagedVersion}.`);
      const download = join(draft, 'download');
      await mkdir(download);
      await writeFile(join(download, 'package.json'), '{"private":true}\n');
      await npmInstall(download, [`@sparticuz/chromium@${packagedVersion}`], log);
      await pipeline(
        createReadStream(join(download, 'node_modules/@sparticuz/chromium/bin/chromium.br')),
        createBrotliDecompress(),
        createWriteStream(join(draft, 'chromium'), { mode: 0o755 }),
      );
      await rm(download, { recursive: true });
      // It links against libnss3, libnspr4 and libexpat1: better to say so now than in the middle of a test.
      await run(join(draft, 'chromium'), ['--version'], { timeout: 30_000 });
    },
    log,
  );
  return executable;
}
