import { lstatSync, realpathSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

const MAX_PATH_BYTES = 1024;

/** A file of the workspace as it was when a client named it. */
export interface WorkspaceFile {
  /** Absolute, without links. */
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
}

/** The folder that clients may name files of. */
export interface Workspace {
  /** Absolute, without links. */
  readonly root: string;
  /**
   * The file that a relative path names; undefined for whatever else it may be: a path that leads out, by `..` or by a
   * link, a folder, a device, a file that has a second name elsewhere, another extension, nothing at all.
   */
  find(path: unknown, extensions?: readonly string[]): Promise<WorkspaceFile | undefined>;
}

/** Undefined when there is no such folder. */
export async function openWorkspace(folder: string): Promise<Workspace | undefined> {
  try {
    const root = await realpath(folder);
    if (!(await lstat(root)).isDirectory()) return undefined;
    return { root, find: (path, extensions) => findFile(root, path, extensions) };
  } catch {
    return undefined;
  }
}

/** Whether the path still leads to that very file. To be asked right before the file is used, in the same turn. */
export function isStillThere({ path, device, inode }: WorkspaceFile): boolean {
  try {
    const stats = lstatSync(path, { bigint: true });
    return (
      realpathSync(path) === path && stats.isFile() && stats.nlink === 1n && stats.dev === device && stats.ino === inode
    );
  } catch {
    return false;
  }
}

async function findFile(
  root: string,
  path: unknown,
  extensions?: readonly string[],
): Promise<WorkspaceFile | undefined> {
  if (!isPlainPath(path)) return undefined;
  const found = await realFile(join(root, path));
  if (found === undefined || !found.path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
  return extensions === undefined || extensions.some((each) => hasExtension(found.path, each)) ? found : undefined;
}

function isPlainPath(path: unknown): path is string {
  return (
    typeof path === 'string' &&
    path !== '' &&
    Buffer.byteLength(path) <= MAX_PATH_BYTES &&
    path.isWellFormed() &&
    path.normalize('NFC') === path &&
    !/^\/|[\p{Cc}\\]/u.test(path) &&
    !path.split('/').includes('..')
  );
}

async function realFile(candidate: string): Promise<WorkspaceFile | undefined> {
  try {
    const path = await realpath(candidate);
    const stats = await lstat(path, { bigint: true });
    // A file with a second name may be one from elsewhere.
    return stats.isFile() && stats.nlink === 1n ? { path, device: stats.dev, inode: stats.ino } : undefined;
  } catch {
    return undefined;
  }
}

function hasExtension(path: string, extension: string): boolean {
  return path.endsWith(extension.startsWith('.') ? extension : `.${extension}`);
}
