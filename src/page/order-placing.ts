import { DeskProblem } from './desk-problem.ts';
import { type OrderAnswer, PLACE_ORDER } from './order-stream.ts';
import type { Desk } from './panel.ts';

/** An order as it is asked for, without the id that makes it one order however often it is asked for. */
export interface OrderContent {
  readonly gateway: string;
  readonly accountCookie: string;
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  /** As it was typed. */
  readonly volume: string;
  readonly price?: string;
  readonly timeInForce?: string;
}

export interface OrderPlacingOptions {
  readonly ask: Desk['ask'];
  readonly newClientOrderId: () => string;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** An answer was lost; it is asked for again in a moment. */
  readonly onLost: () => void;
}

const PAUSES_MS = [1_000, 2_000, 4_000];

/**
 * Places orders, each once: a request whose answer was lost is sent again with the same clientOrderId, which the server
 * answers with the order that it has already. Rejects when that does not help; the same content asked for after that
 * is still the same order.
 */
export function createOrderPlacing(options: OrderPlacingOptions): (content: OrderContent) => Promise<OrderAnswer> {
  const { ask, newClientOrderId, wait, onLost } = options;
  let unanswered: { readonly content: string; readonly clientOrderId: string } | undefined;

  return async (content) => {
    const text = JSON.stringify(content);
    const clientOrderId = unanswered?.content === text ? unanswered.clientOrderId : newClientOrderId();
    unanswered = { content: text, clientOrderId };
    const operation = { query: PLACE_ORDER, variables: { input: { ...content, clientOrderId } } };
    for (let attempt = 0; ; attempt++) {
      try {
        const { placeOrder } = await ask<{ placeOrder: OrderAnswer }>(operation);
        unanswered = undefined;
        return placeOrder;
      } catch (problem) {
        const pauseMs = PAUSES_MS[attempt];
        if (!isLost(problem) || pauseMs === undefined) throw problem;
        onLost();
        await wait(pauseMs);
      }
    }
  };
}

function isLost(problem: unknown): boolean {
  return problem instanceof DeskProblem && (problem.code === undefined || problem.code === 'SHUTTING_DOWN');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 32;

/** 32 of A-Z a-z 0-9, each as likely as any other. */
export function newClientOrderId(fillRandom: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  let id = '';
  while (id.length < ID_LENGTH) {
    for (const byte of fillRandom(new Uint8Array(2 * ID_LENGTH))) {
      // Bytes from 248 on would make the first letters more likely than the others.
      if (byte < 4 * ALPHABET.length && id.length < ID_LENGTH) id += ALPHABET[byte % ALPHABET.length];
    }
  }
  return id;
}
