import type { Logger } from '../../../src/platform/ports.ts';
import {
  type GetControllerMetadataResponse,
  getControllerMetadata,
} from '../../../src/protocol/command/get-controller-metadata.ts';
import { FieldError } from '../../../src/protocol/field-error.ts';
import type { RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import type { CommandDefinition } from '../../../src/protocol/schema.ts';
import type { InvokeFailure, RemotingClient } from '../../../src/remoting/client.ts';

const TIMEOUT_MS = 3_000;

/** What the leading controller answered. */
export interface ControllerAnswer<Header> {
  readonly code: number;
  readonly remark: string;
  readonly header: Header;
  readonly body: Buffer;
}

/** A text says why there is no answer: no leader is known, or the one that was asked is gone; what was asked may have taken effect in the latter case. */
export type Answered<Header> = (answer: ControllerAnswer<Header> | string) => void;

/** A controller that answered, and what it said of its group. */
interface GroupMember {
  readonly address: string;
  readonly metadata: GetControllerMetadataResponse;
}

/** Talks with the controllers that a broker knows: finds the leader and asks it. */
export class ControllerClient {
  readonly addresses: readonly string[];
  readonly #client: RemotingClient;
  readonly #logger: Logger;
  #leader: string | undefined;
  /** What is wrong with each address, as it was last told to people. */
  readonly #problems = new Map<string, string>();
  /** Addresses that answered as controllers do. */
  readonly #proven = new Set<string>();

  constructor(addresses: readonly string[], client: RemotingClient, logger: Logger) {
    this.addresses = addresses;
    this.#client = client;
    this.#logger = logger;
  }

  /** Asks the leader, which is looked for first if it is not known. The next request looks for another where this one failed. */
  ask<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    header: Request,
    body: Buffer | undefined,
    done: Answered<Response>,
  ): void {
    if (this.#leader === undefined) {
      this.findLeader((leader) => {
        if (leader === undefined) done(`no controller of ${this.addresses.join(';')} leads or can be reached`);
        else this.#ask(leader, definition, header, body, done);
      });
      return;
    }
    this.#ask(this.#leader, definition, header, body, done);
  }

  /** To every controller; none answers. */
  tellAll<Request extends object>(definition: CommandDefinition<Request, object>, header: Request): void {
    for (const address of this.addresses) {
      this.#client.oneway(address, definition.code, definition.encodeRequest(header));
    }
  }

  /** Asks all controllers who leads; the first that knows is believed. People are told where two of them are of two groups. */
  findLeader(done: (leader: string | undefined) => void): void {
    const told = new Map<string, GetControllerMetadataResponse>();
    let missing = this.addresses.length;
    let found = false;
    for (const address of this.addresses) {
      const { code } = getControllerMetadata;
      this.#client.invoke(address, code, {}, undefined, TIMEOUT_MS, (response, failure) => {
        missing--;
        const metadata = this.#metadataOf(address, response, failure);
        if (metadata !== undefined) told.set(address, metadata);
        if (missing === 0) this.#tellGroups(told);
        const leader = metadata?.controllerLeaderAddress;
        if (!found && leader !== undefined) {
          found = true;
          this.#leader = leader;
          done(leader);
        } else if (!found && missing === 0) {
          this.#leader = undefined;
          done(undefined);
        }
      });
    }
  }

  #ask<Request extends object, Response extends object>(
    leader: string,
    definition: CommandDefinition<Request, Response>,
    header: Request,
    body: Buffer | undefined,
    done: Answered<Response>,
  ): void {
    const fields = definition.encodeRequest(header);
    this.#client.invoke(leader, definition.code, fields, body, TIMEOUT_MS, (response, failure) => {
      if (response === undefined || response.code === ResponseCode.CONTROLLER_NOT_LEADER) {
        if (this.#leader === leader) this.#leader = undefined;
      }
      if (response === undefined) return done(`controller ${leader} gave no answer: ${failure ?? 'closed'}`);
      const decoded = definition.decodeResponse(response.extFields);
      if (decoded instanceof FieldError) return done(`controller ${leader} answered strangely: ${decoded.message}`);
      done({ code: response.code, remark: response.remark ?? '', header: decoded, body: response.body });
    });
  }

  #metadataOf(
    address: string,
    response: RemotingCommand | undefined,
    failure: InvokeFailure | undefined,
  ): GetControllerMetadataResponse | undefined {
    if (response === undefined) {
      if (failure === 'garbage') this.#tellNone(address, 'it does not speak the remoting protocol');
      else if (failure === 'closed' && !this.#proven.has(address))
        this.#tellNone(address, 'it took the connection and closed it');
      else this.#tell(address, `controllerAddr: the controller ${address} cannot be reached (${failure ?? 'closed'})`);
      return undefined;
    }
    const header =
      response.code === ResponseCode.SUCCESS ? getControllerMetadata.decodeResponse(response.extFields) : undefined;
    if (header === undefined || header instanceof FieldError || header.group === undefined) {
      this.#tellNone(address, response.remark && `it said: ${response.remark.trim()}`);
      return undefined;
    }
    this.#proven.add(address);
    this.#tell(address, '');
    return header;
  }

  #tellNone(address: string, why: string | undefined): void {
    this.#tell(
      address,
      `controllerAddr: ${address} is no controller${why ? ` (${why})` : ''}; give the ports of controllerDLegerPeers, not those of name servers or brokers`,
    );
  }

  /** Each group has masters of its own. */
  #tellGroups(told: ReadonlyMap<string, GetControllerMetadataResponse>): void {
    // In the order of the configuration, so that the sentence is the same whoever answers first.
    const [first, ...others] = this.addresses.flatMap((address) => {
      const metadata = told.get(address);
      return metadata === undefined ? [] : [{ address, metadata }];
    });
    const other = first && others.find((one) => !isOneGroup(first.metadata, one.metadata));
    const problem =
      first === undefined || other === undefined
        ? ''
        : `controllerAddr: ${groupText(first)} and ${groupText(other)} belong to two groups of controllers, each of which names a master of its own; ` +
          'give the controllers of one group, the same to all brokers of a set';
    this.#tell('', problem);
  }

  /** One line for each change of what is wrong; with all of them together where `address` is empty. */
  #tell(address: string, problem: string): void {
    const before = this.#problems.get(address) ?? '';
    this.#problems.set(address, problem);
    if (problem !== '' && problem !== before) this.#logger.warn(problem);
  }
}

/** Members may have been given other lists of peers while a group is changed, so that one common peer is enough. */
function isOneGroup(a: GetControllerMetadataResponse, b: GetControllerMetadataResponse): boolean {
  const [peers, others] = [peersOf(a), peersOf(b)];
  const isUntold = peers.length === 0 || others.length === 0;
  return a.group === b.group && (isUntold || others.some((peer) => peers.includes(peer)));
}

function peersOf({ peers = '' }: GetControllerMetadataResponse): readonly string[] {
  return peers.split(';').filter((peer) => peer !== '');
}

function groupText({ address, metadata }: GroupMember): string {
  return `${address} (group ${metadata.group} of ${peersOf(metadata).join(', ')})`;
}
