import { BlockList, isIP } from 'node:net';
import type { VariableTexts } from './config-environment.ts';
import { VENUES } from './config-file.ts';
import { shown } from './config-problems.ts';
import { ACCOUNT_CHANNELS } from './domain/live-account.ts';

interface Asked {
  readonly texts: VariableTexts;
  readonly mapping: Readonly<Record<string, unknown>>;
}

interface LaterOfGateway {
  readonly channels: readonly unknown[];
  readonly keys: readonly string[];
}

/** Real venues whose accounts can be carried. */
const VENUES_WITH_ACCOUNTS: readonly string[] = ['okx', 'binance', 'bybit', 'bybit-linear', 'bybit-inverse'];
const LATER_OF_PAPER: LaterOfGateway = {
  channels: [],
  keys: ['credentials', 'proxy', 'urls', 'connectJitterMs', 'reconnectEverySeconds'],
};
const LATER_WITH_ACCOUNT: LaterOfGateway = { channels: [], keys: [] };
const LATER_OF_OTHERS: LaterOfGateway = { channels: ACCOUNT_CHANNELS, keys: ['accountCookie', 'credentials'] };

/**
 * What a later version brings: each line names the keys with which it is asked for. The configuration of such a thing
 * is checked as strictly as all other, so that a file written today is right tomorrow, and then refused.
 */
const NOT_YET: readonly ((asked: Asked) => readonly string[])[] = [
  ({ texts: { JWT_SECRET, JWKS_URL, JWT_ISSUER, JWT_AUDIENCE } }) =>
    Object.entries({ JWT_SECRET, JWKS_URL, JWT_ISSUER, JWT_AUDIENCE })
      .filter(([, text]) => text !== undefined)
      .map(([name]) => `${name}: access control`),
  ({ texts: { HOST } }) =>
    HOST === undefined || isLoopback(HOST)
      ? []
      : [`HOST: received ${shown(HOST)}, wanted 127.0.0.0/8, ::1 or localhost, since an address off loopback`],
  ({ texts: { ROLE } }) =>
    ROLE === 'worker' ? [`ROLE: received ${shown(ROLE)}, wanted all, api or ingest, since running commands apart`] : [],
  ({ mapping }) => toList(mapping.gateways).flatMap(findInGateway),
  ({ mapping }) =>
    toList(fieldOf(mapping.commands, 'programs')).flatMap((program, index) =>
      fieldOf(program, 'restart') === 'on-failure'
        ? [`commands.programs[${index}].restart: received "on-failure", wanted "never", since restarting a strategy`]
        : [],
    ),
  ({ mapping }) => (mapping.access === undefined ? [] : ['access: access control']),
];

/** One line for each thing that is asked for and that this version does not have. */
export function findUnavailable(texts: VariableTexts, mapping: Readonly<Record<string, unknown>>): string[] {
  return NOT_YET.flatMap((find) => find({ texts, mapping })).map((problem) => `${problem} is not available yet`);
}

/** Whether only this machine can reach an address: 127.0.0.0/8, ::1 in any spelling, or localhost. */
function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const version = isIP(host);
  if (version === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function laterOf(venue: string | undefined): LaterOfGateway {
  if (venue === 'paper') return LATER_OF_PAPER;
  return VENUES_WITH_ACCOUNTS.includes(venue ?? '') ? LATER_WITH_ACCOUNT : LATER_OF_OTHERS;
}

/** A gateway is one of any venue; some venues' accounts can be carried, and the paper venue is its own. */
function findInGateway(gateway: unknown, index: number): string[] {
  const at = `gateways[${index}]`;
  const later = laterOf(VENUES.find((each) => each === fieldOf(gateway, 'venue')));
  const channels = toList(fieldOf(gateway, 'channels')).filter((channel) => later.channels.includes(channel));
  return [
    ...channels.map((channel) => `${at}.channels: the channel ${channel}`),
    ...later.keys.filter((key) => fieldOf(gateway, key) !== undefined).map((key) => `${at}.${key}: ${key}`),
  ];
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
