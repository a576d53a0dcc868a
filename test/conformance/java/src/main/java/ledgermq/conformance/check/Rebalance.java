package ledgermq.conformance.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Compatibility;
import ledgermq.conformance.Fixture;
import ledgermq.conformance.Settings;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** Two consumers of a group get half of the queues each and every message once between them; when one leaves, the other gets all. */
public final class Rebalance implements Check {
    private static final int QUEUES_OF_MASTER = 8;
    private static final int QUEUES = QUEUES_OF_MASTER * Settings.MASTERS;
    private static final long STEADY_NS = 1_000_000_000;
    /** Clients may miss their first rebalance and wait for their own timer of 20 s. */
    private static final long START_MS = 50_000;
    /** The broker's notice makes clients rebalance at once, without that timer. */
    private static final long NOTICE_MS = 10_000;

    @Override
    public void run(Fixture fixture) throws Exception {
        String topic = fixture.unique("topic");
        DefaultMQProducer producer = fixture.producer();
        Compatibility.createTopic(producer, topic, QUEUES_OF_MASTER);
        Collector first = new Collector();
        Collector second = new Collector();
        DefaultMQPushConsumer one = start(fixture, topic, first);
        DefaultMQPushConsumer other = start(fixture, topic, second);
        awaitQueues(topic, START_MS, one, QUEUES / 2, other, QUEUES / 2);

        fixture.send(producer, topic, "both", "both-", 200);
        Fixture.await("200 messages", 30_000, () -> first.size() + second.size() >= 200);
        Thread.sleep(300);
        Fixture.expectEqual("bodies", names("both-", 200), merged(first, second));
        Set<String> shared = new HashSet<>(first.queues());
        shared.retainAll(second.queues());
        Fixture.expectEqual("queues of both", Set.of(), shared);
        // The client begins anew at any queue when it sees another route, so that shares are only nearly even.
        int share = first.size();
        Fixture.expectWithin("messages of one", 95, 105, share);

        other.shutdown();
        awaitQueues(topic, NOTICE_MS, one, QUEUES, other, 0);
        fixture.send(producer, topic, "alone", "alone-", 80);
        first.awaitExactly(share + 80);
        Fixture.expectEqual("messages after leaving", 200 - share, second.size());
    }

    private static DefaultMQPushConsumer start(Fixture fixture, String topic, Collector collector) throws Exception {
        DefaultMQPushConsumer consumer = fixture.pushConsumer(fixture.unique("consumer"));
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(collector);
        consumer.start();
        return consumer;
    }

    /**
     * Waits until each has its queues and has kept them for a while: a client that gets all passes through half of them.
     */
    private static void awaitQueues(
        String topic, long timeoutMs, DefaultMQPushConsumer one, int ofOne, DefaultMQPushConsumer other, int ofOther) throws InterruptedException {
        AtomicLong since = new AtomicLong(System.nanoTime());
        Fixture.await(ofOne + " and " + ofOther + " queues", timeoutMs, () -> {
            if (queues(one, topic) != ofOne || queues(other, topic) != ofOther) {
                since.set(System.nanoTime());
            }
            return System.nanoTime() - since.get() > STEADY_NS;
        });
    }

    private static long queues(DefaultMQPushConsumer consumer, String topic) {
        return consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet().stream()
            .filter(queue -> queue.getTopic().equals(topic)).count();
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).sorted().collect(Collectors.toList());
    }

    private static List<String> merged(Collector first, Collector second) {
        return Stream.concat(first.bodies().stream(), second.bodies().stream()).sorted().collect(Collectors.toList());
    }
}
