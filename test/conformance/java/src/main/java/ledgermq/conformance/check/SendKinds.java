package ledgermq.conformance.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ledgermq.conformance.Check;
import ledgermq.conformance.Collector;
import ledgermq.conformance.Fixture;
import ledgermq.conformance.Settings;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/** Sync, to a chosen queue, async, oneway and batch: all arrive once, sent with the codes and header format that were asked for. */
public final class SendKinds implements Check {
    private static final int EACH = 20;

    @Override
    public void run(Fixture fixture) throws Exception {
        DefaultMQProducer producer = fixture.producer();
        String topic = fixture.topic(producer, "topic");
        fixture.send(producer, topic, "sync", "sync-", EACH);
        selected(producer, topic);
        async(producer, topic);
        for (int i = 0; i < EACH; i++) {
            producer.sendOneway(new Message(topic, "oneway", Fixture.bytes("oneway-" + i)));
        }
        batch(producer, topic);

        Collector collector = fixture.consume(fixture.unique("consumer"), topic, "*");
        collector.awaitExactly(5 * EACH);
        List<String> expected = new ArrayList<>();
        for (String kind : List.of("sync-", "selected-", "async-", "oneway-", "batch-")) {
            IntStream.range(0, EACH).forEach(i -> expected.add(kind + i));
        }
        Fixture.expectEqual("bodies", expected.stream().sorted().collect(Collectors.toList()), collector.bodies());
        collector.deliveries().stream().filter(message -> "selected".equals(message.getTags()))
            .forEach(message -> Fixture.expectEqual("chosen queue", 2, message.getQueueId()));
        expectModes(fixture);
    }

    private static void selected(DefaultMQProducer producer, String topic) throws Exception {
        for (int i = 0; i < EACH; i++) {
            Message message = new Message(topic, "selected", Fixture.bytes("selected-" + i));
            SendResult result = producer.send(message, (queues, ignored, id) -> queueOf(queues, (Integer) id), 2);
            Fixture.expectEqual("queue of the answer", 2, result.getMessageQueue().getQueueId());
        }
    }

    private static MessageQueue queueOf(List<MessageQueue> queues, int id) {
        return queues.stream().filter(queue -> queue.getQueueId() == id).findFirst().orElseThrow();
    }

    private static void async(DefaultMQProducer producer, String topic) throws Exception {
        List<CompletableFuture<SendResult>> futures = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            CompletableFuture<SendResult> future = new CompletableFuture<>();
            futures.add(future);
            producer.send(new Message(topic, "async", Fixture.bytes("async-" + i)), new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    future.complete(result);
                }

                @Override
                public void onException(Throwable failure) {
                    future.completeExceptionally(failure);
                }
            });
        }
        for (CompletableFuture<SendResult> future : futures) {
            Fixture.expectEqual("async status", SendStatus.SEND_OK, future.get(20, TimeUnit.SECONDS).getSendStatus());
        }
    }

    private static void batch(DefaultMQProducer producer, String topic) throws Exception {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            messages.add(new Message(topic, "batch", Fixture.bytes("batch-" + i)));
        }
        SendResult result = producer.send(messages);
        Fixture.expectEqual("batch status", SendStatus.SEND_OK, result.getSendStatus());
        Fixture.expectEqual("ids of the batch", EACH, result.getMsgId().split(",").length);
        Fixture.expectEqual("offset ids of the batch", EACH, result.getOffsetMsgId().split(",").length);
    }

    private static void expectModes(Fixture fixture) {
        Set<Integer> sends = fixture.recorder.codes().stream().filter(code -> Set.of(10, 310, 320).contains(code)).collect(Collectors.toSet());
        Fixture.expectEqual("codes of the sends", Set.of(Settings.singleSendCode(), 320), sends);
        Fixture.expectEqual("serializations", Set.of(Settings.serialization()), fixture.recorder.serializations);
    }
}
