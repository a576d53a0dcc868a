import { describe, expect, it } from 'vitest';
import {
  languageCode,
  languageName,
  RequestCode,
  ResponseCode,
  requestName,
  responseName,
  Version,
  versionName,
} from '../../src/protocol/codes.ts';

describe('codes', () => {
  it('have names', () => {
    expect([requestName(RequestCode.SEND_MESSAGE_V2), requestName(4711)]).toEqual(['SEND_MESSAGE_V2', '4711']);
    expect([responseName(ResponseCode.PULL_OFFSET_MOVED), responseName(-7)]).toEqual(['PULL_OFFSET_MOVED', '-7']);
  });

  it('are each given once', () => {
    for (const table of [RequestCode, ResponseCode]) {
      expect(new Set(Object.values(table)).size).toBe(Object.keys(table).length);
    }
  });

  it.each([
    [0, 'V3_0_0_SNAPSHOT'],
    [28, 'V3_0_7_SNAPSHOT'],
    [37, 'V3_0_11'],
    [62, 'V3_1_8_SNAPSHOT'],
    [121, 'V3_4_9'],
    [213, 'V4_0_0'],
    [232, 'V4_1_0_SNAPSHOT'],
    [317, 'V4_5_2'],
    [393, 'V4_9_0'],
    [399, 'V4_9_3'],
    [401, 'V4_9_4'],
    [407, 'V4_9_7'],
    [409, 'V4_9_8'],
    [413, 'V5_0_0'],
    [433, 'V5_1_0'],
    [453, 'V5_2_0'],
    [473, 'V5_3_0'],
    [475, 'V5_3_1'],
    [477, 'V5_3_2'],
    [479, 'V5_3_3'],
    [613, 'HIGHER_VERSION'],
  ])('version %i is %s', (ordinal, name) => {
    expect(versionName(ordinal)).toBe(name);
  });

  it('carry the version of 5.3.3', () => {
    expect(versionName(Version.CURRENT)).toBe('V5_3_3');
  });

  it('of languages go both ways, unknown ones are OTHER', () => {
    for (const [code, name] of [
      [0, 'JAVA'],
      [1, 'CPP'],
      [3, 'PYTHON'],
      [9, 'GO'],
      [13, 'NODE_JS'],
    ] as const) {
      expect([languageName(code), languageCode(name)]).toEqual([name, code]);
    }
    expect([languageName(99), languageCode('COBOL')]).toEqual(['OTHER', 7]);
  });
});
