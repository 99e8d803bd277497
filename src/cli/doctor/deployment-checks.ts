import { readCollectionFacts, readIndexes } from '../../store/mongo/collection-facts.ts';
import { type DeploymentFacts, readDeploymentFacts } from '../../store/mongo/deployment-facts.ts';
import { describeDeploymentFault } from '../../store/mongo/deployment-fault.ts';
import { createIndexLine, HELPFUL_INDEXES, isServed } from '../../store/mongo/helpful-indexes.ts';
import type { MongoDeployment } from '../../store/mongo/mongo-deployment.ts';
import { QIFI_COLLECTIONS, type QifiCollection } from '../../store/mongo/qifi-collections.ts';
import { checkDocuments } from './document-check.ts';
import { type Check, type Finding, fault, note, ok } from './finding.ts';

/** Whether the deployment answers at all: without that nothing else is looked at. */
export const REACHED: Check<MongoDeployment> = {
  name: 'mongodb',
  look: (deployment) =>
    readDeploymentFacts(deployment).then(describeDeployment, (error: unknown) => [
      fault(`cannot be reached: ${describeDeploymentFault(error)}`),
    ]),
};

/** What is looked at in a deployment that answers, in the order in which it is told. */
export const DEPLOYMENT_CHECKS: readonly Check<MongoDeployment>[] = [
  { name: 'collections', look: checkCollections },
  { name: 'indexes', look: checkIndexes },
  {
    name: 'documents',
    look: (deployment) => eachCollection(deployment, (from) => checkDocuments(deployment, from)),
  },
];

function describeDeployment({ hosts, version, topology }: DeploymentFacts): Finding[] {
  const reached = ok(`reached at ${hosts.join(', ')}, version ${version}`);
  switch (topology) {
    case 'STANDALONE':
      return [reached, note('standalone: running accounts are polled each second, since there are no change streams')];
    case 'REPLICA_SET':
      return [reached, ok('a replica set: running accounts are followed by a change stream')];
    case 'SHARDED':
      return [reached, ok('a sharded cluster: running accounts are followed by a change stream')];
  }
}

async function checkCollections(deployment: MongoDeployment): Promise<Finding[]> {
  const findings = await eachCollection(deployment, async (from, name) => {
    const facts = await readCollectionFacts(deployment, from);
    if (facts === undefined) return [note(`${name} is not there`)];
    return [ok(`${name}: documents ${facts.documents} (estimated), accounts ${facts.accounts ?? 'not counted'}`)];
  });
  const isNothingThere = findings.every(({ mark }) => mark === 'note');
  const hint = 'no accounts of QUANTAXIS: QUANTAXIS_DATABASE and QAREALTIME_DATABASE name its databases';
  return isNothingThere ? [...findings, note(hint)] : findings;
}

async function checkIndexes(deployment: MongoDeployment): Promise<Finding[]> {
  return eachCollection(deployment, async (from, name) => {
    const indexes = await readIndexes(deployment, from);
    if (indexes === undefined) return [];
    const missing = HELPFUL_INDEXES.filter((index) => index.on === from && !isServed(index, indexes));
    if (missing.length === 0) return [ok(`${name} has those that help`)];
    return missing.map((index) => {
      const fields = index.fields.join(', ');
      return note(`${name} has none on ${fields}; this would make it:`, createIndexLine(index, deployment.names));
    });
  });
}

/** What was found in each of the collections, in their order; one that cannot be read is a fault. */
async function eachCollection(
  deployment: MongoDeployment,
  look: (from: QifiCollection, name: string) => Promise<readonly Finding[]>,
): Promise<Finding[]> {
  const looks = QIFI_COLLECTIONS.map(async (from) => {
    const name = `${deployment.names[from.database]}.${from.name}`;
    return look(from, name).catch((error: unknown) => [fault(`${name}: ${describeDeploymentFault(error)}`)]);
  });
  return (await Promise.all(looks)).flat();
}
