import { compareDecimals } from '../../domain/decimal-text.ts';
import type { OrderRequest } from '../../domain/order-request.ts';

/** Whether two requests ask for the same order; decimals are compared as numbers. */
export function isSameRequest(a: OrderRequest, b: OrderRequest): boolean {
  const { volume: volumeA, price: priceA, ...restA } = a;
  const { volume: volumeB, price: priceB, ...restB } = b;
  return isSameDecimal(volumeA, volumeB) && isSameDecimal(priceA, priceB) && isSameText(restA, restB);
}

function isSameDecimal(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : compareDecimals(a, b) === 0;
}

function isSameText(a: object, b: object): boolean {
  const textOf = (content: object): string =>
    JSON.stringify(Object.entries(content).sort(([x], [y]) => (x < y ? -1 : 1)));
  return textOf(a) === textOf(b);
}
