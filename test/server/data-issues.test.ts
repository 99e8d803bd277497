import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logDataIssues } from '../../src/app-data-issues.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { createAccountLoaders } from '../../src/loaders/accounts.ts';
import { documentStore } from '../support/document-store.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { ask } from '../support/http-client.ts';
import { pythonDocument } from '../support/qifi-documents.ts';
import { type LogLine, recordingLogger, type ServedDesk, serveDesk } from './served-desk.ts';

const QUERY = '{ accounts { totalCount nodes { balance } } }';
const store = documentStore('HISTORY', [
  { ...pythonDocument({ accounts: { balance: Number.NaN } }), _id: '5e20c2f1' },
  { ...pythonDocument({ account_cookie: null }), _id: '5e20c2f2' },
]);
/** What every transport answers. */
const ANSWER = {
  data: { accounts: { totalCount: 1, nodes: [{ balance: null }] } },
  errors: [
    {
      message: 'quantaxis.history 5e20c2f1: accounts.balance: received NaN, wanted a number',
      locations: [{ line: 1, column: 33 }],
      path: ['accounts', 'nodes', 0, 'balance'],
      extensions: {
        code: 'DATA_INVALID',
        requestId: expect.stringMatching(/^request-/),
        collection: 'quantaxis.history',
        documentId: '5e20c2f1',
      },
    },
  ],
  extensions: {
    dataIssues: {
      dropped: 1,
      nulled: 1,
      samples: ['quantaxis.history 5e20c2f2: account_cookie: received null, wanted a name'],
    },
  },
};

describe('an answer from documents that cannot be read in full', () => {
  let desk: ServedDesk;
  let lines: LogLine[];
  beforeEach(async () => {
    lines = [];
    const dataIssuesOf = logDataIssues(recordingLogger(lines));
    desk = await serveDesk(
      {},
      {
        execution: createExecution({ schema: buildSchema() }),
        contextOf: (origin) => {
          const dataIssues = dataIssuesOf(origin);
          return {
            dataIssues,
            loaders: { accounts: createAccountLoaders(store, LOCAL_VIEWER, { report: dataIssues.report }) },
          };
        },
      },
    );
  });
  afterEach(() => desk.close());

  it.each(['application/json', 'application/graphql-response+json'])('says so as %s', async (accept) => {
    const { text, status } = await desk.post({ query: QUERY }, { accept });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual(ANSWER);
  });

  it('says so to a GET', async () => {
    const headers = { accept: 'application/json', 'x-deskgraph-csrf': '1' };
    const url = `${desk.url}/graphql?query=${encodeURIComponent(QUERY)}`;
    expect(JSON.parse((await ask({ url, method: 'GET', headers })).text)).toEqual(ANSWER);
  });

  it('says so as an event of a stream', async () => {
    const { text } = await desk.post({ query: QUERY }, { accept: 'text/event-stream' });
    expect(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '')).toEqual(ANSWER);
  });

  it('says so over a socket', async () => {
    const socket = await connectSocket(desk.port);
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: ANSWER });
    socket.webSocket.terminate();
  });

  it('is logged once, with counts and nothing of the documents', async () => {
    const { text } = await desk.post({ query: QUERY });
    const { requestId } = JSON.parse(text).errors[0].extensions;
    expect(lines).toEqual([
      { fields: { requestId, dropped: 1, nulled: 1 }, message: 'stored documents hold what cannot be read' },
    ]);
    expect(desk.faults).toEqual([]);
  });
});

it('a subscription is logged once, however many of its events meet documents that cannot be read', () => {
  const lines: LogLine[] = [];
  const dataIssuesOf = logDataIssues(recordingLogger(lines));
  const originOf = (requestId: string) => {
    const { signal } = new AbortController();
    return { viewer: LOCAL_VIEWER, requestId, signal, resumeAfter: undefined };
  };
  const meet = (origin: ReturnType<typeof originOf>): void => {
    const dataIssues = dataIssuesOf(origin);
    dataIssues.report({ origin: { collection: 'QAREALTIME.account', documentId: '1' }, message: 'left out' });
    expect(dataIssues.end()).toMatchObject({ dropped: 1 });
  };
  const [one, other] = [originOf('request-1'), originOf('request-2')];
  for (const origin of [one, one, other, one]) meet(origin);
  expect(lines.map(({ fields }) => fields.requestId)).toEqual(['request-1', 'request-2']);
});
