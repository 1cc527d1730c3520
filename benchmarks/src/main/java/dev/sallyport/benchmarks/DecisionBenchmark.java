package dev.sallyport.benchmarks;

import dev.sallyport.access.AccessContext;
import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.PolicyDocument;
import dev.sallyport.access.PolicyEngine;
import dev.sallyport.access.PolicySet;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** How long a decision takes among many policies of which ten apply, against judging every one of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecisionBenchmark {

    private static final int APPLICABLE = 10;

    @Param({"10", "100", "1000", "10000"})
    public int policies;

    private List<PolicyDocument> all = List.of();
    private PolicySet set = Company.set(List.of());

    /** Also sees that both measure the same decision, and that it is about ten policies. */
    @Setup
    public void prepare() {
        all = Company.policies(policies);
        set = Company.set(all);
        var decided = decide();
        if (!decided.allowed() || !everyOne().allowed() || decided.policies().size() != APPLICABLE) {
            throw new IllegalStateException("not what was to be measured: " + decided);
        }
    }

    @Benchmark
    public AccessDecision decide() {
        return PolicyEngine.decide(set, request());
    }

    @Benchmark
    public AccessDecision everyOne() {
        return PolicyEngine.explain(all, request());
    }

    private static AccessContext request() {
        return Company.request();
    }

    /** Takes JMH's own options, and prints a table at the end. */
    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
        table(new Runner(new CommandLineOptions(arguments)).run());
    }

    // NB. Medians, since an average also measures what else the machine does.
    private static void table(Collection<RunResult> results) {
        var times = new TreeMap<Integer, double[]>();
        for (var result : results) {
            int count = Integer.parseInt(result.getParams().getParam("policies"));
            int column = result.getParams().getBenchmark().endsWith("decide") ? 0 : 1;
            times.computeIfAbsent(count, key -> new double[2])[column] =
                    result.getPrimaryResult().getStatistics().getPercentile(50);
        }
        System.out.println();
        System.out.println("| policies | decide, median µs | every one, median µs | ratio |");
        System.out.println("|---:|---:|---:|---:|");
        times.forEach((count, time) ->
                System.out.printf("| %,d | %.1f | %.1f | %.0f |%n", count, time[0], time[1], time[1] / time[0]));
    }
}
