import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import codegen from '../../codegen.ts';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

const folder = new URL('../../schema/operations/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));

describe('the operations that consumers start from', () => {
  let server: TestDeskgraph;
  let runId: string;
  const firstEvent = async (text: string) => {
    const events = server.events(text, text.includes('$runId') ? { runId } : {});
    const { value } = await events.next();
    await events.return();
    return value;
  };
  beforeAll(async () => {
    server = await startDeskgraph({ isClockRunning: true });
    const { data } = await server.ask(readFileSync(new URL('run-command.graphql', folder), 'utf8'));
    runId = data.runCommand.id;
  });
  afterAll(() => server.close());

  it.each(files)('%s runs against the demo as it stands and answers data without an error', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const { data, errors = [] } = await (/^subscription /m.test(text) ? firstEvent(text) : server.ask(text));
    expect(errors).toEqual([]);
    for (const [field, value] of Object.entries(data)) expect(value, field).not.toBeNull();
  });

  it('say what they are for in their first line', () => {
    for (const file of files)
      expect(readFileSync(new URL(file, folder), 'utf8')).toMatch(/^# [A-Z].+\.\n(query|mutation|subscription) /);
  });

  it('are generated as typed documents that the server takes as they are', async () => {
    const [target] = Object.values(codegen.generates);
    const generated: { filename: string; content: string }[] = await generate(
      { ...codegen, generates: { 'out/': target ?? {} } },
      false,
    );
    const output = generated.find(({ filename }) => filename.endsWith('graphql.ts'));
    const into = mkdtempSync(join(tmpdir(), 'deskgraph-codegen-'));
    try {
      const path = join(into, 'graphql.ts');
      writeFileSync(path, output?.content ?? '');
      const documents = await import(pathToFileURL(path).href);
      const names = Object.keys(documents).filter((name) => name.endsWith('Document'));
      expect(names).toHaveLength(files.length);
      const { data } = await server.ask(String(documents.BarsDocument), { code: 'AAPL' });
      expect(data.bars).toMatchObject({ code: 'AAPL', assetType: 'US_STOCK' });
      expect(output?.content).toContain('export type BarsQuery = ');
    } finally {
      rmSync(into, { recursive: true });
    }
  });
});
