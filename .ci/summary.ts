/**
 * `node .ci/summary.ts STATUS RESULTS...`: reads result files of vitest, names what failed or was skipped, and ends with
 * the line `N passed, N failed`. A test that ran more than once counts once. Exit code 0: all passed and STATUS is 0.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [status = '1', ...paths] = process.argv.slice(2);
const states = new Map<string, string>();

for (const path of paths) {
  for (const [test, state] of read(path)) {
    const isWorse = states.get(test) !== 'failed' && state !== 'passed';
    if (isWorse || !states.has(test)) states.set(test, state);
  }
}

const failed = [...states].filter(([, state]) => state === 'failed').map(([test]) => test);
const skipped = [...states].filter(([, state]) => state !== 'failed' && state !== 'passed').map(([test]) => test);
const passed = states.size - failed.length - skipped.length;
for (const test of failed) console.log(`failed: ${test}`);
for (const test of skipped) console.log(`skipped, which counts as failed: ${test}`);
const isUnexplained = status !== '0' && failed.length + skipped.length === 0;
if (isUnexplained) console.log('failed: a check before or after the tests, see above');
const failures = failed.length + skipped.length + (isUnexplained ? 1 : 0);
console.log(`${passed} passed, ${failures} failed`);
process.exitCode = failures === 0 && passed > 0 ? 0 : 1;

function read(path: string): [string, string][] {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [[`a run of the tests wrote no results (${path})`, 'failed']];
  }
  return results.testResults.flatMap((file) => {
    const name = relative(process.cwd(), file.name);
    const tests = file.assertionResults.map((test, index): [string, string] => {
      // Two tests of a file may have one name; their place tells them apart.
      const earlier = file.assertionResults.slice(0, index).filter(({ fullName }) => fullName === test.fullName).length;
      return [`${name}: ${test.fullName}${earlier === 0 ? '' : ` (${earlier + 1})`}`, test.status];
    });
    const isBroken = file.status === 'failed' && !tests.some(([, state]) => state === 'failed');
    return isBroken ? [...tests, [`${name}: ${file.message.split('\n')[0]}`, 'failed']] : tests;
  });
}
