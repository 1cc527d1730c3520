package dev.sallyport.elevation.realm;

import dev.sallyport.access.Subject;
import dev.sallyport.access.realm.RoleName;
import dev.sallyport.privilege.Emergency;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.AdministrativeRoles;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.privilege.realm.PrivilegeProvider.Held;
import dev.sallyport.privilege.realm.UserPages;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Who may have privilege in a realm: because they may ask for it, or because they hold a privileged role for good. */
public final class PrivilegedUsers {

    private static final Logger LOG = Logger.getLogger(PrivilegedUsers.class);

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;
    private final List<Privilege> privileges;
    private final Set<String> roles;

    public PrivilegedUsers(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
        this.privileges = PrivilegeProvider.all(realm);
        this.roles = privileged(realm, privileges);
    }

    /**
     * What one user may have.
     *
     * @param eligible the names of the privileges that they may ask for, if only in an emergency
     * @param roles the privileged roles that they hold for good, as {@code role} or {@code client.role}
     */
    public record Standing(List<String> eligible, List<String> roles) {

        public boolean none() {
            return eligible.isEmpty() && roles.isEmpty();
        }
    }

    /**
     * Some users of the realm.
     *
     * @param found those of them that may have privilege; the accounts of applications are left out
     * @param next where the next page begins; empty when this was the last one
     */
    public record Page(List<UserModel> users, Map<UserModel, Standing> found, Optional<Integer> next) {}

    /** A look at users of the realm, those of user storage among them, in an order that stays the same as long as they do. */
    public Page page(int first, int max) {
        var page = new UserPages(session, realm)
                .page((from, most) -> session.users().searchForUserStream(realm, Map.of(), from, most), first, max);
        var found = new LinkedHashMap<UserModel, Standing>();
        for (var user : page.users()) {
            if (user.getServiceAccountClientLink() != null) continue;
            var standing = of(user);
            if (!standing.none()) found.put(user, standing);
        }
        return new Page(page.users(), found, page.next());
    }

    /** As it is now. What cannot be told is not there: who may have no privilege for sure is {@link #mayBeOne}'s answer. */
    public Standing of(UserModel user) {
        var subject = OwnSubject.of(session, realm, user);
        var now = clock.instant();
        return new Standing(
                privileges.stream()
                        .filter(privilege -> eligible(privilege, subject, now))
                        .map(Privilege::name)
                        .toList(),
                subject.roles().stream().filter(roles::contains).sorted().toList());
    }

    private static boolean eligible(Privilege privilege, Subject subject, Instant now) {
        return privilege.eligible().admits(subject, now) || inEmergency(privilege, subject);
    }

    private static boolean inEmergency(Privilege privilege, Subject subject) {
        return privilege
                .emergency()
                .map(Emergency::eligible)
                .filter(people -> people.include(subject))
                .isPresent();
    }

    /**
     * Whether a user is one of them, or may be: what is not known counts as yes, a privilege that nobody can read among it.
     * Never throws.
     */
    public static boolean mayBeOne(KeycloakSession session, RealmModel realm, UserModel user, Clock clock) {
        try {
            var subject = OwnSubject.of(session, realm, user);
            var now = clock.instant();
            return PrivilegeProvider.held(realm).stream().anyMatch(held -> mayHave(held, subject, now))
                    || !new PrivilegedUsers(session, realm, clock).of(user).none();
        } catch (RuntimeException e) {
            LOG.warnf(
                    e,
                    "nobody can tell whether user %s of realm %s may have a privilege, so the rules for those who may hold",
                    user.getId(),
                    realm.getName());
            return true;
        }
    }

    private static boolean mayHave(Held held, Subject subject, Instant now) {
        return held.privilege()
                .map(privilege -> privilege.eligible().mayAdmit(subject, now) || inEmergency(privilege, subject))
                .orElse(true);
    }

    private static Set<String> privileged(RealmModel realm, List<Privilege> privileges) {
        var names = new HashSet<String>();
        privileges.forEach(
                privilege -> PrivilegeProvider.roles(realm, privilege).forEach(role -> names.add(RoleName.of(role))));
        Stream.concat(realm.getRolesStream(), AdministrativeRoles.clients(realm).flatMap(ClientModel::getRolesStream))
                .filter(AdministrativeRoles::contain)
                .forEach(role -> names.add(RoleName.of(role)));
        return Set.copyOf(names);
    }
}
