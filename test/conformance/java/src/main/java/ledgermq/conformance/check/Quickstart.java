package ledgermq.conformance.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import ledgermq.conformance.Settings;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** 1,000 messages, produced and consumed as the quickstart examples do, each once and at the place that its sender was told. */
public final class Quickstart implements Check {
    private static final int COUNT = 1000;
    /** 16 bytes in hex; the client puts its own address in, so they are 28 where that is an IPv6 address. */
    private static final String ID = "[0-9A-F]{32}([0-9A-F]{24})?";

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "TopicTest");
        List<SendResult> results = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            results.add(fixture.sendOk(producer, new Message(topic, "TagA", Fixture.bytes("Hello RocketMQ " + i))));
        }
        // A few retries are the load of the machine; more would be a server that refuses what it need not.
        Fixture.expectWithin("requests to send them", COUNT, COUNT + 3, fixture.recorder.count(Settings.singleSendCode()));
        expectDenseOffsets(results);

        Collector collector = fixture.consume(fixture.unique("consumer"), topic, "*");
        collector.awaitExactly(COUNT);
        Map<String, MessageExt> byId = new HashMap<>();
        collector.deliveries().forEach(message -> byId.put(message.getMsgId(), message));
        for (int i = 0; i < COUNT; i++) {
            expectSame(results.get(i), "Hello RocketMQ " + i, byId.get(results.get(i).getMsgId()));
        }
        Fixture.expectEqual("serializations", Set.of(Settings.serialization()), fixture.recorder.serializations);
    }

    private static void expectSame(SendResult sent, String body, MessageExt got) {
        Fixture.expect("message " + sent.getMsgId() + " was delivered", got != null);
        Fixture.expectEqual("body", body, Collector.text(got));
        Fixture.expectEqual("tag", "TagA", got.getTags());
        Fixture.expectEqual("queue", sent.getMessageQueue().getQueueId(), got.getQueueId());
        Fixture.expectEqual("queue offset", sent.getQueueOffset(), got.getQueueOffset());
        Fixture.expectEqual("broker", sent.getMessageQueue().getBrokerName(), got.getBrokerName());
        Fixture.expectEqual("reconsume times", 0, got.getReconsumeTimes());
        Fixture.expectEqual("minimum offset shown", "0", got.getProperty("MIN_OFFSET"));
    }

    /** Four queues on each master, and in each the offsets 0, 1, 2 … without a gap. */
    private static void expectDenseOffsets(List<SendResult> results) {
        int queues = 4 * Settings.MASTERS;
        Map<String, Set<Long>> offsets = new HashMap<>();
        for (SendResult result : results) {
            Fixture.expect("shape of the result: " + result, result.toString().matches(
                "SendResult \\[sendStatus=SEND_OK, msgId=" + ID + ", offsetMsgId=[0-9A-F]{32}, messageQueue=MessageQueue "
                    + "\\[topic=[^,]+, brokerName=[^,]+, queueId=[0-3]], queueOffset=\\d+(, recallHandle=null)?]"));
            String name = result.getMessageQueue().getBrokerName() + "/" + result.getMessageQueue().getQueueId();
            offsets.computeIfAbsent(name, queue -> new HashSet<>()).add(result.getQueueOffset());
        }
        Fixture.expectEqual("queues", queues, offsets.size());
        offsets.forEach((queue, seen) -> {
            // The client begins anew at any queue when it sees another route, so that shares are only nearly even.
            Fixture.expectWithin("messages in queue " + queue, COUNT / queues - 5, COUNT / queues + 5, seen.size());
            Fixture.expect("offsets of queue " + queue + " begin at 0", seen.contains(0L));
            Fixture.expect("offsets of queue " + queue + " end dense", seen.contains(seen.size() - 1L));
        });
    }
}
