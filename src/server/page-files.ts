import { readdir, readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** A file that the browser loads. */
export interface PageFile {
  /** Where the server has it. */
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** A file of a package. */
interface VendorFile {
  readonly package: string;
  /** Inside of the package. */
  readonly file: string;
  readonly path: string;
}

const PAGE_FOLDER = new URL('../page/', import.meta.url);

const VENDOR_SCRIPTS: readonly VendorFile[] = [
  {
    package: 'lightweight-charts',
    // The one that has in it what it depends on.
    file: 'dist/lightweight-charts.standalone.production.mjs',
    path: '/assets/vendor/lightweight-charts.js',
  },
  { package: 'uplot', file: 'dist/uPlot.esm.js', path: '/assets/vendor/uplot.js' },
];
const VENDOR_STYLES: readonly VendorFile[] = [
  { package: 'uplot', file: 'dist/uPlot.min.css', path: '/assets/vendor/uplot.css' },
];

const SCRIPT_TYPE = 'text/javascript; charset=utf-8';
const STYLE_TYPE = 'text/css; charset=utf-8';

/** All that the front page loads: its own modules without their types, its style sheets, and what both rest on. */
export async function readPageFiles(): Promise<readonly PageFile[]> {
  const names = (await readdir(PAGE_FOLDER)).sort();
  const groups = await Promise.all([
    Promise.all(VENDOR_STYLES.map((file) => readVendorFile(file, STYLE_TYPE))),
    Promise.all(VENDOR_SCRIPTS.map((file) => readVendorFile(file, SCRIPT_TYPE))),
    readStyles(names.filter((name) => name.endsWith('.css'))),
    readModules(names.filter((name) => name.endsWith('.ts'))),
  ]);
  return groups.flat();
}

async function readVendorFile({ package: name, file, path }: VendorFile, type: string): Promise<PageFile> {
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest === undefined) throw new Error(`the package ${name} is not installed`);
  return { path, type, text: await readFile(new URL(file, pathToFileURL(manifest)), 'utf8') };
}

async function readStyles(names: readonly string[]): Promise<PageFile[]> {
  const texts = await readAll(names);
  return texts.map((text, index) => ({ path: pathOf(names[index]), type: STYLE_TYPE, text }));
}

async function readModules(names: readonly string[]): Promise<PageFile[]> {
  const texts = await stripTypes(await readAll(names));
  return texts.map((text, index) => ({ path: pathOf(names[index]), type: SCRIPT_TYPE, text: withVendorPaths(text) }));
}

function readAll(names: readonly string[]): Promise<string[]> {
  return Promise.all(names.map((name) => readFile(new URL(name, PAGE_FOLDER), 'utf8')));
}

function pathOf(name: string | undefined): string {
  return `/assets/page/${name}`;
}

/** In a worker of its own, in which the warning that the function is experimental is nobody's output. */
function stripTypes(sources: readonly string[]): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const worker = new Worker(new URL('page-stripping.ts', import.meta.url), {
    workerData: sources,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the modules of the page could not be read')));
  return promise;
}

/** A browser knows packages only by their address. */
function withVendorPaths(code: string): string {
  return VENDOR_SCRIPTS.reduce(
    (text, { package: name, path }) => text.replaceAll(`import('${name}')`, `import('${path}')`),
    code,
  );
}
