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
  const folder = relative(process.cwd(), config.dataFolder) || '.';
  const data = isDemo
    ? `simulated, in ${join(folder, 'demo')}; your own: npx deskgraph import qifi FILE`
    : `${join(folder, 'accounts.sqlite')}, ${config.sources.length} price ${config.sources.length === 1 ? 'source' : 'sources'}`;
  const graphiql = config.graphiql ? `  GraphiQL  ${url}/graphql\n` : '';
  return `deskgraph ${version} listening on ${url}\n  page      ${url}/\n${graphiql}  health    ${url}/health/ready\n  data      ${data}\n`;
}
