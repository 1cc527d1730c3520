package dev.sallyport.rest;

import dev.sallyport.elevation.Disuse;
import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.elevation.realm.DormantPrivileges;
import dev.sallyport.elevation.realm.PrivilegedUsers;
import dev.sallyport.elevation.realm.PrivilegedUsers.Standing;
import dev.sallyport.privilege.realm.StandingPrivileges;
import dev.sallyport.privilege.realm.StandingPrivileges.Holding;
import dev.sallyport.privilege.realm.StandingPrivileges.Source;
import dev.sallyport.risk.realm.LastSignIn;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
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
            var next = standing.page(left.peek(), done, holding -> rows.accept(row(holding)));
            if (next.isEmpty()) left.remove();
            done = next.orElse(0);
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

    /** What is not used, or of which nobody can tell; what was used in that time is left out. */
    static Report dormant(Days days, Clock clock) {
        return new Report(
                "dormant-privileges",
                List.of("user", "enabled", "held", "name", "lastUsed", "lastSignIn", "known"),
                "user",
                new Everybody(clock, (session, realm, found, rows) -> new DormantPrivileges(session, realm)
                        .of(found, days.start(), days.end()).stream()
                                .filter(holding -> holding.disuse() != Disuse.NONE)
                                .forEach(holding -> rows.accept(List.of(
                                        holding.user().getUsername(),
                                        holding.user().isEnabled(),
                                        holding.held().id(),
                                        holding.name(),
                                        holding.lastUsed(),
                                        holding.signedIn(),
                                        holding.disuse().id())))));
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
                        "lastUsed",
                        "lastSignIn"),
                "user",
                new Everybody(
                        clock,
                        (session, realm, found, rows) -> found.forEach((user, standing) -> PrivilegedCredentials.of(
                                        user, clock.instant())
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
                                        credential
                                                .kind()
                                                .flatMap(kind -> LastSignIn.with(session, realm, user.getId(), kind)),
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
            var page = new PrivilegedUsers(session, realm, clock).page(done, PAGE);
            done = page.next().orElse(done);
            if (!page.found().isEmpty()) reporting.report(session, realm, page.found(), rows);
            return page.next().isPresent();
        }
    }
}
