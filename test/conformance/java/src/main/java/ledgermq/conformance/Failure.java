package ledgermq.conformance;

/** What was expected did not happen; the message says what was seen instead. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Failure(String message) {
        super(message);
    }
}
