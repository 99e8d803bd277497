import { statfs } from 'node:fs/promises';

/**
 * File systems on a disk of this machine or in its memory, by the number that Linux gives them (statfs(2)): ext2 to ext4,
 * XFS, Btrfs, tmpfs, overlayfs, F2FS, ZFS.
 */
const LOCAL_TYPES: readonly number[] = [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1];

/** Whether a look at a file of the folder never waits for a network or another program; false when that is not known. */
export async function isOnLocalDisk(folder: string): Promise<boolean> {
  try {
    const { type } = await statfs(folder);
    // Some are told as negative numbers of 32 bits.
    return process.platform === 'linux' && LOCAL_TYPES.includes(type >>> 0);
  } catch {
    return false;
  }
}
