package dev.sallyport.rest;

import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.elevation.realm.ElevationHistory;
import dev.sallyport.elevation.realm.ElevationHistory.LastUse;
import dev.sallyport.elevation.realm.ElevationHistory.Use;
import dev.sallyport.elevation.realm.PrivilegedUsers;
import dev.sallyport.elevation.realm.PrivilegedUsers.Standing;
import dev.sallyport.privilege.realm.StandingPrivileges;
import dev.sallyport.privilege.realm.StandingPrivileges.Holding;
import dev.sallyport.privilege.realm.StandingPrivileges.Source;
import dev.sallyport.risk.realm.LastSignIn;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Reports about who may have privilege, as it is now. */
final class PrivilegeReports {

    private PrivilegeReports() {}

    /** Who holds privileged roles for good. */
    static Report standing() {
        return new Report(
                "standing-privileges",
                List.of("user", "role", "group", "composite", "privileges", "administers"),
                "user",
                new Holdings());
    }

    /** By roles, and by the groups that have them; each a page of users at a time. */
    private static final class Holdings implements Report.Pages {

        private Deque<Source> left;
        private int done;

        @Override
        public boolean next(KeycloakSession session, RealmModel realm, Consumer<List<?>> rows) {
            var leased = new Assignments(session, realm, Clock.systemUTC()).leased();
            var standing = new StandingPrivileges(session, realm, leased);
            if (left == null) left = new ArrayDeque<>(standing.sources());
            if (left.isEmpty()) return false;
            if (standing.page(left.peek(), done, holding -> rows.accept(row(holding)))) {
                done += StandingPrivileges.PAGE;
            } else {
                left.remove();
                done = 0;
            }
            return !left.isEmpty();
        }

        private static List<?> row(Holding holding) {
            return List.of(
                    holding.user(),
                    holding.role(),
                    holding.group(),
                    holding.composite(),
                    holding.privileges(),
                    holding.administers());
        }
    }

    /** What is known of the use of something that somebody may have. */
    enum Known {
        /** They never did before the end of that time, as far as elevations are kept. */
        NEVER("never"),
        /** They did, but not in that time. */
        BEFORE("not-in-this-time"),
        /** They did not even sign in in that time. */
        ABSENT("no-sign-in"),
        /** They signed in, or nothing is known of that; what they did with the role nobody has written down. */
        UNKNOWN("unknown");

        private final String id;

        Known(String id) {
            this.id = id;
        }

        /** @param signedIn when they were seen last; empty when nothing is known */
        static Known ofRole(Optional<Instant> signedIn, Days days) {
            return signedIn.filter(last -> last.isBefore(days.start())).isPresent() ? ABSENT : UNKNOWN;
        }
    }

    /**
     * Who may have something now and did not use it in that time. Of a privilege the last elevation says so. Of a role that is
     * held for good nobody writes down its use: then it is said whether its holder signed in.
     */
    static Report dormant(Days days, Clock clock) {
        return new Report(
                "dormant-privileges",
                List.of("user", "enabled", "held", "name", "lastUsed", "lastSignIn", "known"),
                "user",
                new Everybody(clock, (session, realm, found, rows) -> {
                    var uses = new ElevationHistory(session, realm)
                            .lastUses(
                                    found.keySet().stream()
                                            .map(UserModel::getId)
                                            .toList(),
                                    days.end());
                    found.forEach((user, standing) -> {
                        var seen = LastSignIn.of(session, realm, user.getId());
                        standing.eligible().forEach(privilege -> {
                            var last = Optional.ofNullable(uses.get(new Use(user.getId(), privilege)));
                            if (last.filter(use -> !use.ended().isBefore(days.start()))
                                    .isPresent()) return;
                            var known = last.isPresent() ? Known.BEFORE : Known.NEVER;
                            rows.accept(row(user, "eligible", privilege, last.map(LastUse::began), seen, known));
                        });
                        standing.roles()
                                .forEach(role -> rows.accept(
                                        row(user, "standing", role, Optional.empty(), seen, Known.ofRole(seen, days))));
                    });
                }));
    }

    private static List<?> row(
            UserModel user, String held, String name, Optional<Instant> used, Optional<Instant> signedIn, Known known) {
        return List.of(user.getUsername(), user.isEnabled(), held, name, used, signedIn, known.id);
    }

    /** Who may have privilege, and with what they sign in: a row for each credential, or one for who has none. */
    static Report accounts(Clock clock) {
        return new Report(
                "privileged-accounts",
                List.of(
                        "user",
                        "enabled",
                        "eligible",
                        "roles",
                        "secondFactor",
                        "credential",
                        "label",
                        "createdAt",
                        "ageDays",
                        "lastSignIn"),
                "user",
                new Everybody(
                        clock,
                        (session, realm, found, rows) ->
                                found.forEach((user, standing) -> PrivilegedCredentials.of(user, clock.instant())
                                        .forEach(credential -> rows.accept(List.of(
                                                user.getUsername(),
                                                user.isEnabled(),
                                                standing.eligible(),
                                                standing.roles(),
                                                credential.secondFactor(),
                                                credential.kind(),
                                                credential.label(),
                                                credential.createdAt(),
                                                credential.ageDays(),
                                                LastSignIn.of(session, realm, user.getId())))))));
    }

    private interface Reporting {
        void report(KeycloakSession session, RealmModel realm, Map<UserModel, Standing> found, Consumer<List<?>> rows);
    }

    /** A look at each user of the realm, those of user storage among them; the accounts of applications are left out. */
    private static final class Everybody implements Report.Pages {

        private static final int PAGE = 200;

        private final Clock clock;
        private final Reporting reporting;
        private int done;

        Everybody(Clock clock, Reporting reporting) {
            this.clock = clock;
            this.reporting = reporting;
        }

        @Override
        public boolean next(KeycloakSession session, RealmModel realm, Consumer<List<?>> rows) {
            var privileged = new PrivilegedUsers(session, realm, clock);
            var page = session.users()
                    .searchForUserStream(realm, Map.of(), done, PAGE)
                    .toList();
            done += page.size();
            var found = new LinkedHashMap<UserModel, Standing>();
            for (var user : page) {
                if (user.getServiceAccountClientLink() != null) continue;
                var standing = privileged.of(user);
                if (!standing.none()) found.put(user, standing);
            }
            if (!found.isEmpty()) reporting.report(session, realm, found, rows);
            return page.size() == PAGE;
        }
    }
}
