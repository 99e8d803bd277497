import { describe, expect, it } from 'vitest';
import { PrintRepeats } from '../../src/exchanges/print-repeats.ts';

function see(repeats: PrintRepeats, from: number, to: number): boolean[] {
  return Array.from({ length: to - from + 1 }, (_, index) => repeats.isRepeat('BTC', String(from + index)));
}

describe('PrintRepeats', () => {
  it('remembers the last 1,000 of earlier connections, however many there were', () => {
    const repeats = new PrintRepeats();
    expect(see(repeats, 1, 5000)).not.toContain(true);
    repeats.nextConnection();
    expect(see(repeats, 3998, 4002)).toEqual([false, false, false, true, true]);
    expect(see(repeats, 5001, 5100)).not.toContain(true);
    repeats.nextConnection();
    repeats.nextConnection();
    expect(see(repeats, 4103, 4104)).toEqual([false, true]);
    expect(see(repeats, 5000, 5101)).toEqual([...Array<boolean>(101).fill(true), false]);
  });

  it('forgets a symbol', () => {
    const repeats = new PrintRepeats();
    see(repeats, 1, 2);
    repeats.nextConnection();
    repeats.forget('BTC');
    expect(see(repeats, 1, 2)).toEqual([false, false]);
  });
});
