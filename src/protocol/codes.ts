export { RequestCode, requestName } from './request-code.ts';
export { ResponseCode, responseName } from './response-code.ts';

/** Language codes of the binary header, by number (LanguageCode.java). */
const LANGUAGES = [
  'JAVA',
  'CPP',
  'DOTNET',
  'PYTHON',
  'DELPHI',
  'ERLANG',
  'RUBY',
  'OTHER',
  'HTTP',
  'GO',
  'PHP',
  'OMS',
  'RUST',
  'NODE_JS',
] as const;

/** Name of a peer's implementation language. We answer as JAVA, which every client knows. */
export type LanguageName = (typeof LANGUAGES)[number];

const OTHER = LANGUAGES.indexOf('OTHER');
const LANGUAGE_NUMBERS: ReadonlyMap<string, number> = new Map(LANGUAGES.map((name, number) => [name, number]));

/** The name of a language code; OTHER for one that is not known. */
export function languageName(code: number): LanguageName {
  return LANGUAGES[code] ?? 'OTHER';
}

/** The number of a language name; that of OTHER for a name that is not known. */
export function languageCode(name: string): number {
  return LANGUAGE_NUMBERS.get(name) ?? OTHER;
}

/** Protocol versions that decide something (ordinals of MQVersion.Version). */
export const Version = {
  V3_0_7_SNAPSHOT: 28,
  V3_0_11: 37,
  V3_1_8_SNAPSHOT: 62,
  V3_4_9: 121,
  V4_1_0_SNAPSHOT: 232,
  V4_9_4: 401,
  V5_0_0: 413,
  V5_3_1: 475,
  /** What our frames carry: V5_3_3. */
  CURRENT: 479,
} as const;

/** Runs of ordinals whose names follow one rule: each patch level has a SNAPSHOT and a release. */
const VERSION_RUNS: readonly (readonly [firstOrdinal: number, major: number, minor: number, firstPatch: number])[] = [
  [16, 3, 0, 1],
  [46, 3, 1, 0],
  [66, 3, 2, 0],
  [86, 3, 3, 1],
  [104, 3, 4, 1],
  [122, 3, 5, 1],
  [140, 3, 6, 1],
  [158, 3, 7, 1],
  [176, 3, 8, 1],
  [194, 3, 9, 1],
];
const FIRST_REGULAR = 212;
const ORDINALS_PER_MINOR = 20;
const HIGHER_VERSION = 612;

/** The name of a version ordinal, such as V5_3_3 for 479 (MQVersion.getVersionDesc). */
export function versionName(ordinal: number): string {
  if (ordinal >= HIGHER_VERSION) return 'HIGHER_VERSION';
  if (ordinal >= FIRST_REGULAR) {
    const minors = Math.floor((ordinal - FIRST_REGULAR) / ORDINALS_PER_MINOR);
    return patchName(4 + Math.floor(minors / 10), minors % 10, 0, (ordinal - FIRST_REGULAR) % ORDINALS_PER_MINOR);
  }
  const run = VERSION_RUNS.findLast(([first]) => ordinal >= first);
  if (run === undefined) return 'V3_0_0_SNAPSHOT';
  return patchName(run[1], run[2], run[3], ordinal - run[0]);
}

function patchName(major: number, minor: number, firstPatch: number, step: number): string {
  return `V${major}_${minor}_${firstPatch + (step >> 1)}${step % 2 === 0 ? '_SNAPSHOT' : ''}`;
}
