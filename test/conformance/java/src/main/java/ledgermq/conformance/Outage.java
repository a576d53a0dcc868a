package ledgermq.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Sends without a pause with all defaults of the client, and prints the spans of time in which its sends failed.
 * Arguments: name server address, run id. Prints READY once sends succeed; a byte on standard input says that the leader was killed.
 * Afterwards it goes on until sends have succeeded for 3 s, reads everything back, and prints one line of JSON.
 */
@SuppressWarnings("deprecation")
public final class Outage {
    private static final long CALM_MS = 3_000;
    private static final long NO_FAILURE_MS = 8_000;
    private static final long LIMIT_MS = 90_000;

    private final long startNs = System.nanoTime();
    private final String topic;
    private final Set<String> acknowledged = new TreeSet<>();
    private final List<long[]> windows = new ArrayList<>();
    private final Map<String, Integer> reasons = new HashMap<>();
    private int attempts;
    private long[] open;
    private long lastChangeMs;

    private Outage(String topic) {
        this.topic = topic;
    }

    public static void main(String[] arguments) throws Exception {
        Outage outage = new Outage("outage-" + arguments[1]);
        DefaultMQProducer producer = new DefaultMQProducer("outage-producer-" + arguments[1]);
        producer.setNamesrvAddr(arguments[0]);
        producer.start();
        outage.warmUp(producer);
        System.out.println("READY");
        outage.sendThroughIt(producer);
        outage.report(outage.countReadBack(arguments[0]));
        System.exit(0);
    }

    private long nowMs() {
        return (System.nanoTime() - startNs) / 1_000_000;
    }

    private void warmUp(DefaultMQProducer producer) throws Exception {
        while (nowMs() < 2_000) {
            send(producer);
        }
        if (!windows.isEmpty() || open != null) {
            throw new Failure("sends failed before anything was killed: " + reasons);
        }
    }

    private void sendThroughIt(DefaultMQProducer producer) throws Exception {
        long killedMs = -1;
        while (true) {
            send(producer);
            if (killedMs < 0 && System.in.available() > 0) {
                killedMs = nowMs();
            }
            if (killedMs >= 0 && isOver(nowMs() - killedMs)) {
                return;
            }
        }
    }

    private boolean isOver(long sinceKillMs) {
        boolean calm = open == null && nowMs() - lastChangeMs > CALM_MS;
        return sinceKillMs > LIMIT_MS || calm && (!windows.isEmpty() || sinceKillMs > NO_FAILURE_MS);
    }

    private void send(DefaultMQProducer producer) throws InterruptedException {
        String body = "body-" + attempts++;
        long beforeMs = nowMs();
        try {
            SendResult result = producer.send(new Message(topic, Fixture.bytes(body)));
            if (result.getSendStatus() != SendStatus.SEND_OK) {
                throw new Failure(result.getSendStatus().toString());
            }
            acknowledged.add(body);
            succeeded();
        } catch (InterruptedException stopped) {
            throw stopped;
        } catch (Exception failed) {
            failed(beforeMs, failed);
            Thread.sleep(10);
        }
    }

    private void succeeded() {
        if (open != null) {
            open[1] = nowMs();
            windows.add(open);
            open = null;
            lastChangeMs = nowMs();
        }
    }

    private void failed(long beforeMs, Exception failure) {
        if (open == null) {
            open = new long[] {beforeMs, 0};
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String text = root.getMessage() == null ? root.toString() : root.getMessage();
        reasons.merge(text.replaceAll("[\\s\"\\\\]+", " ").replaceAll("\\d+", "N").replaceAll("(.{80}).*", "$1"), 1, Integer::sum);
    }

    /** How often each acknowledged body is in the queues. */
    private Map<String, Integer> countReadBack(String nameServer) throws Exception {
        Map<String, Integer> seen = new HashMap<>();
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer(topic + "-reader");
        consumer.setNamesrvAddr(nameServer);
        consumer.setInstanceName("reader");
        consumer.start();
        for (MessageQueue queue : consumer.fetchSubscribeMessageQueues(topic)) {
            long offset = consumer.minOffset(queue);
            for (long end = consumer.maxOffset(queue); offset < end;) {
                PullResult result = consumer.pull(queue, "*", offset, 32);
                if (result.getPullStatus() == PullStatus.FOUND) {
                    result.getMsgFoundList().forEach(message -> seen.merge(Collector.text(message), 1, Integer::sum));
                }
                offset = Math.max(offset, result.getNextBeginOffset());
            }
        }
        return seen;
    }

    private void report(Map<String, Integer> seen) {
        StringBuilder spans = new StringBuilder();
        for (long[] window : windows) {
            spans.append(spans.length() == 0 ? "" : ",").append(String.format(Locale.ROOT, "{\"fromMs\":%d,\"toMs\":%d}", window[0], window[1]));
        }
        StringBuilder why = new StringBuilder();
        reasons.forEach((text, count) -> why.append(why.length() == 0 ? "" : ",").append('"').append(text).append("\":").append(count));
        long lost = acknowledged.stream().filter(body -> !seen.containsKey(body)).count();
        long repeated = seen.values().stream().filter(times -> times > 1).count();
        System.out.println(String.format(Locale.ROOT,
            "{\"attempts\":%d,\"acknowledged\":%d,\"recovered\":%b,\"windows\":[%s],\"reasons\":{%s},\"lost\":%d,\"repeated\":%d}",
            attempts, acknowledged.size(), open == null, spans, why, lost, repeated));
    }
}
