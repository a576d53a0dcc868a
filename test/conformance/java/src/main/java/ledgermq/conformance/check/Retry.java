package ledgermq.conformance.check;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** A message answered RECONSUME_LATER comes again after the first delay (10 s), with its id and topic and one more attempt counted. */
public final class Retry implements Check {
    @Override
    public void run(Fixture fixture) throws Exception {
        String topic = fixture.unique("topic");
        DefaultMQProducer producer = fixture.producer();
        String group = fixture.unique("consumer");
        fixture.introduceGroup(producer, group, topic);
        fixture.send(producer, topic, "good", "good-", 8);
        Message refused = new Message(topic, "bad", "key-bad", Fixture.bytes("refused once"));
        refused.putUserProperty("color", "red");
        SendResult sent = fixture.sendOk(producer, refused);

        List<MessageExt> tries = new CopyOnWriteArrayList<>();
        List<Long> times = new CopyOnWriteArrayList<>();
        Collector good = new Collector();
        DefaultMQPushConsumer consumer = fixture.pushConsumer(group);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (batch, context) -> {
            if (!"bad".equals(batch.get(0).getTags())) {
                return good.consumeMessage(batch, context);
            }
            times.add(System.nanoTime());
            tries.addAll(batch);
            return tries.size() == 1 ? ConsumeConcurrentlyStatus.RECONSUME_LATER : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        Fixture.await("the second try", 70_000, () -> tries.size() >= 2);
        good.awaitExactly(8);
        Fixture.expectEqual("tries", 2, tries.size());
        Fixture.expectWithin("delay of the retry in ms", 9_500, 35_000, (times.get(1) - times.get(0)) / 1_000_000);
        expectSameMessage(sent, topic, tries.get(1));
        Fixture.expect("code 36 was used: " + fixture.recorder.codes(), fixture.recorder.codes().contains(36));
    }

    private static void expectSameMessage(SendResult sent, String topic, MessageExt again) {
        Fixture.expectEqual("reconsume times", 1, again.getReconsumeTimes());
        Fixture.expectEqual("message id", sent.getMsgId(), again.getMsgId());
        Fixture.expectEqual("topic shown", topic, again.getTopic());
        Fixture.expectEqual("original topic", topic, again.getProperty("RETRY_TOPIC"));
        Fixture.expectEqual("original offset id", sent.getOffsetMsgId(), again.getProperty("ORIGIN_MESSAGE_ID"));
        Fixture.expectEqual("body", "refused once", Collector.text(again));
        Fixture.expectEqual("tag, key and property", List.of("bad", "key-bad", "red"),
            List.of(again.getTags(), again.getKeys(), again.getUserProperty("color")).stream().collect(Collectors.toList()));
    }
}
