import { expect, test } from 'vitest';
import { findLayout, type Layout } from '../../../../cluster/launch/layouts.ts';
import { portsFrom } from '../../../../cluster/launch/ports.ts';
import { controllerMode } from '../../../../jepsen-lite/live/chaos/controller-mode.ts';
import { dledgerMode } from '../../../../jepsen-lite/live/chaos/dledger-mode.ts';
import { partyOf, partyPorts } from '../../../../jepsen-lite/live/chaos/parties.ts';

const plan = portsFrom(20_000, 3);
const portsOf = (conf: string) => Object.fromEntries(partyPorts(findLayout(conf) as Layout, plan));

test('brokers and every name server are parties, with the ports that others dial', () => {
  expect(portsOf(dledgerMode.chaosConf)).toEqual({
    n0: [20_010, 20_008, 20_013],
    n1: [20_020, 20_018, 20_023],
    n2: [20_030, 20_028, 20_033],
    ns: [20_000],
    ns1: [20_003],
  });
  // The Controller is inside the name server, and brokers replicate over another port.
  expect(portsOf(controllerMode.conf)).toMatchObject({ n0: [20_010, 20_008, 20_011], ns: [20_000, 20_002] });
  expect(portsOf(controllerMode.chaosConf)).toMatchObject({
    ns: [20_000, 20_002],
    ns1: [20_003, 20_004],
    ns2: [20_006, 20_007],
  });
});

test('a process is known as the party that it is', () => {
  expect(['namesrv', 'namesrv-n1', 'n1'].map(partyOf)).toEqual(['ns', 'ns1', 'n1']);
});
