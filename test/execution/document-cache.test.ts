import fc from 'fast-check';
import type { DocumentNode } from 'graphql';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DocumentCache } from '../../src/execution/document-cache.ts';

const document: DocumentNode = parse('{ a }');

describe('DocumentCache', () => {
  it('lets the document go that was not used for longest', () => {
    const cache = new DocumentCache({ maxEntries: 2 });
    cache.set('a', document);
    cache.set('b', document);
    expect(cache.get('a')).toBe(document);
    cache.set('c', document);
    expect(['a', 'b', 'c'].map((text) => cache.get(text))).toEqual([document, undefined, document]);
  });

  it('does not keep a long text', () => {
    const cache = new DocumentCache({ maxTextLength: 4 });
    cache.set('abcd', document);
    cache.set('abcde', document);
    expect([cache.get('abcd'), cache.get('abcde')]).toEqual([document, undefined]);
  });

  it('never holds more than its bounds, and always the latest that fits', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), { maxLength: 60 });
    fc.assert(
      fc.property(texts, (added) => {
        const cache = new DocumentCache({ maxEntries: 5, maxTotalLength: 16, maxTextLength: 7 });
        for (const text of added) {
          cache.set(text, document);
          expect(cache.get(text)).toBe(text.length <= 7 ? document : undefined);
          const held = [...new Set(added)].filter((each) => cache.get(each) !== undefined);
          expect(cache.size).toBe(held.length);
          expect(held.length).toBeLessThanOrEqual(5);
          expect(held.join('').length).toBeLessThanOrEqual(16);
          cache.get(text);
        }
      }),
    );
  });
});
