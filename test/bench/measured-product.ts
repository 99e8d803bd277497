import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayConfiguration, STREAMS, type StreamName } from './fan-out-subscription.ts';
import type { ServerProcess } from './server-process.ts';
import { LOAD_CORE, PRODUCT_SCRIPT, startServer } from './server-process.ts';

export interface MeasuredProductOptions {
  readonly stream: StreamName;
  readonly folder: string;
  /** Path of the UNIX socket over which the server says what it sees itself; nothing of it is loaded when absent. */
  readonly probe?: string;
  /** Whether the probe looks into what is read and written. */
  readonly timesFrames?: boolean;
}

export interface MeasuredProduct {
  readonly product: ServerProcess;
  readonly source: ServerProcess;
}

const SOURCE_SCRIPT = fileURLToPath(new URL('./fan-out-source.ts', import.meta.url));
const PROBE_SCRIPT = new URL('./server-probe.ts', import.meta.url).href;

/** A product whose only gateway takes the stream from a source of its own; both stop with the stack. */
export async function measuredProduct(
  stack: AsyncDisposableStack,
  { stream, folder, probe, timesFrames = false }: MeasuredProductOptions,
): Promise<MeasuredProduct> {
  const stop = (server: ServerProcess): Promise<void> => server.stop();
  const source = stack.adopt(await startServer({ args: [SOURCE_SCRIPT] }, LOAD_CORE), stop);
  const configuration = join(folder, `gateways-${source.pid}.json`);
  writeFileSync(configuration, JSON.stringify(gatewayConfiguration(source.url, stream)));
  const environment = {
    PORT: '0',
    DESKGRAPH_DATA: join(folder, `fan-out-${source.pid}`),
    DESKGRAPH_CONFIG: configuration,
    GRAPHIQL: '0',
    ...(probe !== undefined && { SERVER_PROBE: probe }),
    ...(timesFrames && { SERVER_PROBE_FIELD: STREAMS[stream].sentAtField }),
  };
  const probing = probe === undefined ? [] : ['--expose-gc', '--import', PROBE_SCRIPT];
  const product = stack.adopt(await startServer({ args: [...probing, PRODUCT_SCRIPT], environment }), stop);
  return { product, source };
}
