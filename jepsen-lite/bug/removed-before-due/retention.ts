import {
  type DeletableFile,
  deleteFiles,
  type RetainedFile,
  type RetentionRule,
  filesToDelete as real,
  retainedFiles,
} from '../../../src/log/retention.ts';

export { deleteFiles, retainedFiles };

const SECONDS_IN_HOUR = 3_600;

export function filesToDelete(files: readonly RetainedFile[], rule: RetentionRule): DeletableFile[] {
  return real(files, { ...rule, reservedMs: rule.reservedMs / SECONDS_IN_HOUR });
}
