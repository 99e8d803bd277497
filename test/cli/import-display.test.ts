import { describe, expect, it } from 'vitest';
import { ImportDisplay } from '../../src/cli/import-display.ts';
import { ManualClock } from '../support/manual-clock.ts';

const CLEARED = '\r\u001b[K';

function shown({ isTTY = true, columns = 80, sizeBytes = 2_000_000 } = {}) {
  const written: string[] = [];
  const clock = new ManualClock();
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  return { display: new ImportDisplay({ stream, sizeBytes, clock }), written, clock };
}

const reached = (bytes: number, documents = 0, refused = 0) => ({ bytes, documents, refused });

describe('ImportDisplay', () => {
  it('shows the part of the file that is read, the documents and the refused ones', () => {
    const { display, written } = shown();
    display.advanced(reached(500_000, 12, 3));
    expect(written).toEqual([`${CLEARED}[######..................] 25% of 2.0 MB, documents 12, refused 3`]);
  });

  it('is drawn again at most ten times a second', () => {
    const { display, written, clock } = shown();
    for (let ms = 0; ms < 1000; ms++) {
      display.advanced(reached(ms * 1000));
      clock.advance(1);
    }
    expect(written).toHaveLength(10);
    expect(new Set(written).size).toBe(10);
  });

  it('is drawn again when the clock was set back', () => {
    const { display, written, clock } = shown();
    display.advanced(reached(1));
    clock.advance(-3_600_000);
    display.advanced(reached(2));
    expect(written).toHaveLength(2);
  });

  it('makes way for what is refused, and is taken away at the end', () => {
    const { display, written } = shown();
    display.advanced(reached(1));
    display.refused({ line: 7, text: 'it is not valid JSON' });
    display.refused({ line: 8, text: 'it is no JSON object' });
    expect(written.slice(1)).toEqual([
      CLEARED,
      'line 7: refused, it is not valid JSON\n',
      'line 8: refused, it is no JSON object\n',
    ]);
    display.close();
    expect(written).toHaveLength(4);
  });

  it('is taken away once', () => {
    const { display, written } = shown();
    display.advanced(reached(1));
    display.close();
    display.close();
    expect(written.slice(1)).toEqual([CLEARED]);
  });

  it.each([
    [20, 19],
    [1, 0],
    [0, 79],
  ])('fits a terminal of %i columns, 0 for one that does not know', (columns, most) => {
    const { display, written } = shown({ columns });
    display.advanced(reached(1_000_000, 123_456_789_012, 123_456_789_012));
    expect(written[0]).toHaveLength(CLEARED.length + most);
  });

  it('never goes beyond the whole, for a file that grows or was empty', () => {
    for (const sizeBytes of [10, 0]) {
      const { display, written } = shown({ sizeBytes });
      display.advanced(reached(25));
      expect(written[0]).toContain('[########################]100% of');
    }
  });

  it('shows nothing but the refused where there is no terminal', () => {
    const { display, written } = shown({ isTTY: false });
    display.advanced(reached(1));
    display.refused({ line: 7, text: 'it is not valid JSON' });
    display.close();
    expect(written).toEqual(['line 7: refused, it is not valid JSON\n']);
  });
});
