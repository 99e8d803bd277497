import { readFileSync } from 'node:fs';
import { quoted } from '../../domain/errors.ts';
import { type AccountEvent, AccountState, isWorking } from './account-state.ts';
import type { PaperInstrument } from './instruments.ts';
import { parseEvents, parseSnapshot } from './journal-lines.ts';

type Instruments = ReadonlyMap<string, PaperInstrument>;

/**
 * The state in a journal: a line with a snapshot, then one with a list of events for each act, all JSON. Undefined when
 * there is no such file, and when it was cut off before its first line was whole. A last line without an end is what was
 * cut off while it was written: nobody had heard of it. Fails with an Error that names the file, the line and the reason
 * when anything else cannot be read.
 */
export function readJournal(path: string, instruments: Instruments): AccountState | undefined {
  const text = readIfThere(path);
  if (text === undefined || isCutOffInFirstLine(text)) return undefined;
  const lines = text.split('\n');
  const [first = '', ...rest] = lines.length === 1 ? lines : lines.slice(0, -1);
  const state = readLine({ path, number: 1 }, () => openSnapshot(first, instruments));
  for (const [index, line] of rest.entries()) {
    readLine({ path, number: index + 2 }, () => {
      for (const event of parseEvents(line)) {
        refuseUnfounded(event, state, instruments);
        state.apply(event);
      }
    });
  }
  return state;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`cannot read the paper journal ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Such a file has never had an account in it. One line of something else is somebody else's file. */
function isCutOffInFirstLine(text: string): boolean {
  return text === '' || (text.startsWith('{') && !text.includes('\n') && !isJson(text));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readLine<Value>({ path, number }: { path: string; number: number }, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new Error(`cannot read the paper journal ${path} line ${number}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function openSnapshot(line: string, instruments: Instruments): AccountState {
  const snapshot = parseSnapshot(line);
  for (const { instId } of [...snapshot.orders, ...snapshot.fills, ...snapshot.positions]) {
    refuseUnknown(instId, instruments);
  }
  return new AccountState(instruments, snapshot);
}

/** An event that follows from none before it would change nothing, or the wrong thing. */
function refuseUnfounded(event: AccountEvent, state: AccountState, instruments: Instruments): void {
  switch (event.type) {
    case 'OPENED':
      return;
    case 'PLACED':
      refuseUnknown(event.order.instId, instruments);
      if (!isWorking(event.order)) throw new Error(`order ${event.order.ordId} had ended when it was placed`);
      if (state.orders.has(event.order.ordId)) throw new Error(`order ${event.order.ordId} is placed twice`);
      return;
    case 'FILLED': {
      const { ordId, instId } = event.fill;
      if (state.working.get(ordId)?.instId !== instId) throw notWorking(ordId);
      return;
    }
    case 'CANCELLED':
      if (!state.working.has(event.ordId)) throw notWorking(event.ordId);
      return;
    case 'FORGOTTEN': {
      const kept = event.ordIds.find((ordId) => state.working.has(ordId) || !state.orders.has(ordId));
      if (kept !== undefined) throw new Error(`order ${kept} is forgotten, wanted one that has ended`);
    }
  }
}

function refuseUnknown(instId: string, instruments: Instruments): void {
  if (!instruments.has(instId)) throw new Error(`received the instrument ${quoted(instId)}, wanted one of the venue`);
}

function notWorking(ordId: string): Error {
  return new Error(`order ${ordId} does not work, wanted one that does`);
}
