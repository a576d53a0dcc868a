package ledgermq.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.message.MessageExt;

/** A listener that keeps every delivery in the order of arrival and acknowledges it. */
public final class Collector implements MessageListenerConcurrently {
    private static final long WAIT_MS = 60_000;

    private final List<MessageExt> deliveries = new CopyOnWriteArrayList<>();

    @Override
    public ConsumeConcurrentlyStatus consumeMessage(List<MessageExt> batch, ConsumeConcurrentlyContext context) {
        deliveries.addAll(batch);
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    }

    public List<MessageExt> deliveries() {
        return new ArrayList<>(deliveries);
    }

    public int size() {
        return deliveries.size();
    }

    public List<String> bodies() {
        return deliveries.stream().map(Collector::text).sorted().collect(Collectors.toList());
    }

    /** Each as `broker/id`. */
    public Set<String> queues() {
        return deliveries.stream().map(each -> each.getBrokerName() + "/" + each.getQueueId()).collect(Collectors.toSet());
    }

    /** Waits for this many deliveries and then a little longer, so that a duplicate would show. */
    public void awaitExactly(int count) throws InterruptedException {
        Fixture.holdsWithin(WAIT_MS, () -> size() >= count);
        Thread.sleep(300);
        Fixture.expectEqual("number of deliveries", count, size());
    }

    public static String text(MessageExt message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }
}
