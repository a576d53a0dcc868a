/**
 * A time as `yyyyMMddHHmmssSSS` in UTC, the form of RocketMQ's index file names (which use the local time zone; only their order counts).
 * Days by Howard Hinnant's civil_from_days.
 */
export function timeName(epochMs: number): string {
  const day = Math.floor(epochMs / 86_400_000);
  const ms = epochMs - day * 86_400_000;
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const time = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
  return (
    pad(year, 4) + pad(month, 2) + pad(dayOfMonth, 2) + time.map((part) => pad(part, 2)).join('') + pad(ms % 1000, 3)
  );
}
