package ledgermq.conformance.check;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;

/** With one retry allowed a message is tried twice (the retry after delay level 1, chosen by the listener) and then is in %DLQ%group. */
public final class DeadLetters implements Check {
    private static final int COUNT = 5;

    @Override
    public void run(Fixture fixture) throws Exception {
        String topic = fixture.unique("topic");
        String group = fixture.unique("consumer");
        DefaultMQProducer producer = fixture.producer();
        fixture.introduceGroup(producer, group, topic);
        fixture.send(producer, topic, "bad", "bad-", COUNT);

        Map<String, List<Integer>> tries = new ConcurrentHashMap<>();
        DefaultMQPushConsumer consumer = fixture.pushConsumer(group);
        consumer.setMaxReconsumeTimes(1);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (batch, context) -> {
            MessageExt message = batch.get(0);
            tries.computeIfAbsent(Collector.text(message), body -> new CopyOnWriteArrayList<>()).add(message.getReconsumeTimes());
            context.setDelayLevelWhenNextConsume(1);
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        });
        consumer.start();
        Fixture.await("two tries of each", 60_000,
            () -> tries.size() == COUNT && tries.values().stream().allMatch(each -> each.size() == 2));

        Collector dead = new Collector();
        Fixture.await("a route for the dead letters", 10_000, () -> Fixture.mastersOf(producer, "%DLQ%" + group) > 0);
        DefaultMQPushConsumer undertaker = fixture.pushConsumer(fixture.unique("undertaker"));
        undertaker.subscribe("%DLQ%" + group, "*");
        undertaker.registerMessageListener(dead);
        undertaker.start();
        dead.awaitExactly(COUNT);
        tries.forEach((body, times) -> Fixture.expectEqual("attempts of " + body, List.of(0, 1), List.copyOf(times)));
        for (MessageExt message : dead.deliveries()) {
            Fixture.expectEqual("topic of the dead letter", "%DLQ%" + group, message.getTopic());
            Fixture.expectEqual("its original topic", topic, message.getProperty("RETRY_TOPIC"));
        }
    }
}
