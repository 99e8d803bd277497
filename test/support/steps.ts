import type { Steps } from '../../src/domain/steps.ts';

/** Does all steps, and says what each of them cost. */
export function costsOf<Result>(steps: Steps<Result>): { readonly result: Result; readonly costs: readonly number[] } {
  const costs: number[] = [];
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return { result: value, costs };
    costs.push(value);
  }
}
