package ledgermq.conformance.check;

import java.net.InetSocketAddress;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** Keys, tag, flag, user properties and body survive, in any script; times and hosts are those of this send. */
public final class Properties implements Check {
    private static final String TEXT = "grüße 世界 🚀 \"quoted\" {json:[1]} \\ back\\slash";

    @Override
    public void run(Fixture fixture) throws Exception {
        String topic = fixture.unique("topic");
        Message message = new Message(topic, "标签", "schlüssel-1 ключ-2", 7, Fixture.bytes(TEXT), true);
        message.putUserProperty("größe", TEXT);
        message.putUserProperty("long", "x".repeat(5_000));
        message.setBuyerId("buyer");
        long beforeMs = System.currentTimeMillis();
        DefaultMQProducer producer = fixture.producer();
        fixture.sendOk(producer, message);
        long afterMs = System.currentTimeMillis();

        Collector collector = fixture.consume(fixture.unique("consumer"), topic, "标签");
        collector.awaitExactly(1);
        MessageExt seen = collector.deliveries().get(0);
        Fixture.expectEqual("body", TEXT, Collector.text(seen));
        Fixture.expectEqual("tag", "标签", seen.getTags());
        Fixture.expectEqual("keys", "schlüssel-1 ключ-2", seen.getKeys());
        Fixture.expectEqual("flag", 7, seen.getFlag());
        Fixture.expectEqual("property", TEXT, seen.getUserProperty("größe"));
        Fixture.expectEqual("long property", "x".repeat(5_000), seen.getUserProperty("long"));
        Fixture.expectEqual("buyer", "buyer", seen.getBuyerId());
        Fixture.expectWithin("born time", beforeMs, afterMs, seen.getBornTimestamp());
        Fixture.expectWithin("store time", seen.getBornTimestamp(), afterMs, seen.getStoreTimestamp());
        Fixture.expectEqual("store host", "127.0.0.1", ((InetSocketAddress) seen.getStoreHost()).getAddress().getHostAddress());
        Fixture.expectEqual("born host", "127.0.0.1", ((InetSocketAddress) seen.getBornHost()).getAddress().getHostAddress());
    }
}
