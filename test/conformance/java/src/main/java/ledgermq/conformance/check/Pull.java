package ledgermq.conformance.check;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** The pull consumer: every kind of answer, the offsets that it carries, stored offsets, and offsets by time. */
@SuppressWarnings("deprecation")
public final class Pull implements Check {
    private static final int COUNT = 50;

    @Override
    public void run(Fixture fixture) throws Exception {
        String topic = fixture.unique("topic");
        DefaultMQProducer producer = fixture.producer();
        for (int i = 0; i < COUNT; i++) {
            Message message = new Message(topic, "tag", Fixture.bytes("body-" + i));
            producer.send(message, (queues, ignored, none) -> queues.get(0), null);
        }
        DefaultMQPullConsumer consumer = fixture.configure(new DefaultMQPullConsumer(fixture.unique("consumer")));
        consumer.start();
        fixture.onClose(consumer::shutdown);
        MessageQueue queue = producer.fetchPublishMessageQueues(topic).get(0);
        Fixture.expectEqual("queues to read", 4, consumer.fetchSubscribeMessageQueues(topic).size());
        expectBounds(consumer, queue);
        expectAnswers(consumer, queue);
        expectStoredOffset(consumer, queue);
        expectLongPoll(producer, consumer, queue);
        expectUnknownTopic(consumer, fixture.unique("nowhere"));
    }

    private static void expectBounds(DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        Fixture.await("all messages visible", 5_000, () -> {
            try {
                return consumer.maxOffset(queue) == COUNT;
            } catch (MQClientException notYet) {
                return false;
            }
        });
        Fixture.expectEqual("minimum", 0L, consumer.minOffset(queue));
        Fixture.expectEqual("maximum", (long) COUNT, consumer.maxOffset(queue));
        Fixture.expectEqual("offset of long ago", 0L, consumer.searchOffset(queue, System.currentTimeMillis() - 3_600_000));
        Fixture.expectEqual("offset of the future", (long) COUNT, consumer.searchOffset(queue, System.currentTimeMillis() + 3_600_000));
    }

    private static void expectAnswers(DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        PullResult found = consumer.pull(queue, "*", 10, 32);
        Fixture.expectEqual("status", PullStatus.FOUND, found.getPullStatus());
        List<String> expected = IntStream.range(10, 42).mapToObj(i -> "body-" + i).collect(Collectors.toList());
        Fixture.expectEqual("bodies in order", expected, found.getMsgFoundList().stream().map(Collector::text).collect(Collectors.toList()));
        Fixture.expectEqual("bounds", List.of(42L, 0L, (long) COUNT),
            List.of(found.getNextBeginOffset(), found.getMinOffset(), found.getMaxOffset()));

        PullResult nothing = consumer.pull(queue, "*", COUNT, 32);
        Fixture.expectEqual("status at the end", PullStatus.NO_NEW_MSG, nothing.getPullStatus());
        Fixture.expectEqual("next offset at the end", (long) COUNT, nothing.getNextBeginOffset());
        PullResult beyond = consumer.pull(queue, "*", COUNT + 1_000, 32);
        Fixture.expectEqual("status beyond the end", PullStatus.OFFSET_ILLEGAL, beyond.getPullStatus());
        Fixture.expectEqual("next offset beyond the end", (long) COUNT, beyond.getNextBeginOffset());
        PullResult unmatched = consumer.pull(queue, "other", 0, 32);
        Fixture.expectEqual("status without a match", PullStatus.NO_MATCHED_MSG, unmatched.getPullStatus());
        Fixture.expectWithin("next offset without a match", 1, COUNT, unmatched.getNextBeginOffset());
    }

    private static void expectStoredOffset(DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        Fixture.expectEqual("stored offset of a new group on a young queue", 0L, consumer.fetchConsumeOffset(queue, true));
        consumer.updateConsumeOffset(queue, 17);
        consumer.getDefaultMQPullConsumerImpl().getOffsetStore().persist(queue);
        Fixture.await("the stored offset", 5_000, () -> {
            try {
                return consumer.fetchConsumeOffset(queue, true) == 17;
            } catch (MQClientException notYet) {
                return false;
            }
        });
    }

    private static void expectLongPoll(DefaultMQProducer producer, DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        Thread sender = new Thread(() -> {
            try {
                Thread.sleep(1_000);
                producer.send(new Message(queue.getTopic(), "tag", Fixture.bytes("late")), queue);
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
        long startNs = System.nanoTime();
        sender.start();
        PullResult late = consumer.pullBlockIfNotFound(queue, "*", COUNT, 32);
        Fixture.expectWithin("ms that the pull was held", 900, 3_000, (System.nanoTime() - startNs) / 1_000_000);
        Fixture.expectEqual("status of the held pull", PullStatus.FOUND, late.getPullStatus());
        Fixture.expectEqual("body", "late", Collector.text(late.getMsgFoundList().get(0)));
        sender.join();
    }

    private static void expectUnknownTopic(DefaultMQPullConsumer consumer, String topic) {
        String refusal;
        try {
            refusal = "none, it has " + consumer.fetchSubscribeMessageQueues(topic);
        } catch (MQClientException refused) {
            refusal = refused.getMessage();
        }
        Fixture.expect("refusal names the unknown topic: " + refusal, refusal.contains(topic) && !refusal.startsWith("none"));
    }
}
