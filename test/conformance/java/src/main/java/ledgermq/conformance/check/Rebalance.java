package ledgermq.conformance.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Compatibility;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** Two consumers of a group get half of the queues each and every message once between them; when one leaves, the other gets all. */
public final class Rebalance implements Check {
    private static final int QUEUES = 8;

    @Override
    public void run(Fixture fixture) throws Exception {
        String topic = fixture.unique("topic");
        DefaultMQProducer producer = fixture.producer();
        Compatibility.createTopic(producer, topic, QUEUES);
        Collector first = new Collector();
        Collector second = new Collector();
        DefaultMQPushConsumer one = start(fixture, topic, first);
        DefaultMQPushConsumer other = start(fixture, topic, second);
        awaitQueues(one, topic, QUEUES / 2);
        awaitQueues(other, topic, QUEUES / 2);

        fixture.send(producer, topic, "both", "both-", 200);
        Fixture.await("200 messages", 30_000, () -> first.size() + second.size() >= 200);
        Thread.sleep(300);
        Fixture.expectEqual("bodies", names("both-", 200), merged(first, second));
        Set<Integer> shared = new HashSet<>(first.queues());
        shared.retainAll(second.queues());
        Fixture.expectEqual("queues of both", Set.of(), shared);
        Fixture.expectEqual("messages of one", 100, first.size());

        other.shutdown();
        awaitQueues(one, topic, QUEUES);
        fixture.send(producer, topic, "alone", "alone-", 80);
        first.awaitExactly(180);
        Fixture.expectEqual("messages after leaving", 100, second.size());
    }

    private static DefaultMQPushConsumer start(Fixture fixture, String topic, Collector collector) throws Exception {
        DefaultMQPushConsumer consumer = fixture.pushConsumer(fixture.unique("consumer"));
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(collector);
        consumer.start();
        return consumer;
    }

    /** The broker's notice makes the client rebalance at once; its own timer would take 20 s. */
    private static void awaitQueues(DefaultMQPushConsumer consumer, String topic, int count) throws InterruptedException {
        Fixture.await(count + " queues for " + consumer.getInstanceName(), 10_000, () -> count == consumer
            .getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet().stream()
            .filter(queue -> queue.getTopic().equals(topic)).count());
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).sorted().collect(Collectors.toList());
    }

    private static List<String> merged(Collector first, Collector second) {
        return Stream.concat(first.bodies().stream(), second.bodies().stream()).sorted().collect(Collectors.toList());
    }
}
