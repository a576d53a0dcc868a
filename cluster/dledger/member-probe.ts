import type { Platform } from '../../src/platform/ports.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import type { Hello, Refusal } from '../raft-storage/hello.ts';
import { checkHello } from '../raft-storage/hello-check.ts';
import { helloTimeoutMs, type LinkOwner, PeerLink } from '../raft-storage/peer-link.ts';
import type { PeerAddress } from '../raft-storage/peers.ts';

/**
 * Asks whether the member that is to join is at this address, by the hello that a member sends: `done` hears why not, in a sentence, or undefined. Nothing else is sent, and the
 * connection is closed. It takes no longer than a hello may take.
 */
export function probeMember(
  platform: Platform,
  peer: PeerAddress,
  ownHello: (peer: string) => Hello,
  done: (problem: string | undefined) => void,
): void {
  const place = formatAddress(peer);
  let ended = false;
  const end = (problem: string | undefined): void => {
    if (ended) return;
    ended = true;
    link.stop();
    platform.timers.cancel(patience);
    done(problem);
  };
  const owner: LinkOwner = {
    hello: ownHello,
    // What is wrong is told to whoever asked, not to the one that was reached.
    answered: () => undefined,
    connected(id, theirs) {
      const own = ownHello(id);
      const context = { own, theirs, expectedId: id, members: new Set([id]), seen: undefined };
      end(checkHello(context)?.message);
    },
    refused: (_id, refusal: Refusal) => end(`the member at ${place} refuses: ${refusal.message}`),
    closed: (id) => end(`no member answers at ${place}: start ${id} there first, with this group in its dLegerPeers`),
  };
  const link = new PeerLink(peer, platform, owner);
  const patience = platform.timers.after(helloTimeoutMs, () => owner.closed(peer.id));
  link.start();
}
