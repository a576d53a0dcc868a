import type { Complaint } from './code-rules.ts';

/** The only JavaScript source: it builds the TypeScript, which Node 20 cannot run. */
const javaScriptSource = 'scripts/build.mjs';

/** Packages whose install script is tolerated: fsevents is optional, macOS only, and ships prebuilt. */
const scriptedPackages = new Set(['node_modules/fsevents']);

/** Checks the names of all files: every top folder explains itself, and all source is TypeScript. */
export function treeComplaints(paths: readonly string[]): Complaint[] {
  const present = new Set(paths);
  const folders = new Set(
    paths.filter((path) => path.includes('/') && !path.startsWith('.')).map((path) => path.split('/')[0]),
  );
  const mute = [...folders].map((folder) => `${folder}/README.md`).filter((readme) => !present.has(readme));
  const scripts = paths.filter(
    (path) => /\.[cm]?jsx?$/.test(path) && path !== javaScriptSource && !path.startsWith('test/fixture/'),
  );
  return [
    ...mute.map((file) => ({ file, line: 1, rule: 'no-readme: a top folder says what it is' })),
    ...scripts.map((file) => ({ file, line: 1, rule: `javascript: only ${javaScriptSource} is not TypeScript` })),
  ];
}

type LockedPackage = { readonly hasInstallScript?: boolean; readonly resolved?: string };

/** Checks the lock file: nothing runs at install time, and no address of a registry is in it. */
export function lockComplaints(file: string, text: string): Complaint[] {
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
  return Object.entries(packages).flatMap(([name, entry]) => [
    ...(entry.hasInstallScript && !scriptedPackages.has(name)
      ? [{ file, line: 1, rule: `install-script: ${name} wants to run code` }]
      : []),
    ...(entry.resolved === undefined ? [] : [{ file, line: 1, rule: `resolved: ${name} names a host (see .npmrc)` }]),
  ]);
}
