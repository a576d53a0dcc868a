package ledgermq.conformance.check;

import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** A consumer that waits for messages gets them at once, not at its next poll (the broker holds its pull for 15 s). */
public final class LongPolling implements Check {
    private static final long SOON_MS = 3_000;

    @Override
    public void run(Fixture fixture) throws Exception {
        String topic = fixture.unique("topic");
        DefaultMQProducer producer = fixture.producer();
        fixture.send(producer, topic, "first", "first-", 4);
        Collector collector = fixture.consume(fixture.unique("consumer"), topic, "wanted || first");
        collector.awaitExactly(4);
        Thread.sleep(1_500);
        for (int i = 0; i < 5; i++) {
            fixture.send(producer, topic, "unwanted", "unwanted-", 4);
            long startNs = System.nanoTime();
            fixture.send(producer, topic, "wanted", "wanted-", 4);
            int expected = 4 + (i + 1) * 4;
            Fixture.await("messages to a waiting consumer", 20_000, () -> collector.size() >= expected);
            Fixture.expectWithin("ms until they came", 0, SOON_MS, (System.nanoTime() - startNs) / 1_000_000);
        }
        collector.awaitExactly(24);
    }
}
