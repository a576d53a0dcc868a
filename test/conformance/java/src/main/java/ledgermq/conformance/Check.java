package ledgermq.conformance;

/** One claim about the servers, proved with the published client. It fails by throwing. */
public interface Check {
    void run(Fixture fixture) throws Exception;

    /** How a report calls it: the class name in kebab case. */
    default String name() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase();
    }
}
