import { encodeHost } from '../../protocol/message/host.ts';
import { parseAddress } from '../../remoting/address.ts';
import { ignoredKeys } from './ignored-keys.ts';
import { type KeySpec, parseValue, type ValueOf } from './key-spec.ts';
import { type KnownKey, knownKeys } from './known-keys.ts';
import { type Property, parseProperties } from './properties.ts';

/** Every key with its value; derived defaults (addresses, ports, paths) are filled in. */
export type BrokerConfig = { readonly [Key in KnownKey]: ValueOf<(typeof knownKeys)[Key]> };

/** A wrong key that stops the start: shown as `key=value: problem. remedy`. */
export interface ConfigError {
  readonly key: string;
  readonly value: string;
  readonly problem: string;
  readonly remedy: string;
}

/** What the configuration needs to know about the host. */
export interface HostFacts {
  readonly homeDirectory: string;
  readonly hostName: string;
  /** First IPv4 address that is not a loopback one; 127.0.0.1 where there is none. */
  readonly ipAddress: string;
  readonly memoryBytes?: number;
}

export interface ConfigResult {
  readonly config: BrokerConfig;
  /** Not empty: the program must not start. */
  readonly errors: readonly ConfigError[];
  /** Sentences for the log: unknown keys, keys given twice. */
  readonly warnings: readonly string[];
  /** Keys that RocketMQ knows and that have no effect here. */
  readonly ignored: readonly string[];
}

/** One sentence for people. */
export function describeConfigError(error: ConfigError): string {
  return `${error.key}=${error.value}: ${error.problem}. ${error.remedy}`;
}

/**
 * Reads a `broker.conf`. `overrides` come from the command line or the program and win over the file. Never throws: everything wrong is
 * in `errors`, and such keys keep their default in `config`.
 */
export function loadBrokerConfig(
  fileText: string,
  host: HostFacts,
  overrides: Readonly<Record<string, string>> = {},
): ConfigResult {
  const parsed = parseProperties(fileText);
  const errors: ConfigError[] = parsed.errors.map(({ line, problem }) => ({
    key: `line ${line}`,
    value: '',
    problem,
    remedy: 'Correct the escape or double the backslash',
  }));
  const given = new Map(parsed.entries.map(({ key, value }) => [key, value]));
  for (const [key, value] of Object.entries(overrides)) given.set(key, value);
  const values: Record<string, string | number | boolean> = {};
  for (const [key, spec] of Object.entries(knownKeys) as [KnownKey, KeySpec][]) {
    const raw = given.get(key);
    const result = raw === undefined ? { value: spec.default } : parseValue(spec, raw);
    if ('must' in result) {
      errors.push({ key, value: raw ?? '', problem: `it must ${result.must}`, remedy: defaultRemedy(spec) });
      values[key] = spec.default;
    } else {
      values[key] = result.value;
    }
  }
  const config = derive(values as BrokerConfig, host);
  // A wrong value counts as its default here: what follows from that is no mistake of the user's.
  const wrong = new Set(errors.map(({ key }) => key));
  errors.push(...refusedCombinations(config).filter(({ key }) => !wrong.has(key)));
  const ignored = [...given.keys()].filter((key) => ignoredKeys.has(key));
  return { config, errors, warnings: warningsOf(parsed.entries, given), ignored };
}

function defaultRemedy(spec: KeySpec): string {
  const shown = String(spec.default);
  return shown === '' ? 'Correct it or remove the line' : `Correct it or remove the line (the default is ${shown})`;
}

function warningsOf(entries: readonly Property[], given: ReadonlyMap<string, string>): string[] {
  const warnings: string[] = [];
  const unknown = [...given.keys()].filter((key) => !(key in knownKeys) && !ignoredKeys.has(key));
  if (unknown.length > 0) warnings.push(`unknown configuration keys have no effect: ${unknown.join(', ')}`);
  const counts = new Map<string, number>();
  for (const { key } of entries) counts.set(key, (counts.get(key) ?? 0) + 1);
  const repeated = [...counts].filter(([, count]) => count > 1).map(([key]) => key);
  if (repeated.length > 0) warnings.push(`keys given more than once, the last one counts: ${repeated.join(', ')}`);
  return warnings;
}

const HTTP_PORT_DISTANCE = 5;
const MAX_PORT = 65_535;

/** Resolves a leading `~`, `$HOME`, `${HOME}` and `${user.home}`. */
export function resolvePath(path: string, homeDirectory: string): string {
  return path
    .replace(/^~(?=\/|$)/, homeDirectory)
    .replace(/^(?:\$HOME|\$\{HOME\}|\$\{user\.home\})(?=\/|$)/, homeDirectory);
}

function derive(config: BrokerConfig, host: HostFacts): BrokerConfig {
  const storePathRootDir = resolvePath(config.storePathRootDir, host.homeDirectory);
  const identity =
    config.storePathBrokerIdentity === '' ? `${storePathRootDir}/brokerIdentity` : config.storePathBrokerIdentity;
  const commitLog = config.storePathCommitLog === '' ? `${storePathRootDir}/commitlog` : config.storePathCommitLog;
  const brokerIP1 = config.brokerIP1 === '' ? host.ipAddress : config.brokerIP1;
  const brokerName = config.brokerName === '' ? host.hostName : config.brokerName;
  return {
    ...config,
    storePathRootDir,
    storePathCommitLog: resolvePath(commitLog, host.homeDirectory),
    storePathBrokerIdentity: resolvePath(identity, host.homeDirectory),
    brokerName,
    brokerIP1,
    machineMemoryBytes: config.machineMemoryBytes === 0 ? (host.memoryBytes ?? 0) : config.machineMemoryBytes,
    brokerIP2: config.brokerIP2 === '' ? brokerIP1 : config.brokerIP2,
    httpPort: config.httpPort === -1 ? httpPortBeside(config.listenPort) : config.httpPort,
    haListenPort: config.haListenPort === 0 ? haPortBeside(config.listenPort) : config.haListenPort,
    dLegerGroup: config.dLegerGroup === '' ? brokerName : config.dLegerGroup,
  };
}

