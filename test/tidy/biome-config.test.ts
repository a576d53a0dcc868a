import { expect, test } from 'vitest';
import { biomeConfigText } from './biome-config.ts';

test('biome.json is what the import law generates (npm run fix writes it anew)', async () => {
  await expect(biomeConfigText()).toMatchFileSnapshot('../../biome.json');
});
