package dev.sallyport.access.realm;

import dev.sallyport.access.Directory;
import dev.sallyport.access.PolicyDocument;
import dev.sallyport.access.PolicySet;
import java.time.Duration;
import java.util.List;

/**
 * The policies of one version of a realm. Their index is made anew as soon as this node may have removed a client or group,
 * and every few seconds for what other nodes, or storage extensions, removed.
 */
final class RealmPolicies {

    private static final long LIFE = Duration.ofSeconds(5).toNanos();

    private final List<PolicyDocument> policies;
    private volatile Indexed latest;

    private record Indexed(PolicySet set, long changes, long at) {

        // NB. Counted before it is looked up: what changes meanwhile makes this index an old one.
        static Indexed now(List<PolicyDocument> policies, Directory directory) {
            long changes = RealmDirectory.changes();
            return new Indexed(PolicySet.of(policies, directory), changes, System.nanoTime());
        }

        boolean current() {
            return changes == RealmDirectory.changes() && System.nanoTime() - at < LIFE;
        }
    }

    RealmPolicies(List<PolicyDocument> policies, Directory directory) {
        this.policies = List.copyOf(policies);
        this.latest = Indexed.now(this.policies, directory);
    }

    PolicySet set(Directory directory) {
        var indexed = latest;
        if (!indexed.current()) {
            indexed = Indexed.now(policies, directory);
            latest = indexed;
        }
        return indexed.set();
    }
}
