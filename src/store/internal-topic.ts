/** Topic of the records that are state, not messages (raft/FORMATS.md 6). They have queue offsets, but no consume queue. */
export const INTERNAL_TOPIC = 'rmq_sys_LEDGERMQ';

/** Delayed messages wait here; the tags code of their queue units is the time of delivery (TopicValidator.java). */
export const SCHEDULE_TOPIC = 'SCHEDULE_TOPIC_XXXX';
