import { createHash } from 'node:crypto';
import { type GraphQLSchema, printSchema } from 'graphql';
import './scalars.ts';
import './errors.ts';
import './viewer.ts';
import './instruments.ts';
import './bars.ts';
import './bars-batch.ts';
import './premium.ts';
import './bar-cache.ts';
import './positions.ts';
import './accounts.ts';
import './equity.ts';
import './trades.ts';
import './orders.ts';
import './portfolios.ts';
import './server-info.ts';
import './gateway-connections.ts';
import './gateways.ts';
import './contracts.ts';
import './ticks.ts';
import './market-trades.ts';
import './live-bars.ts';
import './streams.ts';
import './order-events.ts';
import './live-account.ts';
import './trading.ts';
import './commands.ts';
import './runs.ts';
import './run-output.ts';
import './run-requests.ts';
import './schedules.ts';
import './schedule-requests.ts';
import './login.ts';
import './drop-accounts.ts';
import { builder } from './builder.ts';

/** The public schema, with resolvers. Made once a process. */
export function buildSchema(): GraphQLSchema {
  return builder.toSchema();
}

/** The schema as it is published in schema/schema.graphql, sorted by name. */
export function printPublicSchema(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}

/** SHA-256 of the printed schema, in hexadecimal: changes when and only when the schema does. */
export function hashSchema(schema: GraphQLSchema): string {
  return createHash('sha256').update(printPublicSchema(schema)).digest('hex');
}
