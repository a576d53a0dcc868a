package ledgermq.conformance;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.SerializeType;

/** Notes the codes and header serializations that a client really used, so that no check passes on a mode that was never on. */
public final class Recorder implements RPCHook {
    private final ConcurrentSkipListMap<Integer, LongAdder> counts = new ConcurrentSkipListMap<>();
    public final Set<SerializeType> serializations = new ConcurrentSkipListSet<>();

    /** The client also shows its hooks the requests that a broker sends to it. */
    private static final Set<Integer> INCOMING = Set.of(39, 40, 220, 221, 307, 309);

    @Override
    public void doBeforeRequest(String address, RemotingCommand request) {
        if (INCOMING.contains(request.getCode())) {
            return;
        }
        counts.computeIfAbsent(request.getCode(), code -> new LongAdder()).increment();
        serializations.add(request.getSerializeTypeCurrentRPC());
    }

    public Set<Integer> codes() {
        return counts.keySet();
    }

    /** How many requests with this code have left. */
    public long count(int code) {
        LongAdder count = counts.get(code);
        return count == null ? 0 : count.sum();
    }

    @Override
    public void doAfterResponse(String address, RemotingCommand request, RemotingCommand response) {
        // Only requests are of interest.
    }
}
