package dev.sallyport.elevation;

import dev.sallyport.elevation.Vote.Decision;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When enough people have agreed.
 *
 * @param count how many distinct people
 * @param atLeast how many of them must be in a group, by the group's path
 * @param standing the ids of those whose approval counts: approvers when the request was made, and approvers now
 * @param members who of them is in a group, by the group's path
 */
public record Quorum(int count, Map<String, Integer> atLeast, Set<String> standing, Map<String, Set<String>> members) {

    public Quorum {
        atLeast = Map.copyOf(atLeast);
        standing = Set.copyOf(standing);
        members = Map.copyOf(members);
    }

    boolean reached(List<Vote> votes) {
        var agreed = votes.stream()
                .filter(vote -> vote.decision() == Decision.APPROVED)
                .filter(vote -> standing.contains(vote.principal()))
                .map(Vote::principal)
                .distinct()
                .toList();
        return agreed.size() >= count
                && atLeast.entrySet().stream().allMatch(group -> {
                    var in = members.getOrDefault(group.getKey(), Set.of());
                    return agreed.stream().filter(in::contains).count() >= group.getValue();
                });
    }
}
