import type { Db, Document, MongoClient } from 'mongodb';
import { codeOf } from './deployment-fault.ts';
import type { MongoDeployment } from './mongo-deployment.ts';

/** What a deployment says of itself. */
export interface DeploymentFacts {
  /** As `host:port`, without credentials. */
  readonly hosts: readonly string[];
  readonly version: string;
  readonly topology: 'STANDALONE' | 'REPLICA_SET' | 'SHARDED';
}

/** Servers before 4.4.2 do not know the command `hello`. */
const COMMAND_NOT_FOUND = 59;

/** Fails with UPSTREAM_UNAVAILABLE when nobody answers. */
export async function readDeploymentFacts(deployment: MongoDeployment): Promise<DeploymentFacts> {
  return deployment.reach(async (client) => {
    const admin = client.db('admin');
    const [build, hello] = await Promise.all([admin.command({ buildInfo: 1 }), greet(admin)]);
    return { hosts: hostsOf(client), version: String(build.version), topology: topologyOf(hello) };
  });
}

async function greet(admin: Db): Promise<Document> {
  try {
    return await admin.command({ hello: 1 });
  } catch (error) {
    if (!(error instanceof Error) || codeOf(error) !== COMMAND_NOT_FOUND) throw error;
    return admin.command({ isMaster: 1 });
  }
}

/** https://www.mongodb.com/docs/manual/reference/command/hello/ */
function topologyOf(hello: Document): DeploymentFacts['topology'] {
  if (hello.msg === 'isdbgrid') return 'SHARDED';
  return typeof hello.setName === 'string' ? 'REPLICA_SET' : 'STANDALONE';
}

function hostsOf({ options }: MongoClient): string[] {
  return options.hosts.map((host) => host.toString());
}
