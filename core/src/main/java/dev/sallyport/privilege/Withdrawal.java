package dev.sallyport.privilege;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes somebody out of those who may ask for a privilege by their own name. What is left never admits more than before.
 *
 * @param usernames what they are called, and were called
 */
public record Withdrawal(Set<String> usernames, Instant now) {

    public Privilege from(Privilege privilege) {
        return new Privilege(
                privilege.name(),
                privilege.displayName(),
                privilege.mode(),
                privilege.grants(),
                from(privilege.eligible()),
                privilege.incompatibleWith(),
                privilege.activation(),
                privilege.approval(),
                privilege.emergency().flatMap(this::from),
                privilege.endSessions());
    }

    // NB. Where nobody is named everybody is eligible for whom the expression holds: who is the last one stays named,
    // and
    // nobody is eligible any more.
    private Eligibility from(Eligibility eligible) {
        var users = without(eligible.users());
        if (users.size() == eligible.users().size()) return eligible;
        if (users.isEmpty() && eligible.groups().isEmpty() && eligible.roles().isEmpty()) {
            var end = eligible.until().filter(now::isAfter).orElse(now);
            return new Eligibility(
                    eligible.users(), eligible.groups(), eligible.roles(), eligible.expression(), Optional.of(end));
        }
        return new Eligibility(users, eligible.groups(), eligible.roles(), eligible.expression(), eligible.until());
    }

    private Optional<Emergency> from(Emergency emergency) {
        var people = emergency.eligible();
        var left = new People(without(people.users()), people.groups(), people.roles());
        return left.nobody()
                ? Optional.empty()
                : Optional.of(new Emergency(left, emergency.maxDuration(), emergency.perDay(), emergency.officers()));
    }

    private List<String> without(List<String> users) {
        return users.stream()
                .filter(name -> usernames.stream().noneMatch(name::equalsIgnoreCase))
                .toList();
    }
}
