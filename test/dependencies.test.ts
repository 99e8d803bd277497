import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import SchemaBuilder from '@pothos/core';
import { GraphQLError, GraphQLObjectType } from 'graphql';
import { createGraphQLError, createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
const lock: { packages: Record<string, { hasInstallScript?: boolean; optional?: boolean }> } = JSON.parse(lockText);

/** The folders of all installed packages, those inside others included, as `node_modules/a/node_modules/@b/c`. */
function installedPackages(parent = ''): string[] {
  const folder = join(parent, 'node_modules');
  return foldersIn(folder).flatMap((name) => {
    const names = name.startsWith('@') ? foldersIn(join(folder, name)).map((inner) => join(name, inner)) : [name];
    return names.flatMap((each) => [join(folder, each), ...installedPackages(join(folder, each))]);
  });
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  } catch {
    return [];
  }
}

describe('graphql', () => {
  it('is installed once', () => {
    const isGraphql = (path: string) => path.endsWith('node_modules/graphql');
    const installed = installedPackages();
    expect(installed.length).toBeGreaterThan(50);
    expect(installed.filter(isGraphql)).toEqual(['node_modules/graphql']);
    expect(Object.keys(lock.packages).filter(isGraphql)).toEqual(['node_modules/graphql']);
  });

  it('is loaded once by the tests, by Yoga and by Pothos', async () => {
    const builder = new SchemaBuilder({});
    const message = 'thrown by the resolver';
    builder.queryType({
      fields: (t) => ({
        fails: t.string({
          resolve: () => {
            throw new GraphQLError(message);
          },
        }),
      }),
    });
    const schema = builder.toSchema();
    expect(schema.getQueryType()).toBeInstanceOf(GraphQLObjectType);
    expect(createGraphQLError('x')).toBeInstanceOf(GraphQLError);
    const yoga = createYoga({ schema, logging: false, graphiql: false });
    const answer = await yoga.fetch('http://localhost/graphql?query={fails}');
    expect((await answer.json()).errors[0].message).toBe(message);
  });
});

describe('installing', () => {
  it('runs the script of node and of no other package', () => {
    const { node, ...others } = manifest.allowScripts;
    expect(node).toBe(true);
    const withScripts = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript && !entry.optional);
    expect(withScripts.map(([path]) => path)).toEqual(['node_modules/node', 'node_modules/ssh2']);
    expect(others).toEqual({ ssh2: false, 'cpu-features': false });
  });

  it('asks the registry that the machine is set up for', () => {
    expect(lockText).not.toContain('"resolved"');
  });

  it('takes exact versions', () => {
    const versions = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe('the tests', () => {
  it('run on Node 24 or newer', () => {
    expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
  });
});
