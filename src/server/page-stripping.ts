import { stripTypeScriptTypes } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

// What runs in a worker that PageAssets starts: there the warning about an experimental function can be kept quiet.
const sources = workerData as readonly string[];
parentPort?.postMessage(sources.map((source) => stripTypeScriptTypes(source)));
