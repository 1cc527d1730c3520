package dev.sallyport.benchmarks.nodes;

import dev.sallyport.it.harness.RestApi;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What auditors and administrators ask of a log, and an act that adds to it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LongLog {

    private RestApi api;
    private int size;
    private Instant oldest;

    @Setup
    public void find() {
        api = AuditVolume.realm(RecordedRefresh.Kind.RECORDED).api();
        size = AuditVolume.size();
        oldest = AuditVolume.oldest();
    }

    @Benchmark
    public String newest() {
        return get("/audit/entries");
    }

    @Benchmark
    public String rareType() {
        return get("/audit/entries?type=" + AuditVolume.RARE);
    }

    @Benchmark
    public String rareTypes() {
        return get("/audit/entries?type=" + AuditVolume.RARE.replaceFirst("\\..*", "."));
    }

    @Benchmark
    public String commonTypes() {
        return get("/audit/entries?type=session.");
    }

    /** Those before some moment between the oldest entry and now. */
    @Benchmark
    public String before() {
        var now = Instant.now();
        var moment = ThreadLocalRandom.current().nextLong(oldest.toEpochMilli(), now.toEpochMilli());
        return get("/audit/entries?to=" + Instant.ofEpochMilli(moment));
    }

    /** The last page of all, by counting. */
    @Benchmark
    public String farBack() {
        return get("/audit/entries?first=" + (size - 100));
    }

    @Benchmark
    public String proof() {
        return get("/audit/proof/inclusion?treeSize=" + size + "&leafIndex="
                + ThreadLocalRandom.current().nextInt(size));
    }

    @Benchmark
    public String consistency() {
        return get("/audit/proof/consistency?to=" + size + "&from="
                + ThreadLocalRandom.current().nextInt(size));
    }

    @Benchmark
    public String act() {
        return api.post("/devices", "{\"id\":\"" + UUID.randomUUID() + "\"}")
                .expect(201)
                .text();
    }

    private String get(String path) {
        return api.get(path).expect(200).text();
    }
}
