package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.Subject;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.expression.Expression;
import dev.sallyport.logic.Truth;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may ask. It is judged whenever it matters and never copied, so that joiners and leavers follow by themselves. What is
 * unknown makes nobody eligible.
 *
 * @param users usernames; with {@code groups} and {@code roles}, any of them will do
 * @param expression what must hold besides, or alone where nobody is named
 * @param until the first moment at which nobody is eligible any more
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Eligibility(
        List<String> users,
        List<String> groups,
        List<String> roles,
        Optional<Expression> expression,
        Optional<Instant> until) {

    // NB. A sweep that looks for those who lost it has no request of the user, and what only a request tells would be
    // unknown there.
    private static final Set<String> FACTS = Set.of("user", "time");

    public Eligibility {
        var named = new People(users, groups, roles);
        users = named.users();
        groups = named.groups();
        roles = named.roles();
        if (named.nobody() && expression.isEmpty()) {
            throw new DocumentFault("", "must name a user, a group or a role, or have an expression");
        }
        expression.ifPresent(asked -> {
            var others = new TreeSet<>(asked.facts());
            others.removeAll(FACTS);
            if (!others.isEmpty()) {
                throw new DocumentFault(
                        "expression", "can ask for user and time only, not for " + String.join(", ", others));
            }
        });
    }

    /** Whether they may ask now. */
    public boolean admits(Subject subject, Instant now) {
        if (until.filter(end -> !now.isBefore(end)).isPresent()) return false;
        var people = people();
        if (!people.nobody() && !people.include(subject)) return false;
        return expression.map(asked -> holds(asked, subject, now)).orElse(true);
    }

    /**
     * Whether they may ask now, or it is not known that they may not. For what has to hold for everybody who might; who may
     * ask is what {@link #admits} says.
     */
    public boolean mayAdmit(Subject subject, Instant now) {
        if (until.filter(end -> !now.isBefore(end)).isPresent()) return false;
        var people = people();
        if (!people.nobody() && !people.include(subject)) return false;
        return expression
                .map(asked -> asked.userAttributes().stream().anyMatch(subject::mayEdit)
                        || asked.evaluate(new SubjectFacts(subject, now)) != Truth.NO)
                .orElse(true);
    }

    // NB. Attributes that users can edit are refused on saving, but the user profile may have changed since.
    private static boolean holds(Expression asked, Subject subject, Instant now) {
        return asked.userAttributes().stream().noneMatch(subject::mayEdit)
                && asked.evaluate(new SubjectFacts(subject, now)) == Truth.YES;
    }

    @JsonIgnore
    public People people() {
        return new People(users, groups, roles);
    }
}
