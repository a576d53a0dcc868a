import { expect, test } from 'vitest';
import { NOBODY_MAC, placesOf } from '../../../../jepsen-lite/live/network/address-plan.ts';
import { NamespaceLinks } from '../../../../jepsen-lite/live/network/namespace-links.ts';

const places = placesOf(['n0', 'n1', 'ns'], 7);
const MAC = '02:4c:51:07:00:02';

function linksThat(tell: (text: string) => Promise<void> | void) {
  const failures: string[] = [];
  const links = new NamespaceLinks({
    places,
    tell: async (party, args) => await tell(`${party} ${args[2]} at ${args[4]}`),
    failed: ({ message }) => void failures.push(message),
  });
  return { links, failures };
}

test('every party has two addresses and a hardware address of its own', () => {
  expect(places.get('n1')).toEqual({ address: '198.18.7.2', outOfBand: '198.18.7.130', mac: MAC });
  expect(new Set([...places.values()].flatMap((place) => Object.values(place))).size).toBe(9);
});

test('a way is cut once, and heals when the last fault is over', async () => {
  const told: string[] = [];
  const { links } = linksThat((text) => void told.push(text));
  links.cut('n0', 'n1');
  links.cut('n0', 'n1');
  links.heal('n0', 'n1');
  await links.settled();
  expect(told).toEqual([`n0 198.18.7.2 at ${NOBODY_MAC}`]);
  links.heal('n0', 'n1');
  links.heal('n0', 'n1');
  await links.settled();
  expect(told.slice(1)).toEqual([`n0 198.18.7.2 at ${MAC}`]);
});

test('what was said last holds, also where a command is slow; all heals at the end', async () => {
  const told: string[] = [];
  let slow: () => void = () => {};
  const first = new Promise<void>((resolve) => {
    slow = resolve;
  });
  const { links } = linksThat(async (text) => {
    if (told.length === 0) {
      told.push(text);
      await first;
    } else told.push(text);
  });
  links.cut('n0', 'n1');
  links.cut('ns', 'n1');
  links.healAll();
  slow();
  await links.settled();
  const ofN0 = told.filter((text) => text.startsWith('n0'));
  expect(ofN0).toEqual([`n0 198.18.7.2 at ${NOBODY_MAC}`, `n0 198.18.7.2 at ${MAC}`]);
  expect(told.at(-1)).toContain(MAC);
  links.heal('n0', 'n1');
  await links.settled();
  expect(told).toHaveLength(4);
});

test('a command that fails is told, and the next one is run all the same', async () => {
  const { links, failures } = linksThat((text) => {
    if (text.includes(NOBODY_MAC)) throw new Error('no such device');
  });
  links.cut('n0', 'n1');
  links.heal('n0', 'n1');
  await links.settled();
  expect(failures).toEqual(['no such device']);
});
