import type { RedisConfig } from '../../config.ts';
import { connectRedis, describeRedisFault } from '../../transport/redis-client.ts';
import { type Finding, fault, note, ok } from './finding.ts';

/** Whether Redis answers, and may be written to. */
export async function checkRedis({ url }: RedisConfig, signal: AbortSignal): Promise<Finding[]> {
  try {
    const client = await connectRedis(url, signal);
    try {
      return describeServer(await client.info());
    } finally {
      client.disconnect();
    }
  } catch (error) {
    return [fault(`cannot be used: ${describeRedisFault(error, url)}`)];
  }
}

function describeServer(info: string): Finding[] {
  const fieldOf = (name: string): string => new RegExp(`^${name}:(.*)\r$`, 'm').exec(info)?.[1] ?? 'unknown';
  const reached = ok(`reached, version ${fieldOf('redis_version')}`);
  if (fieldOf('role') !== 'slave') return [reached];
  return [reached, note('a replica: nothing that this server loads is shared, unless the replica takes writes')];
}
