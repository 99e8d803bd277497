import { randomUUID } from 'node:crypto';
import { constants, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskFolderOptions {
  /** Absolute. Made when it is not there, for its owner alone. */
  readonly path: string;
  /** How the names of entries end; other files are left alone. */
  readonly suffix: string;
  /** Of all entries together, the one that is being written included. */
  readonly maxBytes: number;
}

/** After the name of the entry that it will be. */
const UNFINISHED = /\.[0-9a-f-]{36}\.unfinished$/;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Neither waits for the other end of a pipe nor leaves the folder. Not every system has all of them. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Entries in files of one folder, bounded in bytes: what was written longest ago goes first. An entry is written under
 * another name and renamed, so that a process that dies leaves it whole or not at all; after a loss of power the bytes
 * may be wrong, which a reader has to notice. One caller at a time but for `read`; one process a folder.
 */
export class DiskFolder {
  readonly #options: DiskFolderOptions;
  /** Bytes by name, what was written longest ago first. Undefined: nobody has looked yet. */
  #sizes: Map<string, number> | undefined;
  #bytes = 0;

  constructor(options: DiskFolderOptions) {
    this.#options = options;
  }

  /** Makes the folder, removes what was left unfinished, and lets go what is too much. */
  async open(): Promise<void> {
    const { path, suffix, maxBytes } = this.#options;
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    const found: { readonly name: string; readonly size: number; readonly mtimeMs: number }[] = [];
    for (const { name } of await readdir(path, { withFileTypes: true })) {
      if (UNFINISHED.test(name)) await rm(join(path, name), { force: true });
      else if (name.endsWith(suffix)) {
        const status = await stat(join(path, name)).catch(() => undefined);
        if (!status?.isFile()) continue;
        // None of ours: all others would have to go for it.
        if (status.size > maxBytes) await rm(join(path, name), { force: true });
        else found.push({ name, size: status.size, mtimeMs: status.mtimeMs });
      }
    }
    found.sort((left, right) => left.mtimeMs - right.mtimeMs);
    this.#sizes = new Map(found.map(({ name, size }) => [name, size]));
    this.#bytes = found.reduce((sum, { size }) => sum + size, 0);
    await this.#makeRoom(0);
  }

  /** The bytes of an entry; undefined when there is none, or something that is none. */
  async read(name: string, mostBytes: number): Promise<Buffer | undefined> {
    let file: FileHandle | undefined;
    try {
      file = await open(join(this.#options.path, name), READ_FLAGS);
      const status = await file.stat();
      return status.isFile() && status.size <= mostBytes ? await file.readFile() : undefined;
    } catch (error) {
      if (isCode(error, 'ENOENT') || isCode(error, 'ELOOP')) return undefined;
      throw error;
    } finally {
      await file?.close();
    }
  }

  /** Replaces an entry. One that alone is larger than the folder may be is not kept, and neither is what it replaces. */
  async write(name: string, bytes: Buffer): Promise<void> {
    if (this.#sizes === undefined) await this.open();
    if (bytes.length > this.#options.maxBytes) return this.remove([name]);
    await this.#makeRoom(bytes.length);
    const path = join(this.#options.path, name);
    const unfinished = `${path}.${randomUUID()}.unfinished`;
    try {
      await this.#writeFile(unfinished, bytes);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined); // the next open does it
      throw error;
    }
    this.#forget(name);
    this.#sizes?.set(name, bytes.length);
    this.#bytes += bytes.length;
  }

  /** Removes these entries, or all. */
  async remove(names?: readonly string[]): Promise<void> {
    // What another process has left behind is to go as well.
    if (names === undefined || this.#sizes === undefined) await this.open();
    for (const name of names ?? [...(this.#sizes?.keys() ?? [])]) {
      await rm(join(this.#options.path, name), { force: true });
      this.#forget(name);
    }
  }

  async #writeFile(path: string, bytes: Buffer): Promise<void> {
    const openNew = (): Promise<FileHandle> => open(path, 'wx', FILE_MODE);
    const file = await openNew().catch(async (error: unknown) => {
      if (!isCode(error, 'ENOENT')) throw error;
      await this.open(); // somebody has removed the folder
      return openNew();
    });
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  }

  async #makeRoom(bytes: number): Promise<void> {
    const { path, maxBytes } = this.#options;
    for (const name of this.#sizes?.keys() ?? []) {
      if (this.#bytes + bytes <= maxBytes) return;
      await rm(join(path, name), { force: true });
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#sizes?.get(name) ?? 0;
    this.#sizes?.delete(name);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
