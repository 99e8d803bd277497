import { describe, expect, it } from 'vitest';
import type { ContractTerms } from '../../../src/domain/contract.ts';
import { fetchContracts } from '../../../src/exchanges/contracts/contract-fetch.ts';
import type { VenueContractList, VenueContracts } from '../../../src/exchanges/venue-contracts.ts';
import { createRestClient } from '../../../src/transport/rest-client.ts';
import { type Answering, startHttpServer } from '../../support/http-server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/scripted-venue.ts';
import { contract } from '../contract-lists.ts';

/** A list that is asked for by /NAME?after=CURSOR and answered as `A,B next`. */
function list(name: string): VenueContractList {
  return {
    name,
    page: (after) => ({
      target: `/${name}${after === undefined ? '' : `?after=${after}`}`,
      read: ({ status, text }) => {
        const [, symbols = '', next] = /^(\S*)(?: (\S+))?$/.exec(text) ?? [];
        if (status !== 200) return { type: 'REFUSED', code: null, reason: `received HTTP ${status}` };
        const items = symbols.split(',').filter((symbol) => symbol !== '');
        return { type: 'DONE', value: { items: items.map((symbol) => contract(symbol)), next } };
      },
    }),
  };
}

const VENUE: VenueContracts = { url: 'http://127.0.0.1', lists: [list('spot'), list('swap')] };

interface Fetching {
  readonly clock: ManualClock;
  readonly controller: AbortController;
  readonly asked: () => readonly string[];
  readonly fetched: Promise<readonly ContractTerms[]>;
}

/** What is fetched from a server that answers so, while `during` goes on. */
async function fetchFrom(answer: Answering, during: (fetching: Fetching) => Promise<unknown>): Promise<void> {
  await using server = await startHttpServer(answer);
  const clock = new ManualClock();
  const http = createRestClient({ url: server.url, clock, timeoutMs: 60_000 });
  const controller = new AbortController();
  const { signal } = controller;
  const fetched = fetchContracts({ venue: VENUE, http, clock, timeoutMs: 5_000, signal });
  fetched.catch(() => {});
  const asked = () => server.seen.map(({ path, query }) => `${path} ${query.get('after') ?? ''}`.trim());
  try {
    await during({ clock, controller, asked, fetched });
    expect(clock.pending).toBe(0);
  } finally {
    await http.close();
  }
}

describe('what a venue lists', () => {
  it('is fetched list after list and page after page, each contract once', async () => {
    const pages: Readonly<Record<string, string>> = {
      '/spot': 'A,B p2',
      '/spot p2': 'C p3',
      '/spot p3': 'B',
      '/swap': 'S',
    };
    await fetchFrom(
      ({ path, query }, response) => {
        response.end(pages[`${path} ${query.get('after') ?? ''}`.trim()]);
      },
      async ({ fetched, asked }) => {
        expect((await fetched).map(({ symbol }) => symbol)).toEqual(['A', 'B', 'C', 'S']);
        expect(asked()).toEqual(['/spot', '/spot p2', '/spot p3', '/swap']);
      },
    );
  });

  it('ends with a page that is its own next', async () => {
    await fetchFrom(
      (_request, response) => void response.end('A same'),
      async ({ fetched, asked }) => {
        expect(await fetched).toHaveLength(1);
        expect(asked()).toEqual(['/spot', '/spot same', '/swap', '/swap same']);
      },
    );
  });

  it('is nothing without all of its pages', async () => {
    await fetchFrom(
      ({ path }, response) => void response.writeHead(path === '/swap' ? 500 : 200).end('A'),
      ({ fetched }) =>
        expect(fetched).rejects.toMatchObject({
          ...{ code: 'UPSTREAM_UNAVAILABLE', message: 'GET /swap: received HTTP 500' },
        }),
    );
  });

  it('is nothing when it never ends', async () => {
    let page = 0;
    await fetchFrom(
      (_request, response) => void response.end(`A p${page++}`),
      ({ fetched }) => expect(fetched).rejects.toThrow('received more than 200 pages of spot, wanted an end'),
    );
    expect(page).toBe(200);
  });

  it('is nothing when it lists nothing', async () => {
    await fetchFrom(
      (_request, response) => void response.end(''),
      ({ fetched }) => expect(fetched).rejects.toThrow('received a list without contracts, wanted at least one'),
    );
  });

  it('is given up when it takes too long', async () => {
    await fetchFrom(
      () => {},
      async ({ fetched, clock, asked }) => {
        await until(() => asked().length === 1);
        clock.advance(5_000);
        await expect(fetched).rejects.toMatchObject({
          ...{ code: 'UPSTREAM_UNAVAILABLE', message: 'GET /spot: received no whole list within 5000 ms' },
        });
      },
    );
  });

  it('is given up when nobody wants it any more', async () => {
    await fetchFrom(
      () => {},
      async ({ fetched, controller, asked }) => {
        await until(() => asked().length === 1);
        controller.abort(new Error('the gateway was switched off'));
        await expect(fetched).rejects.toThrow('GET /spot: the gateway was switched off');
      },
    );
  });
});
