package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.Quorum;
import dev.sallyport.elevation.Vote;
import dev.sallyport.logic.Truth;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.Privilege;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.UserModel;

/**
 * Whose word counts about an elevation: approvers when it was requested who are approvers now, and who stands in for them.
 */
record Voters(Registry registry, Elevation elevation, Privilege privilege, Set<String> named) {

    static Voters about(Registry registry, Elevation elevation, Privilege privilege) {
        return new Voters(registry, elevation, privilege, registry.store().approvers(elevation.id()));
    }

    /** Whether the user is one in their own right; whoever edited the privilege last is, but must not act as one. */
    boolean approver(UserModel user) {
        return named.contains(user.getId())
                && !user.getId().equals(elevation.requester())
                && Roster.person(user)
                && privilege
                        .approval()
                        .filter(rule -> rule.approvers().include(registry.subject(user)))
                        .isPresent();
    }

    /** Whether the user's word counts now. */
    private boolean stands(UserModel user) {
        return approver(user)
                && !registry.editor(user.getId(), privilege)
                && !registry.locked(user.getId(), Set.of(), Optional.empty());
    }

    /**
     * The ids of the approvers for whom the user may stand in. Those who have voted come last.
     *
     * <p>NB. A stand-in's own stand-in is nobody's: only approvers in their own right have a duty to hand over.
     */
    List<String> principals(UserModel user) {
        var now = registry.now();
        boolean may = Roster.person(user)
                && !user.getId().equals(elevation.requester())
                && privilege
                        .approval()
                        .flatMap(Approval::delegates)
                        .filter(people -> people.include(registry.subject(user)))
                        .isPresent();
        if (!may) return List.of();
        return new Delegations(registry)
                .to(user.getId()).stream()
                        .filter(delegation -> delegation.covers(privilege.name(), now))
                        .map(delegation -> delegation.approver())
                        .distinct()
                        .filter(id -> registry.user(id).filter(this::stands).isPresent())
                        .sorted((one, other) -> Boolean.compare(heard(one), heard(other)))
                        .toList();
    }

    private boolean heard(String userId) {
        return elevation.approvals().stream().anyMatch(vote -> vote.involves(userId));
    }

    /** When enough have agreed, with that vote among theirs. */
    Quorum quorum(Approval approval, Vote vote) {
        var standing = Stream.concat(elevation.approvals().stream(), Stream.of(vote))
                .map(Vote::principal)
                .distinct()
                .flatMap(id -> registry.user(id).stream())
                .filter(this::stands)
                .toList();
        Map<String, Set<String>> members = new HashMap<>();
        for (var group : approval.atLeast().keySet()) {
            members.put(
                    group,
                    standing.stream()
                            .filter(user -> registry.subject(user).memberOf(group) == Truth.YES)
                            .map(UserModel::getId)
                            .collect(Collectors.toUnmodifiableSet()));
        }
        var ids = standing.stream().map(UserModel::getId).collect(Collectors.toUnmodifiableSet());
        return new Quorum(approval.count(), approval.atLeast(), ids, members);
    }
}
