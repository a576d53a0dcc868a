package ledgermq.conformance.check;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** Delay levels 1 (1 s) and 2 (5 s): never early, and soon after they are due. */
public final class DelayLevels implements Check {
    private static final long EARLY_MS = 20;
    private static final long LATE_MS = 5_000;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "topic");
        fixture.send(producer, topic, "now", "now-", 1);
        Map<String, Long> arrivedMs = new ConcurrentHashMap<>();
        Collector collector = new Collector();
        DefaultMQPushConsumer consumer = fixture.pushConsumer(fixture.unique("consumer"));
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (batch, context) -> {
            batch.forEach(message -> arrivedMs.put(Collector.text(message), System.currentTimeMillis()));
            collector.consumeMessage(batch, context);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        // A client of 5.3.3 whose heartbeat is held up reads the queues of one broker at once, and those of another after its next rebalance (20 s): wait until all are read.
        List<MessageQueue> queues = producer.fetchPublishMessageQueues(topic);
        for (MessageQueue queue : queues) {
            SendResult result = producer.send(new Message(topic, "now", Fixture.bytes("now-" + queue)), queue);
            Fixture.expectEqual("send status", SendStatus.SEND_OK, result.getSendStatus());
        }
        int now = 1 + queues.size();
        collector.awaitExactly(now);

        Map<String, Long> sentMs = new ConcurrentHashMap<>();
        for (int level = 1; level <= 2; level++) {
            for (int i = 0; i < 5; i++) {
                Message message = new Message(topic, "later", Fixture.bytes("level-" + level + "-" + i));
                message.setDelayTimeLevel(level);
                sentMs.put("level-" + level + "-" + i, System.currentTimeMillis());
                fixture.sendOk(producer, message);
            }
        }
        collector.awaitExactly(now + 10);
        sentMs.forEach((body, at) -> {
            long dueMs = body.startsWith("level-1") ? 1_000 : 5_000;
            Fixture.expectWithin("delay of " + body + " in ms", dueMs - EARLY_MS, dueMs + LATE_MS, arrivedMs.get(body) - at);
        });
        collector.deliveries().forEach(message -> Fixture.expectEqual("topic shown", topic, message.getTopic()));
    }
}
