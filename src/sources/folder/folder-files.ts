import { type BigIntStats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, quoted } from '../../domain/errors.ts';
import { NO_HISTORY } from '../price-source.ts';
import { isOnLocalDisk } from './local-disk.ts';

/** The largest file that is read. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A folder whose files are read whole. Errors never show where it lies. */
export interface FolderFiles {
  /**
   * The text of a file, or undefined when the folder has no such file. Fails with UPSTREAM_UNAVAILABLE when the folder
   * or the file cannot be read, and with DATA_INVALID when it is no file or too large.
   */
  read(fileName: string, signal: AbortSignal): Promise<string | undefined>;
  /**
   * One for each file, which changes whenever the file does; `none` for one that is missing. Fails with
   * UPSTREAM_UNAVAILABLE when they cannot be looked at.
   */
  fingerprints(fileNames: readonly string[]): Promise<readonly string[]>;
  /** The same at once, when the folder is known to lie on a local disk; otherwise, and when that fails, undefined. */
  fingerprintsAtOnce(fileNames: readonly string[]): readonly string[] | undefined;
}

/** `name` stands for the folder in errors. */
export function openFolder(path: string, name: string): FolderFiles {
  let isLocal: boolean | undefined;
  const look = async (filePath: string): Promise<BigIntStats | undefined> => {
    isLocal ??= await isOnLocalDisk(path);
    return isLocal ? lookAtOnce(filePath) : stat(filePath, { bigint: true });
  };
  return {
    async read(fileName, signal) {
      try {
        const stats = await stat(join(path, fileName));
        if (!stats.isFile() || stats.size > MAX_FILE_BYTES) {
          const received = stats.isFile() ? `${stats.size} bytes` : 'no plain file';
          throw new CodedError(
            'DATA_INVALID',
            `${fileName}: received ${received}, wanted a file of at most ${MAX_FILE_BYTES} bytes`,
          );
        }
        return await readFile(join(path, fileName), { encoding: 'utf8', signal });
      } catch (error) {
        if (isMissing(error)) return await missingFrom(path, name);
        throw asUnavailable(error, `${fileName} in ${name}`);
      }
    },
    fingerprints: (fileNames) =>
      Promise.all(fileNames.map((fileName) => fingerprintOf(look(join(path, fileName)), `${fileName} in ${name}`))),
    fingerprintsAtOnce(fileNames) {
      if (isLocal !== true) return undefined;
      try {
        return fileNames.map((fileName) => printOf(lookAtOnce(join(path, fileName))));
      } catch {
        return undefined;
      }
    },
  };
}

/** Undefined when the folder is there, so that what is missing is the file. */
async function missingFrom(path: string, name: string): Promise<undefined> {
  const stats = await stat(path).catch((error: unknown) => {
    throw asUnavailable(error, `the folder of ${quoted(name)}`);
  });
  if (!stats.isDirectory()) throw new CodedError('UPSTREAM_UNAVAILABLE', `the folder of ${quoted(name)} is no folder`);
}

/** A local disk answers in some 2 us, which is far less than handing the question to another thread costs. */
function lookAtOnce(filePath: string): BigIntStats | undefined {
  return statSync(filePath, { bigint: true, throwIfNoEntry: false });
}

async function fingerprintOf(look: Promise<BigIntStats | undefined>, subject: string): Promise<string> {
  try {
    return printOf(await look);
  } catch (error) {
    if (isMissing(error)) return printOf(undefined);
    throw asUnavailable(error, subject);
  }
}

/** The inode catches a file of the same size and age that was moved into place. */
function printOf(stats: BigIntStats | undefined): string {
  return stats === undefined ? NO_HISTORY : `${stats.mtimeNs}-${stats.size}-${stats.ino}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function asUnavailable(error: unknown, subject: string): unknown {
  if (error instanceof CodedError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const reason = 'code' in error ? ` (${String(error.code)})` : '';
  return new CodedError('UPSTREAM_UNAVAILABLE', `${subject} cannot be read${reason}`, { cause: error });
}
