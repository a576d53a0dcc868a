import { describe, expect, it } from 'vitest';
import { decodeEpochs, EpochFile, encodeEpochs } from '../../../cluster/ha/epoch-file.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

const PATH = '/store/epochFileCheckpoint';

function platform() {
  const made = createVirtualPlatform(1);
  made.disk.makeDirectory('/store');
  return made;
}

describe('EpochFile', () => {
  it('writes what RocketMQ writes: count, checksum without its highest bit, epoch-start by line', () => {
    const text = encodeEpochs([
      { epoch: 1, startPosition: 0 },
      { epoch: 2, startPosition: 1000 },
    ]);
    expect(text).toBe('2\n1953333299\n1-0\n2-1000\n');
    expect(decodeEpochs(text)).toHaveLength(2);
    expect(decodeEpochs(text.replaceAll('\n', '\r\n'))).toHaveLength(2);
  });

  it('keeps epochs over a start, each durable when the call returns', () => {
    const { disk } = platform();
    const file = EpochFile.open(disk, PATH);
    expect(file.lastEpoch).toBe(0);
    file.append(1, 0);
    file.append(3, 500);
    disk.image.crash('lost');
    expect(EpochFile.open(disk, PATH).entries).toEqual([
      { epoch: 1, startPosition: 0 },
      { epoch: 3, startPosition: 500 },
    ]);
  });

  it('forgets epochs that wrote nothing, and those behind a cut', () => {
    const file = EpochFile.open(platform().disk, PATH);
    file.append(1, 0);
    file.append(2, 500);
    file.append(3, 500);
    file.append(3, 900);
    expect(file.entries.map(({ epoch }) => epoch)).toEqual([1, 3]);
    file.append(4, 800);
    expect(file.lastEpoch).toBe(4);
    file.cut(500);
    expect(file.entries).toEqual([{ epoch: 1, startPosition: 0 }]);
  });

  it('takes the file before it where the last one is damaged, and refuses if both are', () => {
    const { disk } = platform();
    const file = EpochFile.open(disk, PATH);
    file.append(1, 0);
    file.append(2, 700);
    disk.image.put(PATH, Buffer.from('2\n1\n1-0\n2-700\n'));
    expect(EpochFile.open(disk, PATH).lastEpoch).toBe(1);
    disk.image.put(`${PATH}.bak`, Buffer.from('1\n0\nnonsense\n'));
    expect(() => EpochFile.open(disk, PATH)).toThrow(/checksum is wrong.*"nonsense" is no entry/);
  });
});
