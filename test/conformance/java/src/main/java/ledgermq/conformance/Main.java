package ledgermq.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import ledgermq.conformance.check.AutoCreatedTopics;
import ledgermq.conformance.check.Broadcasting;
import ledgermq.conformance.check.ConsumerRestart;
import ledgermq.conformance.check.DeadLetters;
import ledgermq.conformance.check.DelayLevels;
import ledgermq.conformance.check.LargeBodies;
import ledgermq.conformance.check.LitePull;
import ledgermq.conformance.check.LongPolling;
import ledgermq.conformance.check.Properties;
import ledgermq.conformance.check.Pull;
import ledgermq.conformance.check.Queries;
import ledgermq.conformance.check.Quickstart;
import ledgermq.conformance.check.Rebalance;
import ledgermq.conformance.check.Retry;
import ledgermq.conformance.check.SendKinds;
import ledgermq.conformance.check.TagFilter;

/**
 * Runs checks side by side and prints one line of TAP for each.
 * Arguments: name server address, run id (letters and digits), then names of checks (none = all).
 */
public final class Main {
    private static final int PARALLEL = 4;
    private static final int TIMEOUT_SECONDS = 120;

    private static final List<Check> CHECKS = List.of(
        new Retry(), new Rebalance(), new DelayLevels(), new DeadLetters(), new ConsumerRestart(), new Quickstart(),
        new SendKinds(), new TagFilter(), new Broadcasting(), new Pull(), new LitePull(), new LongPolling(),
        new Queries(), new LargeBodies(), new Properties(), new AutoCreatedTopics());

    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        String nameServer = arguments[0];
        String run = arguments[1];
        List<Check> chosen = choose(Arrays.asList(arguments).subList(2, arguments.length));
        System.out.println("1.." + chosen.size());
        ExecutorService pool = Executors.newFixedThreadPool(PARALLEL);
        List<Future<Boolean>> outcomes = new ArrayList<>();
        for (Check check : chosen) {
            outcomes.add(pool.submit(() -> report(nameServer, run, check)));
        }
        boolean passed = true;
        for (Future<Boolean> outcome : outcomes) {
            passed &= outcome.get();
        }
        // The clients leave threads behind that are no daemons.
        System.exit(passed ? 0 : 1);
    }

    private static List<Check> choose(List<String> names) {
        List<String> known = CHECKS.stream().map(Check::name).collect(Collectors.toList());
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("no check is called " + name + "; there are " + known);
            }
        }
        return CHECKS.stream().filter(check -> names.isEmpty() || names.contains(check.name())).collect(Collectors.toList());
    }

    private static boolean report(String nameServer, String run, Check check) {
        long startNs = System.nanoTime();
        Throwable failure = bounded(nameServer, run, check);
        long tookMs = (System.nanoTime() - startNs) / 1_000_000;
        String line = (failure == null ? "ok - " : "not ok - ") + check.name() + " # " + tookMs + " ms";
        synchronized (System.out) {
            System.out.println(line);
            if (failure != null) {
                explain(failure);
            }
        }
        return failure == null;
    }

    private static Throwable bounded(String nameServer, String run, Check check) {
        ExecutorService single = Executors.newSingleThreadExecutor();
        try {
            single.submit(() -> {
                try (Fixture fixture = new Fixture(nameServer, check.name() + "-" + run)) {
                    check.run(fixture);
                }
                return null;
            }).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return null;
        } catch (TimeoutException late) {
            return new Failure("not finished after " + TIMEOUT_SECONDS + " s");
        } catch (Exception failed) {
            return failed.getCause() == null ? failed : failed.getCause();
        } finally {
            single.shutdownNow();
        }
    }

    private static void explain(Throwable failure) {
        String text = failure instanceof Failure ? failure.getMessage() : failure.toString();
        System.out.println("# " + text.replace("\n", "\n# "));
        if (failure instanceof Failure) {
            return;
        }
        Arrays.stream(failure.getStackTrace()).limit(12).forEach(frame -> System.out.println("#   at " + frame));
        if (failure.getCause() != null) {
            explain(failure.getCause());
        }
    }
}
