package ledgermq.conformance.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import ledgermq.conformance.Settings;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** The lite pull consumer: subscribed it continues after a restart, assigned it reads from where it is told. */
public final class LitePull implements Check {
    private static final int COUNT = 60;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "topic");
        fixture.send(producer, topic, "tag", "first-", COUNT);
        subscribed(fixture, topic, "first-");
        Map<String, Long> seconds = new HashMap<>();
        for (SendResult sent : fixture.send(producer, topic, "tag", "second-", COUNT)) {
            seconds.merge(nameOf(sent.getMessageQueue().getBrokerName(), sent.getMessageQueue().getQueueId()), sent.getQueueOffset(), Math::min);
        }
        subscribed(fixture, topic, "second-");
        assigned(fixture, topic, seconds);
    }

    private static void subscribed(Fixture fixture, String topic, String prefix) throws Exception {
        DefaultLitePullConsumer consumer = fixture.litePullConsumer(fixture.unique("subscribed"));
        consumer.setAutoCommit(false);
        consumer.subscribe(topic, "*");
        consumer.start();
        List<MessageExt> seen = poll(consumer, COUNT);
        consumer.commitSync();
        List<String> expected = IntStream.range(0, COUNT).mapToObj(i -> prefix + i).sorted().collect(Collectors.toList());
        Fixture.expectEqual("bodies", expected, seen.stream().map(Collector::text).sorted().collect(Collectors.toList()));
        consumer.shutdown();
    }

    /** Reads each queue from the offset of its first message of the second kind. */
    private static void assigned(Fixture fixture, String topic, Map<String, Long> seconds) throws Exception {
        DefaultLitePullConsumer consumer = fixture.litePullConsumer(fixture.unique("assigned"));
        consumer.start();
        Collection<MessageQueue> queues = consumer.fetchMessageQueues(topic);
        Fixture.expectEqual("queues", 4 * Settings.MASTERS, queues.size());
        consumer.assign(queues);
        for (MessageQueue queue : queues) {
            consumer.seek(queue, seconds.get(nameOf(queue.getBrokerName(), queue.getQueueId())));
        }
        // A pull from before the seek may still be answered: the client begins with it as soon as queues are assigned.
        Map<String, Long> offsets = new TreeMap<>();
        Fixture.await("all messages behind the seek", 30_000, () -> {
            for (MessageExt message : consumer.poll(200)) {
                if (message.getQueueOffset() >= seconds.get(nameOf(message.getBrokerName(), message.getQueueId()))) {
                    offsets.put(Collector.text(message), message.getQueueOffset());
                }
            }
            return offsets.size() >= COUNT;
        });
        List<String> expected = IntStream.range(0, COUNT).mapToObj(i -> "second-" + i).sorted().collect(Collectors.toList());
        Fixture.expectEqual("bodies behind the seek", expected, List.copyOf(offsets.keySet()));
    }

    private static String nameOf(String broker, int queue) {
        return broker + "/" + queue;
    }

    private static List<MessageExt> poll(DefaultLitePullConsumer consumer, int count) throws InterruptedException {
        List<MessageExt> seen = new ArrayList<>();
        BooleanSupplier complete = () -> {
            seen.addAll(consumer.poll(200));
            return seen.size() >= count;
        };
        Fixture.await(count + " messages", 30_000, complete);
        seen.addAll(consumer.poll(300));
        Fixture.expectEqual("number of messages", count, seen.size());
        return seen;
    }
}
