import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../../config.ts';
import type { Day } from '../../domain/day.ts';
import { isDataFolderHeld } from '../../store/sqlite/folder-lock.ts';
import { checkCalendars } from './calendar-checks.ts';
import { checkAccountStore, checkOwnRecords } from './embedded-store-checks.ts';
import { type Check, type Finding, fault, ok } from './finding.ts';

/** What does not depend on any server. */
export interface Installation {
  /** As `process.versions.node`. */
  readonly nodeVersion: string;
  /** Undefined when there are problems. */
  readonly config: Config | undefined;
  readonly problems: readonly string[];
  readonly today: Day;
}

/** Node 24 runs TypeScript as it is and has SQLite built in. */
const LEAST_NODE = 24;

/** In the order in which they are told. */
export const INSTALLATION_CHECKS: readonly Check<Installation>[] = [
  { name: 'node', look: async ({ nodeVersion }) => [checkNode(nodeVersion)] },
  { name: 'configuration', look: async ({ problems }) => checkConfiguration(problems) },
  { name: 'data folder', look: async ({ config }) => (config === undefined ? [] : [checkDataFolder(config)]) },
  { name: 'account store', look: async ({ config }) => (config === undefined ? [] : [checkAccountStore(config)]) },
  {
    name: 'calendars',
    look: async ({ config, today }) => checkCalendars(config?.calendarOverrides, today),
  },
  { name: 'own records', look: async ({ config }) => (config === undefined ? [] : [checkOwnRecords(config)]) },
];

function checkNode(version: string): Finding {
  const isEnough = Number.parseInt(version, 10) >= LEAST_NODE;
  return isEnough ? ok(version) : fault(`${version}, wanted ${LEAST_NODE} or later`);
}

function checkConfiguration(problems: readonly string[]): Finding[] {
  return problems.length === 0 ? [ok('nothing is wrong with it')] : problems.map(fault);
}

function checkDataFolder({ dataFolder }: Config): Finding {
  if (!existsSync(dataFolder)) {
    const parent = existingAbove(dataFolder);
    return isWritable(parent)
      ? ok(`${dataFolder} is made at the first start`)
      : fault(`${dataFolder} cannot be made: ${parent} is not writable`);
  }
  if (!statSync(dataFolder).isDirectory()) return fault(`${dataFolder} is no folder`);
  if (!isWritable(dataFolder)) return fault(`${dataFolder} is not writable`);
  return ok(`${dataFolder}, writable, ${isDataFolderHeld(dataFolder) ? 'in use by a running server' : 'not in use'}`);
}

function existingAbove(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : existingAbove(parent);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
