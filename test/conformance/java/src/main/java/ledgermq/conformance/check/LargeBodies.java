package ledgermq.conformance.check;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** Bodies from 1 byte to 3 MiB come back unchanged; those above 4 KiB travel and are stored compressed. */
public final class LargeBodies implements Check {
    @Override
    public void run(Fixture fixture) throws Exception {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        bodies.put("one", new byte[] {7});
        bodies.put("text", Fixture.bytes("all work and no play ".repeat(500)));
        bodies.put("limit", random(4096));
        bodies.put("random", random(100_000));
        bodies.put("zeros", new byte[3 << 20]);
        bodies.put("big", random(3 << 20));

        String topic = fixture.unique("topic");
        DefaultMQProducer producer = fixture.producer();
        for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
            fixture.sendOk(producer, new Message(topic, body.getKey(), body.getValue()));
        }
        Collector collector = fixture.consume(fixture.unique("consumer"), topic, "*");
        collector.awaitExactly(bodies.size());
        Map<String, MessageExt> seen = collector.deliveries().stream().collect(Collectors.toMap(MessageExt::getTags, each -> each));
        bodies.forEach((tag, body) -> {
            Fixture.expect("body " + tag + " is unchanged", Arrays.equals(body, seen.get(tag).getBody()));
        });
        Fixture.expectWithin("stored bytes of compressed text", 1, 2_000, seen.get("text").getStoreSize());
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
