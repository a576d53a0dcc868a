/**
 * The share of one member: an unbroken run of the sorted queues, the first `queues % members` members one more than the rest
 * (AllocateMessageQueueAveragely.java, so that members of any client language agree). Both lists must be sorted the same way by every
 * member; a member that is not in the list gets nothing.
 */
export function allocateAveragely<Queue>(queues: readonly Queue[], members: readonly string[], self: string): Queue[] {
  const index = members.indexOf(self);
  if (index < 0) return [];
  const share = Math.floor(queues.length / members.length);
  const larger = queues.length % members.length;
  const start = index * share + Math.min(index, larger);
  return queues.slice(start, start + share + (index < larger ? 1 : 0));
}
