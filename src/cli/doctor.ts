import { parseArgs } from 'node:util';
import { DeadlineError, withDeadline } from '../async/deadline.ts';
import type { Config, RedisConfig } from '../config.ts';
import { ConfigError } from '../config-problems.ts';
import { dayOfInstant } from '../domain/day.ts';
import { describeDeploymentFault } from '../store/mongo/deployment-fault.ts';
import { DEPLOYMENT_CHECKS, REACHED } from './doctor/deployment-checks.ts';
import { type Check, type Finding, fault } from './doctor/finding.ts';
import { INSTALLATION_CHECKS } from './doctor/installation-checks.ts';
import { type CheckFinding, describeFindings } from './doctor/report.ts';

export interface DoctorArguments {
  readonly isJson: boolean;
}

export interface DoctorOptions {
  /** As `process.versions.node`. */
  readonly nodeVersion: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Fails with a ConfigError when there are problems. */
  readonly loadConfig: () => Config;
}

/** With the start of the process and the end of connections that makes less than ten seconds. */
const LOOKED_FOR_MS = 6500;
const CLOSED_WITHIN_MS = 1000;

/** The arguments after `doctor`, or what is wrong with them. */
export function parseDoctorArguments(args: readonly string[]): DoctorArguments | string {
  try {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
    return { isJson: values.json };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}, wanted doctor [--json]`;
  }
}

/** Looks at everything that a server would use, reads only, and prints what it finds. Answers the exit code. */
export async function runDoctor({ isJson }: DoctorArguments, options: DoctorOptions): Promise<number> {
  const findings = await examine(options);
  const report = describeFindings(findings);
  process.stdout.write(isJson ? report.json : report.text);
  return report.faults > 0 ? 1 : 0;
}

async function examine({ nodeVersion, now, loadConfig }: DoctorOptions): Promise<CheckFinding[]> {
  const signal = AbortSignal.timeout(LOOKED_FOR_MS);
  const { config, problems } = tryConfig(loadConfig);
  const installation = { nodeVersion, config, problems, today: dayOfInstant(now) };
  const ofInstallation = await lookAt(INSTALLATION_CHECKS, installation, signal);
  const ofMongo = config?.mongo === undefined ? [] : await examineMongo(config.mongo, signal);
  const ofRedis = config?.redis === undefined ? [] : await examineRedis(config.redis, signal);
  return [...ofInstallation, ...ofMongo, ...ofRedis];
}

function tryConfig(loadConfig: () => Config): { config: Config | undefined; problems: readonly string[] } {
  try {
    return { config: loadConfig(), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: undefined, problems: error.problems };
  }
}

async function examineMongo(mongo: NonNullable<Config['mongo']>, signal: AbortSignal): Promise<CheckFinding[]> {
  const { MongoDeployment } = await import('../store/mongo/mongo-deployment.ts');
  const deployment = new MongoDeployment(mongo);
  try {
    const reached = await lookAt([REACHED], deployment, signal);
    if (reached.some(({ mark }) => mark === 'fault')) return reached;
    return [...reached, ...(await lookAt(DEPLOYMENT_CHECKS, deployment, signal))];
  } finally {
    // A deployment that has stopped answering cannot hold up the end.
    const closed = { timeoutMs: CLOSED_WITHIN_MS, signal: new AbortController().signal };
    await withDeadline(() => deployment.close(), closed).catch(() => undefined);
  }
}

async function examineRedis(redis: RedisConfig, signal: AbortSignal): Promise<CheckFinding[]> {
  const { checkRedis } = await import('./doctor/redis-check.ts');
  return lookAt([{ name: 'redis', look: (subject) => checkRedis(subject, signal) }], redis, signal);
}

/** One check after the other; one that fails, or is not done in time, is a finding itself. */
async function lookAt<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  signal: AbortSignal,
): Promise<CheckFinding[]> {
  const all: CheckFinding[] = [];
  for (const { name, look } of checks) {
    const limited = { timeoutMs: LOOKED_FOR_MS, signal };
    const findings = await withDeadline(() => look(subject), limited).catch((error: unknown): Finding[] => [
      fault(describeFailure(error)),
    ]);
    all.push(...findings.map((finding) => ({ check: name, ...finding })));
  }
  return all;
}

function describeFailure(error: unknown): string {
  const isLate = error instanceof DeadlineError || (error instanceof Error && error.name === 'TimeoutError');
  return isLate ? 'it took too long' : describeDeploymentFault(error);
}
