package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import java.util.List;
import java.util.Optional;

/**
 * To whom a policy applies. Absent users or clients mean all of them.
 *
 * @param users the people and service accounts
 * @param clients the applications: the one that asks, or any in the audience of the token
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Assignments(Optional<Users> users, Optional<Clients> clients) {

    public static Assignments everything() {
        return new Assignments(Optional.empty(), Optional.empty());
    }

    /** @param all may be written out to say that an absent {@code include} is meant */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Users(Optional<Boolean> all, Optional<Principals> include, Optional<Principals> exclude) {

        public Users {
            if (include.filter(Principals::nobody).isPresent()) {
                throw new DocumentFault("include", "must name a user, a group or a role");
            }
            if (all.orElse(false) && include.isPresent()) {
                throw new DocumentFault("include", "must be absent when all is true");
            }
            if (!all.orElse(true) && include.isEmpty()) {
                throw new DocumentFault("include", "is required when all is false");
            }
        }
    }

    /** As {@link Users}, by client id. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Clients(Optional<Boolean> all, List<String> include, List<String> exclude) {

        public Clients {
            boolean named = include != null;
            include = Principals.names("include", include);
            exclude = Principals.names("exclude", exclude);
            if (named && include.isEmpty()) throw new DocumentFault("include", "must name a client");
            if (all.orElse(false) && named) {
                throw new DocumentFault("include", "must be absent when all is true");
            }
            if (!all.orElse(true) && !named) {
                throw new DocumentFault("include", "is required when all is false");
            }
        }
    }

    /** Whether the policy names the client that asks or one that the token reaches, rather than applying to all. */
    boolean nameClient(AccessContext context) {
        return clients.map(named -> named.include().stream().anyMatch(context::concerns))
                .orElse(false);
    }

    /** Asks who before where, and where only if it still matters. */
    Reach reach(AccessContext context) {
        var who = users.map(named -> users(named, context.subject())).orElse(Reach.ALL);
        if (who.firstUnmet().isPresent()) return who;
        var where = clients.map(named -> clients(named, context)).orElse(Reach.ALL);
        return new Reach(where.firstUnmet(), who.broken() || where.broken());
    }

    private static Reach users(Users named, Subject subject) {
        var excluded = named.exclude().map(principals -> principals.match(subject));
        var included = named.include().map(principals -> principals.match(subject));
        boolean broken = excluded.map(Principals.Match::unreadable).orElse(false)
                || included.map(Principals.Match::unreadable).orElse(false);
        // NB. When no entry can be read nobody knows whom the policy was for, so it is for everybody.
        boolean in = included.map(match -> match.named() || !match.readable()).orElse(true);
        boolean out = excluded.map(Principals.Match::named).orElse(false);
        return new Reach(in && !out ? Optional.empty() : Optional.of("assignments.users"), broken);
    }

    private static Reach clients(Clients named, AccessContext context) {
        var exists = context.clientExists();
        boolean included = named.include().stream().anyMatch(context::concerns);
        boolean in = included || named.include().stream().noneMatch(exists);
        // NB. Only the client that asks can be excused, and not from a policy about a client that its token reaches:
        // otherwise a token would be excused by asking for one more audience.
        boolean out = named.exclude().contains(context.client())
                && named.include().stream().noneMatch(context.audience()::contains);
        if (!in || out) return new Reach(Optional.of("assignments.clients"), false);
        boolean broken = !named.include().stream().allMatch(exists)
                || !named.exclude().stream().allMatch(exists);
        return new Reach(Optional.empty(), broken);
    }

    /**
     * @param firstUnmet the first assignment that keeps the policy from applying; empty when it applies
     * @param broken whether an assignment of a policy that applies names something that the realm does not have
     */
    record Reach(Optional<String> firstUnmet, boolean broken) {

        static final Reach ALL = new Reach(Optional.empty(), false);
    }
}
