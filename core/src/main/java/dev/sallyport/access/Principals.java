package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.logic.Truth;
import java.util.List;
import java.util.Locale;

/**
 * Users named by what they are.
 *
 * @param users usernames, in any case
 * @param groups paths such as {@code /finance}; sub-groups match
 * @param roles {@code role} or {@code client.role}, composites included
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Principals(List<String> users, List<String> groups, List<String> roles) {

    public Principals {
        users = names("users", users);
        groups = paths("groups", groups);
        roles = names("roles", roles);
    }

    /** As {@link #names}, of groups by their paths. */
    public static List<String> paths(String field, List<String> paths) {
        var named = names(field, paths);
        for (int i = 0; i < named.size(); i++) {
            if (!isPath(named.get(i))) {
                throw new DocumentFault(field + "[" + i + "]", "must be a path that starts with /");
            }
        }
        return named;
    }

    public static boolean isPath(String group) {
        return group.startsWith("/");
    }

    /** @throws DocumentFault if one of them is empty */
    public static List<String> names(String field, List<String> names) {
        if (names == null) return List.of();
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i) == null || names.get(i).isBlank()) {
                throw new DocumentFault(field + "[" + i + "]", "must not be empty");
            }
        }
        return List.copyOf(names);
    }

    @JsonIgnore
    public boolean nobody() {
        return users.isEmpty() && groups.isEmpty() && roles.isEmpty();
    }

    /** Whether an entry names the subject. What cannot be read names nobody. */
    public boolean name(Subject subject) {
        return match(subject).named();
    }

    Match match(Subject subject) {
        var username = comparable(subject.username());
        boolean named = users.stream().anyMatch(user -> comparable(user).equals(username));
        int readable = users.size();
        boolean unreadable = false;
        for (var group : groups) {
            var member = subject.memberOf(group);
            if (member == Truth.UNKNOWN) unreadable = true;
            else readable++;
            named |= member == Truth.YES;
        }
        for (var role : roles) {
            var holds = subject.holds(role);
            if (holds == Truth.UNKNOWN) unreadable = true;
            else readable++;
            named |= holds == Truth.YES;
        }
        return new Match(named, readable > 0, unreadable);
    }

    /**
     * A username as Keycloak compares it. {@code equalsIgnoreCase} would also take the long s for an s and the dotless i
     * for an i, so that whoever registers such a name would be excused with the user that it looks like.
     */
    static String comparable(String username) {
        return username.toLowerCase(Locale.ROOT);
    }

    /**
     * @param named whether a readable entry names the subject
     * @param readable whether any entry could be read
     * @param unreadable whether any entry names something that the realm does not have
     */
    record Match(boolean named, boolean readable, boolean unreadable) {}
}
