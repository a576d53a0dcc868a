package ledgermq.conformance.check;

import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Compatibility;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** In broadcasting mode every member of the group gets every message. */
public final class Broadcasting implements Check {
    private static final int COUNT = 40;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "topic");
        fixture.send(producer, topic, "before", "before-", COUNT);
        Collector first = listen(fixture, topic);
        Collector second = listen(fixture, topic);
        first.awaitExactly(COUNT);
        second.awaitExactly(COUNT);
        fixture.send(producer, topic, "after", "after-", COUNT);
        first.awaitExactly(2 * COUNT);
        second.awaitExactly(2 * COUNT);
        Fixture.expectEqual("bodies of both", first.bodies(), second.bodies());
    }

    private static Collector listen(Fixture fixture, String topic) throws Exception {
        Collector collector = new Collector();
        DefaultMQPushConsumer consumer = fixture.pushConsumer(fixture.unique("consumer"));
        Compatibility.broadcast(consumer);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(collector);
        consumer.start();
        return collector;
    }
}
