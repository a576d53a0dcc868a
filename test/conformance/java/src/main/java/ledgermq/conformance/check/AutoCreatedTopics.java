package ledgermq.conformance.check;

import java.util.ArrayList;
import java.util.List;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import ledgermq.conformance.Settings;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** Topics appear by the first send, have four queues and a route at once; one consumer reads several of them. */
public final class AutoCreatedTopics implements Check {
    private static final int TOPICS = 6;
    private static final int EACH = 8;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        List<String> topics = new ArrayList<>();
        for (int i = 0; i < TOPICS; i++) {
            topics.add(fixture.unique("topic" + i));
        }
        for (String topic : topics) {
            fixture.send(producer, topic, "tag", topic + "-", EACH);
        }
        DefaultMQProducer late = fixture.producer();
        DefaultMQPushConsumer consumer = fixture.pushConsumer(fixture.unique("consumer"));
        for (String topic : topics) {
            List<MessageQueue> queues = late.fetchPublishMessageQueues(topic);
            // Of several masters the client may have created it on the first alone.
            Fixture.expectWithin("queues of " + topic, 4, 4 * Settings.MASTERS, queues.size());
            consumer.subscribe(topic, "*");
        }
        Collector collector = new Collector();
        consumer.registerMessageListener(collector);
        consumer.start();
        collector.awaitExactly(TOPICS * EACH);
        for (MessageExt message : collector.deliveries()) {
            Fixture.expect("body in its own topic", Collector.text(message).startsWith(message.getTopic() + "-"));
        }
        Fixture.expectWithin("queues used", 4, 4 * Settings.MASTERS, collector.queues().size());
    }
}
