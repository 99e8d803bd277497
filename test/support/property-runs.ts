import fc from 'fast-check';

/** The same cases at every run, so that a failure says something about the change: ten times as many with `npm run test:long`. */
fc.configureGlobal({ seed: 20_261_121, numRuns: process.env.DESKGRAPH_TEST_LONG === '1' ? 1000 : 100 });
