package ledgermq.conformance;

import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.SerializeType;

/** How this process was told to speak, by the client's own system properties. */
public final class Settings {
    /** The name that 4.9.5 and 5.3.3 read; false sends code 10 with long field names instead of 310. */
    private static final String SMART = "org.apache.rocketmq.client.sendSmartMsg";

    /** How many masters the cluster has: each has the queues of a topic. */
    public static final int MASTERS = Integer.getInteger("ledgermq.masters", 1);

    private Settings() {
    }

    public static int singleSendCode() {
        return Boolean.parseBoolean(System.getProperty(SMART, "true")) ? 310 : 10;
    }

    public static SerializeType serialization() {
        return RemotingCommand.getSerializeTypeConfigInThisServer();
    }
}
