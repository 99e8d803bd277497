import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where a recorded session lies, by its file's name. */
export function sessionPath(name: string): string {
  return fileURLToPath(new URL(`../../src/simulator/sessions/${name}`, import.meta.url));
}

/** The texts that came in in a recorded session. */
export function recordedFrames(name: string): string[] {
  const lines = readFileSync(sessionPath(name), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line)).flatMap(({ dir, text }) => (dir === 'in' ? [text] : []));
}
