package dev.sallyport.privilege.realm;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.realm.RealmSubject;
import dev.sallyport.access.realm.RoleName;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.Documents;
import dev.sallyport.privilege.Eligibility;
import dev.sallyport.privilege.Privilege;
import jakarta.ws.rs.core.Response.Status;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/**
 * Turns what people hold for good into what they may ask for: whoever has a role of the privilege directly, or by a group,
 * becomes eligible for it and loses the role. What would take a role from somebody who could not ask for it stays, and so
 * do roles that are part of others: those were given for more.
 */
public record Conversion(
        KeycloakSession session,
        RealmModel realm,
        AdminPermissionEvaluator caller,
        BiPredicate<UserModel, String> leased,
        Clock clock) {

    /** A role that was held for good, by a user or by the members of a group. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Converted(String privilege, String role, Optional<String> user, Optional<String> group) {}

    private record Mapping(RoleModel role, Optional<UserModel> user, Optional<GroupModel> group) {}

    /** @throws ErrorResponseException if the caller could not take those roles away, or may not save the privilege */
    public List<Converted> convert(Privilege privilege) {
        var mappings = PrivilegeProvider.roles(realm, privilege).stream()
                .flatMap(this::mappings)
                .toList();
        var eligible = widened(privilege.eligible(), mappings);
        var now = clock.instant();
        var convertible = mappings.stream()
                .filter(mapping -> mayAsk(eligible, mapping, now))
                .toList();
        if (convertible.isEmpty()) return List.of();
        // NB. Also where nobody has to be added: this asks whether the caller may grant what the privilege grants, and
        // so take it away.
        PrivilegeProvider.documents(realm)
                .put(privilege.name(), Documents.write(with(privilege, widened(privilege.eligible(), convertible))));
        return convertible.stream()
                .map(mapping -> converted(privilege, mapping))
                .toList();
    }

    private Stream<Mapping> mappings(RoleModel role) {
        var users = new UserPages(session, realm)
                .all((first, max) -> session.users().getRoleMembersStream(realm, role, first, max));
        var groups = realm.getGroupsStream()
                .filter(group -> group.hasDirectRole(role))
                .toList();
        return Stream.concat(
                users
                        // NB. The account of an application asks for nothing.
                        .filter(user -> user.getServiceAccountClientLink() == null && !leased.test(user, role.getId()))
                        .map(user -> new Mapping(role, Optional.of(user), Optional.empty())),
                groups.stream().map(group -> new Mapping(role, Optional.empty(), Optional.of(group))));
    }

    // NB. Where nobody is named everybody is eligible for whom the expression holds: to name some would shut out the
    // rest.
    private static Eligibility widened(Eligibility eligible, List<Mapping> mappings) {
        if (eligible.people().nobody()) return eligible;
        var users = new LinkedHashSet<>(eligible.users());
        var groups = new LinkedHashSet<>(eligible.groups());
        mappings.forEach(mapping -> {
            mapping.user().map(UserModel::getUsername).ifPresent(users::add);
            mapping.group().map(KeycloakModelUtils::buildGroupPath).ifPresent(groups::add);
        });
        return new Eligibility(
                List.copyOf(users), List.copyOf(groups), eligible.roles(), eligible.expression(), eligible.until());
    }

    private boolean mayAsk(Eligibility eligible, Mapping mapping, Instant now) {
        return mapping.user()
                .map(user -> eligible.admits(new RealmSubject(session, realm, user), now))
                .orElseGet(() -> eligible.expression().isEmpty()
                        && eligible.until().map(now::isBefore).orElse(true));
    }

    private static Privilege with(Privilege privilege, Eligibility eligible) {
        return new Privilege(
                privilege.name(),
                privilege.displayName(),
                privilege.mode(),
                privilege.grants(),
                eligible,
                privilege.incompatibleWith(),
                privilege.activation(),
                privilege.approval(),
                privilege.emergency(),
                privilege.endSessions());
    }

    private Converted converted(Privilege privilege, Mapping mapping) {
        var role = mapping.role();
        mapping.user().ifPresent(user -> {
            if (!caller.users().canMapRoles(user)) throw forbidden(user.getUsername());
            user.deleteRoleMapping(role);
        });
        mapping.group().ifPresent(group -> {
            if (!caller.groups().canManage(group)) throw forbidden(group.getName());
            group.deleteRoleMapping(role);
        });
        var done = new Converted(
                privilege.name(),
                RoleName.of(role),
                mapping.user().map(UserModel::getUsername),
                mapping.group().map(KeycloakModelUtils::buildGroupPath));
        record(mapping, done);
        return done;
    }

    private void record(Mapping mapping, Converted done) {
        var entry = AuditEntries.of(session, "config.updated")
                .about("privilege", done.privilege())
                .with("converted", done);
        mapping.user().ifPresent(entry::about);
        new JpaAuditLog(session, realm).append(entry.at(clock));
    }

    private static ErrorResponseException forbidden(String whose) {
        return new ErrorResponseException("forbidden", "You may not take roles from " + whose + ".", Status.FORBIDDEN);
    }
}
