import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { runNode } from './support/process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** Packages that make a start slower, and that a newcomer's first start has no use for. */
const HEAVY = ['ioredis', 'mongodb', 'ssh2', 'undici'];

const source = (path: string): string => pathToFileURL(join(import.meta.dirname, '../src', path)).href;

/** Which of the heavy packages a server has loaded that was started with this configuration file. */
async function loadedBy(file: string | undefined): Promise<string[]> {
  using folder = temporaryFolder();
  const environment = {
    PORT: '0',
    DESKGRAPH_DATA: folder.path,
    ...(file === undefined ? {} : { DESKGRAPH_CONFIG: 'f' }),
  };
  const script = `
    const { createRequire } = await import('node:module');
    const { startApp } = await import('${source('app.ts')}');
    const { loadConfig } = await import('${source('config.ts')}');
    const config = loadConfig({ environment: ${JSON.stringify(environment)}, readFile: () => ${JSON.stringify(file)}, cwd: '/' });
    const logger = new Proxy({}, { get: () => () => logger });
    const app = await startApp(config, { logger });
    const paths = Object.keys(createRequire('${source('app.ts')}').cache);
    await app.close();
    const heavy = ${JSON.stringify(HEAVY)}.filter((name) => paths.some((path) => path.includes('/node_modules/' + name + '/')));
    process.stdout.write(JSON.stringify(heavy));`;
  const { stdout, stderr } = await runNode(['--input-type=module', '--eval', script], { cwd: folder.path }).finished;
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

it('loads no client of a server that is not configured', async () => {
  expect(await loadedBy(undefined)).toEqual([]);
});

it('loads the client of vendors where one is listed', async () => {
  expect(await loadedBy('sources: [{ vendor: eastmoney }]')).toEqual(['undici']);
});
