package ledgermq.conformance;

import java.lang.reflect.Method;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** The few calls whose signature differs between the client's versions. */
public final class Compatibility {
    private Compatibility() {
    }

    /** 4.9 has (key, topic, queues), 5.x has (key, topic, queues, attributes). */
    public static void createTopic(DefaultMQProducer producer, String topic, int queues) throws Exception {
        for (Method method : DefaultMQProducer.class.getMethods()) {
            if (!method.getName().equals("createTopic")) {
                continue;
            }
            Class<?>[] types = method.getParameterTypes();
            if (types.length == 3) {
                method.invoke(producer, "TBW102", topic, queues);
                return;
            }
            if (types.length == 4 && types[3] == Map.class) {
                method.invoke(producer, "TBW102", topic, queues, Map.of());
                return;
            }
        }
        throw new IllegalStateException("this client has no createTopic that we know");
    }

    /** The enum of the message models has moved to another package. */
    public static void broadcast(DefaultMQPushConsumer consumer) throws Exception {
        for (Method method : DefaultMQPushConsumer.class.getMethods()) {
            if (!method.getName().equals("setMessageModel")) {
                continue;
            }
            for (Object model : method.getParameterTypes()[0].getEnumConstants()) {
                if (model.toString().equals("BROADCASTING")) {
                    method.invoke(consumer, model);
                    return;
                }
            }
        }
        throw new IllegalStateException("this client has no setMessageModel that we know");
    }
}
