import { expect, test } from 'vitest';
import { runClass } from '../../src/admin/run-class.ts';

/** What one command line prints without talking to anybody. */
async function run(argv: readonly string[], nameServers?: string) {
  const out = { code: -1, stdout: '', stderr: '' };
  out.code = await runClass(argv, {
    platform: () => {
      throw new Error('no servers are needed');
    },
    nameServers,
    signal: new AbortController().signal,
    print: (text) => {
      out.stdout += text;
    },
    printError: (text) => {
      out.stderr += text;
    },
  });
  return out;
}

const PRODUCER = 'org.apache.rocketmq.example.quickstart.Producer';

test.each(['-h', '--help'])('%s lists the classes', async (option) => {
  const { code, stdout, stderr } = await run([option]);
  expect(stdout).toMatch(/^Usage: CLASS/);
  for (const name of [PRODUCER, 'org.apache.rocketmq.example.quickstart.Consumer']) {
    expect(stdout.split('\n')).toContain(`  ${name}`);
  }
  expect([code, stderr]).toEqual([0, '']);
});

test('a class that is missing or not there is refused with those that are', async () => {
  expect(await run([])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^No class is given\. There are:\n {2}org/),
  });
  const { code, stderr, stdout } = await run(['org.apache.rocketmq.example.quickstart.Produce'], 'x:1');
  expect(stderr).toMatch(/^There is no class ".*Produce"\. Did you mean ".*Producer"\? There are:\n/);
  expect([code, stdout]).toEqual([2, '']);
});

test.each([undefined, '', ' '])('an example without a name server (%j) is refused', async (nameServers) => {
  expect(await run([PRODUCER], nameServers)).toEqual({
    code: 2,
    stdout: '',
    stderr: 'No name server is given. Set NAMESRV_ADDR, such as NAMESRV_ADDR=127.0.0.1:9876.\n',
  });
});
