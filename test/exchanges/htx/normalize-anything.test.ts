import { describe, it } from 'vitest';
import { HtxConversation } from '../../../src/exchanges/htx/conversation.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import * as frames from './htx-frames.ts';

const FRAMES = Object.values(frames).filter((each) => typeof each === 'string');

describe('whatever comes in from HTX', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
      const conversation = new HtxConversation();
      conversation.subscribe(['foobar', 'btcusdt'].map((symbol) => ({ channel: 'trades', symbol })));
      return (text, receivedAt) => conversation.read(text, receivedAt);
    };
    expectSoundEvents(FRAMES, createReader, {
      types: ['SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE'],
    });
  });
});
