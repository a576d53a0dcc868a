package ledgermq.conformance.check;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import ledgermq.conformance.Settings;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** Messages are found again by key (one of several), by unique id and by offset id. */
public final class Queries implements Check {
    private static final int COUNT = 12;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "topic");
        long beforeMs = System.currentTimeMillis() - 1_000;
        SendResult last = null;
        for (int i = 0; i < COUNT; i++) {
            String keys = "order-" + i + (i % 2 == 0 ? " even" : " odd");
            last = fixture.sendOk(producer, new Message(topic, "tag", keys, Fixture.bytes("body-" + i)));
        }
        String lastBody = "body-" + (COUNT - 1);
        Fixture.expectEqual("by offset id", lastBody, Collector.text(producer.viewMessage(topic, last.getOffsetMsgId())));
        awaitIndexed(producer, topic, last);
        Fixture.expectEqual("by unique id", lastBody, Collector.text(producer.viewMessage(topic, last.getMsgId())));

        long afterMs = System.currentTimeMillis() + 1_000;
        List<String> even = IntStream.range(0, COUNT).filter(i -> i % 2 == 0).mapToObj(i -> "body-" + i).sorted().collect(Collectors.toList());
        Fixture.expectEqual("by the key of half of them", even, bodies(producer, topic, "even", beforeMs, afterMs, 32));
        Fixture.expectEqual("by its own key", List.of("body-3"), bodies(producer, topic, "order-3", beforeMs, afterMs, 32));
        // The client asks every master for so many.
        Fixture.expectWithin("at most three of a master", 3, 3L * Settings.MASTERS, bodies(producer, topic, "odd", beforeMs, afterMs, 3).size());
        expectNothing(producer, topic, "no-such-key", beforeMs, afterMs);
        expectNothing(producer, topic, "order-3", beforeMs - 60_000, beforeMs - 30_000);
    }

    /** The index is written behind the acknowledgement. */
    private static void awaitIndexed(DefaultMQProducer producer, String topic, SendResult sent) throws Exception {
        Fixture.await("the index", 10_000, () -> {
            try {
                return producer.viewMessage(topic, sent.getMsgId()) != null;
            } catch (Exception notYet) {
                return false;
            }
        });
    }

    private static List<String> bodies(DefaultMQProducer producer, String topic, String key, long fromMs, long toMs, int most) throws Exception {
        List<MessageExt> found = producer.queryMessage(topic, key, most, fromMs, toMs).getMessageList();
        return found.stream().map(Collector::text).sorted().collect(Collectors.toList());
    }

    private static void expectNothing(DefaultMQProducer producer, String topic, String key, long fromMs, long toMs) throws Exception {
        try {
            Fixture.expectEqual("messages of " + key, List.of(), bodies(producer, topic, key, fromMs, toMs, 32));
        } catch (MQClientException nothing) {
            Fixture.expect("says that there is none: " + nothing.getMessage(), nothing.getMessage().contains("no message"));
        }
    }
}
