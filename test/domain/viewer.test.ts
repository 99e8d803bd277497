import { describe, expect, it } from 'vitest';
import { hasRole, LOCAL_VIEWER, ownsAccount, type Viewer } from '../../src/domain/viewer.ts';

const withPatterns = (...accountPatterns: string[]): Viewer => ({
  ...LOCAL_VIEWER,
  roles: ['VIEWER'],
  accountPatterns,
});

describe('viewer', () => {
  it.each([
    ['desk-*', 'desk-1', true],
    ['desk-*', 'desk-', true],
    ['desk-*', 'other-desk-1', false],
    ['*-cta', 'desk-cta', true],
    ['*-cta', 'desk-cta-2', false],
    ['a*b*c', 'axxbxbxc', true],
    ['a*b*c', 'axxcxxb', false],
    ['desk.1', 'deskx1', false],
    ['*', '', true],
    ['', 'desk', false],
    ['Desk', 'desk', false],
  ])('pattern %j against account %j is %s', (pattern, account, isOwn) => {
    expect(ownsAccount(withPatterns(pattern), account)).toBe(isOwn);
  });

  it('owns nothing without a pattern', () => {
    expect(ownsAccount(withPatterns(), 'desk')).toBe(false);
  });

  it('answers a hostile pattern at once', () => {
    const pattern = '*a'.repeat(500);
    expect(ownsAccount(withPatterns(pattern), 'a'.repeat(499).padEnd(20_000, 'b'))).toBe(false);
  });

  it('lets ADMIN do everything and others only what they hold', () => {
    expect(hasRole(LOCAL_VIEWER, 'OPERATOR')).toBe(true);
    expect(hasRole(withPatterns('*'), 'OPERATOR')).toBe(false);
    expect(hasRole(withPatterns('*'), 'VIEWER')).toBe(true);
  });
});
