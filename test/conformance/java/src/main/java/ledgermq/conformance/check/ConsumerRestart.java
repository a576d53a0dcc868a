package ledgermq.conformance.check;

import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;

/** A group continues where it stopped: what was consumed before the restart does not come again, what was sent meanwhile does. */
public final class ConsumerRestart implements Check {
    private static final int COUNT = 60;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "topic");
        fixture.send(producer, topic, "first", "first-", COUNT);
        Collector before = new Collector();
        DefaultMQPushConsumer consumer = start(fixture, topic, before);
        before.awaitExactly(COUNT);
        consumer.shutdown();

        fixture.send(producer, topic, "second", "second-", COUNT);
        Collector after = new Collector();
        start(fixture, topic, after);
        after.awaitExactly(COUNT);
        for (MessageExt message : after.deliveries()) {
            Fixture.expectEqual("tag of what came after the restart", "second", message.getTags());
        }
    }

    private static DefaultMQPushConsumer start(Fixture fixture, String topic, Collector collector) throws Exception {
        DefaultMQPushConsumer consumer = fixture.pushConsumer(fixture.unique("consumer"));
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(collector);
        consumer.start();
        return consumer;
    }
}
