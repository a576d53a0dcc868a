package ledgermq.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** What one check works with: names that no other check uses, clients that are closed behind it, and its assertions. */
public final class Fixture implements AutoCloseable {
    private static final AtomicInteger instances = new AtomicInteger();

    private final String nameServer;
    private final String prefix;
    private final Deque<Runnable> closers = new ArrayDeque<>();
    public final Recorder recorder = new Recorder();

    public Fixture(String nameServer, String prefix) {
        this.nameServer = nameServer;
        this.prefix = prefix;
    }

    /** A topic or group name of this check and this run alone. */
    public String unique(String label) {
        return prefix + "-" + label;
    }

    /** Every client is an instance of its own, as if it were alone in its process. */
    public <C extends ClientConfig> C configure(C client) {
        client.setNamesrvAddr(nameServer);
        client.setInstanceName(prefix + "-" + instances.incrementAndGet());
        return client;
    }

    public void onClose(Runnable closer) {
        closers.push(closer);
    }

    public DefaultMQProducer producer() throws Exception {
        DefaultMQProducer producer = configure(new DefaultMQProducer(unique("producer"), recorder));
        producer.start();
        onClose(producer::shutdown);
        return producer;
    }

    /** Reads from the first offset; the caller subscribes and starts it. */
    public DefaultMQPushConsumer pushConsumer(String group) {
        AllocateMessageQueueAveragely averagely = new AllocateMessageQueueAveragely();
        DefaultMQPushConsumer consumer = configure(new DefaultMQPushConsumer(group, recorder, averagely));
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        onClose(consumer::shutdown);
        return consumer;
    }

    /** A started push consumer that keeps what it gets. */
    public Collector consume(String group, String topic, String filter) throws Exception {
        Collector collector = new Collector();
        DefaultMQPushConsumer consumer = pushConsumer(group);
        consumer.subscribe(topic, filter);
        consumer.registerMessageListener(collector);
        consumer.start();
        return collector;
    }

    /**
     * Makes a group known before its members start, so that its retry topic has a route for them at once. (A client that comes
     * before that topic exists finds it by its route poll of 30 s and its rebalance of 20 s, whatever the servers do.)
     */
    public void introduceGroup(DefaultMQProducer producer, String group, String topic) throws Exception {
        Compatibility.createTopic(producer, topic, 4);
        DefaultMQPushConsumer herald = pushConsumer(group);
        herald.subscribe(topic, "*");
        herald.registerMessageListener(new Collector());
        herald.start();
        await("a route of the group's retry topic to every master", 40_000, () -> mastersOf(producer, "%RETRY%" + group) == Settings.MASTERS);
        herald.shutdown();
    }

    /** On how many masters a topic is, as the name server tells it. */
    public static long mastersOf(DefaultMQProducer producer, String topic) {
        try {
            return producer.fetchPublishMessageQueues(topic).stream().map(MessageQueue::getBrokerName).distinct().count();
        } catch (Exception notYet) {
            return 0;
        }
    }

    public DefaultLitePullConsumer litePullConsumer(String group) {
        DefaultLitePullConsumer consumer = configure(new DefaultLitePullConsumer(group));
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        onClose(consumer::shutdown);
        return consumer;
    }

    /**
     * A topic of this check alone, to be created by the first send. Of several masters each is told to create it before: a client that creates a topic by a send
     * goes on with the first of them until its route poll of 30 s.
     */
    public String topic(DefaultMQProducer producer, String label) throws Exception {
        String topic = unique(label);
        if (Settings.MASTERS > 1) {
            Compatibility.createTopic(producer, topic, 4);
            await("a route of " + topic + " to every master", 40_000, () -> mastersOf(producer, topic) == Settings.MASTERS);
        }
        return topic;
    }

    public List<SendResult> send(DefaultMQProducer producer, String topic, String tag, String body, int count) throws Exception {
        List<SendResult> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            results.add(sendOk(producer, new Message(topic, tag, bytes(body + i))));
        }
        return results;
    }

    public SendResult sendOk(DefaultMQProducer producer, Message message) throws Exception {
        SendResult result = producer.send(message, 20_000);
        expectEqual("send status", SendStatus.SEND_OK, result.getSendStatus());
        return result;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static void expect(String what, boolean holds) {
        if (!holds) {
            throw new Failure("does not hold: " + what);
        }
    }

    public static void expectEqual(String what, Object expected, Object seen) {
        if (!Objects.equals(expected, seen)) {
            throw new Failure(what + ": expected " + expected + ", saw " + seen);
        }
    }

    public static void expectWithin(String what, long least, long most, long seen) {
        if (seen < least || seen > most) {
            throw new Failure(what + ": expected " + least + " to " + most + ", saw " + seen);
        }
    }

    public static void await(String what, long timeoutMs, BooleanSupplier condition) throws InterruptedException {
        if (!holdsWithin(timeoutMs, condition)) {
            throw new Failure("waited " + timeoutMs + " ms for " + what);
        }
    }

    /** True as soon as the condition holds, false when it does not within this time. */
    public static boolean holdsWithin(long timeoutMs, BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + timeoutMs * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > endNs) {
                return false;
            }
            Thread.sleep(10);
        }
        return true;
    }

    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