/** A broker on a port that is only known later, or on the last ones, has no HTTP port unless it is given one. */
function httpPortBeside(listenPort: number): number {
  const port = listenPort + HTTP_PORT_DISTANCE;
  return listenPort === 0 || port > MAX_PORT ? 0 : port;
}

/** Beside a port that is only known later, any port will do. */
function haPortBeside(listenPort: number): number {
  return listenPort === 0 || listenPort === MAX_PORT ? 0 : listenPort + 1;
}

const NOT_THERE = 'LedgerMQ does not have it yet, and without it the broker would be open to everybody';

function refusedCombinations(config: BrokerConfig): ConfigError[] {
  const errors: ConfigError[] = [];
  const refuse = (key: KnownKey, problem: string, remedy: string): void => {
    errors.push({ key, value: String(config[key]), problem, remedy });
  };
  const unset = 'Remove the line, and keep the ports reachable for trusted hosts only';
  if (config.aclEnable) refuse('aclEnable', `access control: ${NOT_THERE}`, unset);
  if (config.authenticationEnabled) refuse('authenticationEnabled', `authentication: ${NOT_THERE}`, unset);
  if (config.authorizationEnabled) refuse('authorizationEnabled', `authorization: ${NOT_THERE}`, unset);
  if (config['tls.server.mode'] === 'enforcing') refuse('tls.server.mode', `TLS: ${NOT_THERE}`, unset);
  errors.push(...wrongControllerKeys(config));
  const nameServer = wrongAddress(config.namesrvAddr);
  if (nameServer !== undefined) {
    const separator = nameServer.includes(',') ? ' (";" separates several)' : '';
    refuse(
      'namesrvAddr',
      `"${nameServer}" is not host:port${separator}`,
      'Set it, such as 192.0.2.1:9876;192.0.2.2:9876',
    );
  }
  if (
    config.brokerRole === 'SLAVE' &&
    config.brokerId < 1 &&
    !config.enableDLegerCommitLog &&
    !config.enableControllerMode
  ) {
    refuse(
      'brokerId',
      'a slave needs a number of its own in its set, and 0 is the master',
      'Set brokerId=1, or brokerRole',
    );
  }
  if (config.haMasterAddress !== '' && parseAddress(config.haMasterAddress) === undefined) {
    refuse('haMasterAddress', 'it must be host:port of the HA port of the master', 'Set it, such as 192.0.2.10:10912');
  }
  if (encodeHost(config.brokerIP1, 0) === undefined) {
    refuse(
      'brokerIP1',
      'it must be an IP address, because every stored message carries it',
      "Set this machine's address",
    );
  }
  if (config.enableDLegerCommitLog) {
    if (config.dLegerPeers === '') {
      refuse('dLegerPeers', 'DLedger mode needs the members', 'Set it, such as n0-127.0.0.1:40911;n1-127.0.0.1:40912');
    }
    if (config.dLegerSelfId === '') refuse('dLegerSelfId', 'DLedger mode needs the own id', 'Set it, such as n0');
  }
  if (config.mappedFileSizeConsumeQueue % 20 !== 0) {
    const remedy = `Set ${config.mappedFileSizeConsumeQueue - (config.mappedFileSizeConsumeQueue % 20)}`;
    refuse('mappedFileSizeConsumeQueue', 'a file must hold whole units of 20 bytes', remedy);
  }
  if (config.listenPort !== 0 && config.listenPort < 3) {
    refuse('listenPort', 'the port two below it is opened too', 'Take a port above 2');
  }
  return errors;
}

const CONTROLLERS = 'Set it to the ports of controllerDLegerPeers, such as 192.0.2.1:9878;192.0.2.2:9878';

function wrongControllerKeys(config: BrokerConfig): ConfigError[] {
  const { enableControllerMode, enableDLegerCommitLog, controllerAddr, brokerId, brokerRole } = config;
  const wrong = (key: KnownKey, problem: string, remedy: string): ConfigError[] => {
    return [{ key, value: String(config[key]), problem, remedy }];
  };
  if (!enableControllerMode) {
    if (brokerId >= 0 || brokerRole === 'SLAVE') return [];
    return wrong('brokerId', 'only a Controller gives ids', 'Set brokerId=0, or enableControllerMode=true');
  }
  if (enableDLegerCommitLog) {
    const problem = 'a broker is either in a DLedger group or in Controller mode';
    return wrong('enableControllerMode', problem, 'Remove one of enableControllerMode and enableDLegerCommitLog');
  }
  if (config.fetchControllerAddrByDnsLookup) {
    const problem = 'controllers are not looked up by DNS here';
    return wrong('fetchControllerAddrByDnsLookup', problem, 'Remove the line, and name all of them in controllerAddr');
  }
  if (controllerAddr.trim() === '')
    return wrong('controllerAddr', 'Controller mode needs the controllers', CONTROLLERS);
  const bad = wrongAddress(controllerAddr);
  return bad === undefined ? [] : wrong('controllerAddr', `"${bad}" is not host:port`, CONTROLLERS);
}

/** The first of a list that is not host:port. */
function wrongAddress(list: string): string | undefined {
  return splitList(list).find((address) => parseAddress(address) === undefined);
}

/** The parts of a list that are separated by `;`, without blanks and empty ones. */
export function splitList(text: string): string[] {
  return [...new Set(text.split(';').map((part) => part.trim()))].filter((part) => part !== '');
}
