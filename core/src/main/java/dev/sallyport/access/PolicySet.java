package dev.sallyport.access;

import dev.sallyport.access.PolicyDocument.State;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The policies of a realm, with an index over the clients and people that they name, so that a decision costs what the
 * policies cost that may apply, and not what all of them would.
 *
 * <p>A policy that names only what the realm does not have is for everybody, so the index depends on what the realm had
 * when the set was made. What was made since then hides no policy: one that names a client is found by that very name,
 * whether the realm had it or not, and one that names a group which the realm did not have is looked at for everybody.
 * What was removed since then hides a policy only from those whom it did not name, until there is a new set.
 */
public final class PolicySet {

    private final List<PolicyDocument> policies;
    private final Index clients = new Index();
    private final Index users = new Index();
    private final Index groups = new Index();

    private PolicySet(List<? extends PolicyDocument> policies, Directory directory) {
        this.policies = List.copyOf(policies);
        for (int i = 0; i < this.policies.size(); i++) {
            if (this.policies.get(i).state() == State.DISABLED) continue;
            var assignments = this.policies.get(i).assignments().orElse(Assignments.everything());
            addClients(i, assignments, directory);
            addPeople(i, assignments, directory);
        }
    }

    /** @param policies in the order in which decisions shall list them */
    public static PolicySet of(List<? extends PolicyDocument> policies, Directory directory) {
        return new PolicySet(policies, directory);
    }

    private void addClients(int policy, Assignments assignments, Directory directory) {
        var include = assignments.clients().map(Assignments.Clients::include).orElse(List.of());
        if (include.stream().noneMatch(directory::hasClient)) clients.always.set(policy);
        else include.forEach(clientId -> clients.add(clientId, policy));
    }

    private void addPeople(int policy, Assignments assignments, Directory directory) {
        var include = assignments.users().flatMap(Assignments.Users::include);
        var paths = include.map(Principals::groups).orElse(List.of()).stream()
                .map(directory::groupPath)
                .toList();
        // NB. What roles somebody has is costly to list and cheap to ask for one by one.
        boolean anybody = include.map(named -> !named.roles().isEmpty()).orElse(true);
        if (anybody || paths.stream().anyMatch(Optional::isEmpty)) {
            users.always.set(policy);
            return;
        }
        include.get().users().forEach(user -> users.add(Principals.comparable(user), policy));
        paths.forEach(path -> groups.add(path.get(), policy));
    }

    /** All but those that do not apply because of their assignments, in their order, and perhaps some of these. */
    List<PolicyDocument> candidates(AccessContext context) {
        try {
            var subject = context.subject();
            var meant = users.about(List.of(Principals.comparable(subject.username())));
            if (!groups.isEmpty()) meant.or(groups.about(subject.groups()));
            var reached = clients.about(List.of(context.client()));
            reached.or(clients.about(context.audience()));
            meant.and(reached);
            return meant.stream().mapToObj(policies::get).toList();
        } catch (RuntimeException e) {
            // NB. Nobody knows who asks, so all are judged, and those that need to know it will not be satisfied.
            return policies;
        }
    }

    /** Policies by what they name, as positions. One too many is judged in vain; one too few would be a hole. */
    private static final class Index {

        private final BitSet always = new BitSet();
        private final Map<String, List<Integer>> named = new HashMap<>();

        void add(String name, int policy) {
            named.computeIfAbsent(name, key -> new ArrayList<>()).add(policy);
        }

        boolean isEmpty() {
            return named.isEmpty();
        }

        BitSet about(Collection<String> names) {
            var found = new BitSet();
            // NB. Not a clone: cloning trims the original, which other threads are reading.
            found.or(always);
            for (var name : names) named.getOrDefault(name, List.of()).forEach(found::set);
            return found;
        }
    }
}
