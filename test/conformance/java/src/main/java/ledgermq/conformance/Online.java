package ledgermq.conformance;

/**
 * Keeps one push consumer online, for commands that look at connections, until standard input ends.
 * Arguments: name server address, topic, group.
 */
public final class Online {
    private Online() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Fixture fixture = new Fixture(arguments[0], "online")) {
            Collector collector = fixture.consume(arguments[2], arguments[1], "*");
            Fixture.await("a message", 30_000, () -> collector.size() > 0);
            System.out.println("READY");
            while (System.in.read() >= 0) {
                // Only the end matters.
            }
        }
        System.exit(0);
    }
}
