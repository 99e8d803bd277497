import { ConfigError } from '../../src/config-problems.ts';

/** The problems that a configuration is refused for; none when it is accepted. Fails with whatever else is thrown. */
export function problemsIn(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
