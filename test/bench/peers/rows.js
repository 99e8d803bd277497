import { readFileSync } from 'node:fs';

/** The rows of the product's answer in a file, as the objects that a server would have at hand. */
export const rows = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')).data.bars.bars;

export const typeDefs = `
  scalar Date
  type Query { bars(code: String!, start: Date!, end: Date!): BarSeries }
  type BarSeries { bars: [Bar!]! }
  type Bar { date: Date! open: Float high: Float low: Float close: Float volume: Float amount: Float }
`;

export const resolvers = { Query: { bars: () => ({ bars: rows }) } };
