import fc from 'fast-check';
import { expect } from 'vitest';
import type { LiveFill } from '../../../src/domain/live-order.ts';
import type { OrderReport } from '../../../src/domain/order-report.ts';
import type { AccountEvent, AccountFrameReader, VenueRequest } from '../../../src/exchanges/venue-account.ts';
import { anyFrame } from '../any-frame.ts';

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** Reads generated frames without a fault, and sees each of these events more than now and then. */
export function checkFrames(
  texts: readonly string[],
  createReader: () => AccountFrameReader,
  wanted: readonly AccountEvent['type'][],
): void {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(anyFrame(texts), { minLength: 1, maxLength: 3 }), (frames) => {
      const read = createReader();
      for (const event of frames.flatMap((frame) => [...read(frame, 0)])) {
        seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
        checkEvent(event);
      }
    }),
    { numRuns: 5_000 },
  );
  for (const type of wanted) expect([type, (seen.get(type) ?? 0) > 10]).toEqual([type, true]);
}

/** Reads generated answers without a fault, which are done only with a status of success. */
export function checkAnswers(texts: readonly string[], requests: readonly VenueRequest<unknown>[]): void {
  const status = fc.constantFrom(200, 200, 200, 204, 302, 400, 401, 403, 404, 418, 429, 500, 502, 503);
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(anyFrame(texts), status, (text, statusCode) => {
      for (const request of requests) {
        const answer = request.read({ status: statusCode, text });
        seen.set(answer.type, (seen.get(answer.type) ?? 0) + 1);
        if (answer.type === 'DONE') expect(statusCode).toBeLessThan(300);
        else expect(answer.reason.length).toBeLessThan(2_000);
        if (statusCode >= 500) expect(answer.type).toBe('UNCLEAR');
      }
    }),
    { numRuns: 5_000 },
  );
  for (const type of ['DONE', 'REFUSED', 'NOT_FOUND', 'UNCLEAR']) expect(seen.get(type)).toBeGreaterThan(10);
}

function checkEvent(event: AccountEvent): void {
  if (event.type === 'ORDER') checkReport(event.report);
  if (event.type === 'BALANCE') expect(event.balance.total).toMatch(DECIMAL);
  if (event.type === 'POSITION') {
    const { instrumentId: _, exchangeId: __, ...figures } = event.position;
    expect(Object.values(figures).every((figure) => figure === null || Number.isFinite(figure))).toBe(true);
  }
  if ('reason' in event) expect(event.reason.length).toBeLessThan(2_000);
}

function checkReport(report: OrderReport): void {
  expect(report.orderId).not.toBe('');
  expect(report.symbol).not.toBe('');
  for (const decimal of [report.price, report.volume, report.filledVolume, report.averagePrice]) {
    if (decimal !== null) expect(decimal).toMatch(DECIMAL);
  }
  for (const fill of report.fills) checkFill(fill);
}

function checkFill({ price, volume, fee, at }: LiveFill): void {
  expect(price).toMatch(DECIMAL);
  expect(volume).toMatch(/^[^-]*[1-9]/);
  if (fee !== null) expect(fee).toMatch(DECIMAL);
  expect(Number.isSafeInteger(at)).toBe(true);
}
