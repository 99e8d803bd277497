import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../src/config.ts';
import { runNode } from './support/process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

interface Service {
  readonly build?: { readonly dockerfile_inline: string };
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly network_mode?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

const compose: { services: Record<string, Service>; volumes: Record<string, null> } = parse(
  readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'),
);
const { deskgraph = {}, mongodb = {} } = compose.services;
const steps = (deskgraph.build?.dockerfile_inline ?? '').trim().split('\n');

/** What Docker Compose makes of a value when nothing is set outside. */
function withDefaults(value: string): string {
  return value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

describe('docker-compose.yml', () => {
  it('starts the server alone, and a MongoDB only when it is asked for', () => {
    expect(Object.keys(compose.services)).toEqual(['deskgraph', 'mongodb']);
    expect(deskgraph.profiles).toBeUndefined();
    expect(mongodb.profiles).toEqual(['mongodb']);
    expect(mongodb.image).toMatch(/^mongo:\d+$/);
  });

  it('keeps data on volumes that it declares', () => {
    const mounted = [deskgraph, mongodb].flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')));
    expect(mounted.map(([name]) => name)).toEqual(Object.keys(compose.volumes));
    expect(mounted[0]?.[1]).toBe(deskgraph.environment?.DESKGRAPH_DATA);
  });

  it('opens nothing to other machines', () => {
    expect(deskgraph.network_mode).toBe('host');
    expect(deskgraph.environment).not.toHaveProperty('HOST');
    for (const port of mongodb.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('sets variables that are taken, also when nothing is set outside', () => {
    const set = Object.entries(deskgraph.environment ?? {}).map(([name, value]) => [name, withDefaults(String(value))]);
    const config = loadConfig({ environment: Object.fromEntries(set), readFile: () => '', cwd: '/deskgraph' });
    expect(config).toMatchObject({ dataFolder: '/data', mongo: undefined, port: 8010, demo: 'AUTO' });
  });

  it('copies all that the server needs into its image', async () => {
    using folder = temporaryFolder();
    const copies = steps.flatMap((step) => (step.startsWith('COPY ') ? [step.split(' ').slice(1)] : []));
    for (const words of copies) {
      const target = join(folder.path, words.at(-1) ?? '');
      for (const source of words.slice(0, -1)) {
        const isFolder = words.length === 2;
        if (!isFolder) mkdirSync(target, { recursive: true });
        cpSync(join(ROOT, source), isFolder ? target : join(target, source), { recursive: true });
      }
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
    const [program, ...args] = JSON.parse(steps.at(-1)?.replace(/^CMD /, '') ?? '[]');
    expect(program).toBe('node');
    const server = runNode(args, { cwd: folder.path, environment: { PORT: '0' } });
    const [, url = ''] = await server.waitFor(/listening on (\S+)/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(200);
    server.child.kill('SIGTERM');
    expect((await server.finished).exitCode).toBe(0);
  });
});
