import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIGURATION_KEYS, loadConfig } from '../src/config.ts';
import { startDeskgraph, type TestDeskgraph } from './support/deskgraph.ts';
import { readEvents } from './support/event-source.ts';
import { mongoDatabases, mongoServers } from './support/mongo.ts';
import { pythonDocument } from './support/qifi-documents.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

/** The texts of all fenced blocks of one language, in order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, is]) => is === language)
    .map(([, , text = '']) => text);
}

const words = (text: string): string[] => text.match(/[\w.-]+|[{}()":,]/g) ?? [];

describe('the README', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startDeskgraph({ isClockRunning: true });
  });
  const firstEvent = async (query: string) => {
    const { data } = await server.ask(
      'mutation { runBacktest(input: { script: "moving-average.ts" }) { ... on Run { id } } }',
    );
    const events = server.events(query, query.includes('$runId') ? { runId: data.runBacktest.id } : {});
    const { value } = await events.next();
    await events.return();
    return value;
  };
  afterAll(() => server.close());

  it.each(blocks('graphql'))('shows an operation that runs on the simulated data: %s', async (query) => {
    const { data, errors = [] } = query.startsWith('subscription') ? await firstEvent(query) : await server.ask(query);
    expect(errors).toEqual([]);
    for (const value of Object.values(data)) expect(value).not.toBeNull();
  });

  it('shows with curl the subscription that it shows before, and what the server prints', async () => {
    const curl = blocks('sh').find((text) => text.includes('text/event-stream'));
    const body = /-d '(.+)'\n/.exec(curl ?? '')?.[1] ?? '';
    const shown = blocks('graphql').find((text) => text.startsWith('subscription'));
    expect(words(JSON.parse(body).query)).toEqual(words(shown ?? ''));
    const answer = await server.post(body, { accept: 'text/event-stream' });
    const { value } = await readEvents(answer).next();
    const figures = (text: string): string => text.replaceAll(/-?\d+(\.\d+)?(?=[,}])/g, '0');
    const [printed = ''] = blocks('text').map((text) => text.split('\n\n', 1)[0] ?? '');
    expect(figures(`event: ${value?.event}\ndata: ${value?.data}`)).toBe(figures(printed));
  });

  it('shows with curl what it shows as a query, and the answer that the server gives', async () => {
    const curl = blocks('sh').find((text) => text.startsWith('curl'));
    const body = /-d '(.+)'\n/.exec(curl ?? '')?.[1] ?? '';
    const [query = ''] = blocks('graphql');
    expect(words(JSON.parse(body).query)).toEqual(words(query));
    const answer = await (await server.post(body)).json();
    expect(answer).toEqual(JSON.parse(blocks('json')[0] ?? ''));
  });

  it('shows a premium under the names of charts: two lists of one length, and the same as points', async () => {
    const query = blocks('graphql').find((text) => text.includes('trace: columns')) ?? '';
    const { trace, line } = (await server.ask(query)).data.etfPremium;
    expect(Object.keys(trace)).toEqual(['x', 'y']);
    expect(trace.y.length).toBeGreaterThan(100);
    expect(line).toEqual(trace.x.map((time: string, at: number) => ({ time, value: trace.y[at] })));
  });

  it('lists every environment variable with its default and meaning, and no other', () => {
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$/gm)].map(([, name, preset, meaning]) => ({
      name,
      preset,
      meaning,
    }));
    const wanted = CONFIGURATION_KEYS.map(({ name, default: preset, description }) => ({
      name,
      preset: preset === undefined ? '' : `\`${preset}\``,
      meaning: description,
    }));
    expect(rows).toEqual(wanted);
  });

  it.each(blocks('yaml'))('shows a configuration that is accepted: %s', (text) => {
    const config = loadConfig({
      environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
      readFile: () => text,
      cwd: '/desk',
    });
    const { sources, gateways, commands } = config;
    expect(sources.length + gateways.length + (commands?.programs.length ?? 0)).toBeGreaterThan(0);
  });

  it('names only paths that are there', () => {
    const linked = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
      .map(([, path = '']) => path)
      .filter((path) => !path.includes('://'));
    const inTable = [...readme.matchAll(/`((?:src|schema|test|docs)\/[\w./-]*)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => path !== 'schema/generated');
    for (const path of [...linked, ...inTable]) expect(existsSync(new URL(path, root)), path).toBe(true);
  });

  it.each(mongoServers())('shows three lines with which a QUANTAXIS database is read: $name', async (mongo) => {
    const lines =
      blocks('sh')
        .find((text) => text.includes('export MONGO_URL'))
        ?.trim()
        .split('\n') ?? [];
    expect(lines).toHaveLength(3);
    const [, shownUrl = ''] = /^export MONGO_URL='(.+)'$/.exec(lines[0] ?? '') ?? [];
    const { url } = loadConfig({ environment: { MONGO_URL: shownUrl }, readFile: () => '', cwd: '/desk' }).mongo ?? {};
    expect(url).toBe(shownUrl);
    expect(lines[1]).toBe('npm start');
    const [, body = ''] = /-d '(.+)'$/.exec(lines[2] ?? '') ?? [];
    await using databases = await mongoDatabases(mongo);
    const { client, names } = databases;
    const left = pythonDocument({ positions: {}, trades: {}, orders: {}, event: {}, banks: {} });
    await client.db(names.quantaxis).collection('history').insertOne(left);
    const desk = await startDeskgraph({
      environment: {
        MONGO_URL: mongo.url,
        QUANTAXIS_DATABASE: names.quantaxis,
        QAREALTIME_DATABASE: names.realtime,
        MONGO_DATABASE: names.own,
      },
    });
    try {
      const node = { accountCookie: 'cta_rb_5min', tradingDay: '2020-01-16', balance: 100096.5 };
      expect(await (await desk.post(body)).json()).toEqual({ data: { accounts: { totalCount: 1, nodes: [node] } } });
    } finally {
      await desk.close();
    }
  });

  it('shows a configuration with which a folder of CSV files is served', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'bars'));
    writeFileSync(join(folder.path, 'desk.yaml'), blocks('yaml')[0] ?? '');
    const write = (name: string, text: string): void => writeFileSync(join(folder.path, 'bars', name), text);
    write(
      '513100.SH.csv',
      'date,open,high,low,close,volume,amount\n2024-01-02,1.5,1.6,1.4,1.5,1000,1500\n2024-01-03,1.5,1.6,1.4,1.6,,\n',
    );
    write('513100.SH.nav.csv', 'date,nav\n2023-12-29,1.4\n2024-01-02,1.6\n');
    write('funds.csv', 'code,navMarket\n513100.SH,US\n');
    const own = await startDeskgraph({ environment: { DESKGRAPH_CONFIG: join(folder.path, 'desk.yaml') } });
    try {
      const ask = () =>
        own.ask(
          '{ etfPremium(code: "513100.SH", start: "2024-01-01", end: "2024-01-31") { alignment price { bars { date close volume } } series { date premium navDate } } }',
        );
      const { data, errors } = await ask();
      expect(errors).toEqual([]);
      expect(data.etfPremium).toEqual({
        alignment: 'PREVIOUS_NAV',
        price: {
          bars: [
            { date: '2024-01-02', close: 1.5, volume: 1000 },
            { date: '2024-01-03', close: 1.6, volume: null },
          ],
        },
        series: [
          { date: '2024-01-02', premium: 0.071429, navDate: '2023-12-29' },
          { date: '2024-01-03', premium: 0, navDate: '2024-01-02' },
        ],
      });
      write('513100.SH.csv', 'date,close\n2024-01-02,1.4\n');
      expect((await ask()).data.etfPremium.series).toEqual([{ date: '2024-01-02', premium: 0, navDate: '2023-12-29' }]);
    } finally {
      await own.close();
    }
  });
});
