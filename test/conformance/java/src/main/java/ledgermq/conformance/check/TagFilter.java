package ledgermq.conformance.check;

import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;

/** Subscribers see their tags and nothing else, also where two tags have the same hash ("Aa" and "BB"). */
public final class TagFilter implements Check {
    private static final int EACH = 40;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "topic");
        for (String tag : new String[] {"TagA", "TagB", "TagC", "Aa", "BB", ""}) {
            fixture.send(producer, topic, tag, tag + "-", EACH);
        }
        Collector two = fixture.consume(fixture.unique("two"), topic, "TagA || TagC");
        Collector hash = fixture.consume(fixture.unique("hash"), topic, "BB");
        Collector all = fixture.consume(fixture.unique("all"), topic, "*");
        two.awaitExactly(2 * EACH);
        hash.awaitExactly(EACH);
        all.awaitExactly(6 * EACH);
        for (MessageExt message : two.deliveries()) {
            Fixture.expect("tag " + message.getTags() + " was asked for", message.getTags().matches("TagA|TagC"));
        }
        for (MessageExt message : hash.deliveries()) {
            Fixture.expectEqual("tag", "BB", message.getTags());
        }
    }
}
