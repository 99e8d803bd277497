import { join, relative } from 'node:path';
import type { Config } from '../config.ts';

export interface GreetingFacts {
  readonly config: Config;
  readonly url: string;
  readonly version: string;
  readonly isDemo: boolean;
}

/** What a person who started the server wants to read first. */
export function greet({ config, url, version, isDemo }: GreetingFacts): string {
  const data = isDemo ? describeDemo(config) : `${describeAccounts(config)}, ${describeSources(config)}`;
  const graphiql = config.graphiql ? `  GraphiQL  ${url}/graphql\n` : '';
  return `deskgraph ${version} listening on ${url}\n  page      ${url}/\n${graphiql}  health    ${url}/health/ready\n  data      ${data}\n`;
}

function describeDemo({ dataFolder }: Config): string {
  return `simulated, in ${join(shown(dataFolder), 'demo')}; your own: npx deskgraph import qifi FILE`;
}

/** Never the address of a MongoDB, which may hold credentials. */
function describeAccounts({ dataFolder, mongo }: Config): string {
  if (mongo === undefined) return join(shown(dataFolder), 'accounts.sqlite');
  return `the databases ${mongo.names.quantaxis} and ${mongo.names.realtime} of MONGO_URL`;
}

function describeSources({ sources: { length } }: Config): string {
  return `${length} price ${length === 1 ? 'source' : 'sources'}`;
}

/** Relative to where the process was started. */
function shown(folder: string): string {
  return relative(process.cwd(), folder) || '.';
}
