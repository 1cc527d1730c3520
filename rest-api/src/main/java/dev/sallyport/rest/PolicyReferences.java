package dev.sallyport.rest;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.AccessPolicy;
import dev.sallyport.access.Assignments;
import dev.sallyport.access.Principals;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.EditableAttributes;
import dev.sallyport.document.DocumentFault;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Whether everything that a policy names is there, and nothing that its users could change. Asked when an administrator writes one; an import has to take a policy
 * before the users that it names, and then a missing one makes the policy invalid at each decision.
 */
record PolicyReferences(KeycloakSession session, RealmModel realm) {

    /** @throws DocumentFault at the first thing that is not there */
    void check(AccessPolicy policy) {
        fault(policy).ifPresent(fault -> {
            throw fault;
        });
    }

    Optional<DocumentFault> fault(AccessPolicy policy) {
        var users = policy.assignments().flatMap(Assignments::users);
        var clients = policy.assignments().flatMap(Assignments::clients);
        return users.flatMap(Assignments.Users::include)
                .flatMap(named -> principals("assignments.users.include", named))
                .or(() -> users.flatMap(Assignments.Users::exclude)
                        .flatMap(named -> principals("assignments.users.exclude", named)))
                .or(() -> clients.flatMap(named -> missing(
                                "assignments.clients.include", named.include(), "client", this::hasClient)
                        .or(() -> missing("assignments.clients.exclude", named.exclude(), "client", this::hasClient))))
                .or(() -> policy.controls()
                        .acr()
                        .filter(acr -> !hasLevel(acr))
                        .map(acr -> new DocumentFault("controls.acr", "is neither a level of the realm nor a number")))
                .or(() -> new EditableAttributes(session, realm).fault(policy));
    }

    private Optional<DocumentFault> principals(String path, Principals named) {
        return missing(path + ".users", named.users(), "user", this::hasUser)
                .or(() -> missing(path + ".groups", named.groups(), "group", this::hasGroup))
                .or(() -> missing(path + ".roles", named.roles(), "role", this::hasRole));
    }

    private static Optional<DocumentFault> missing(
            String path, List<String> names, String kind, Predicate<String> exists) {
        for (int i = 0; i < names.size(); i++) {
            if (!exists.test(names.get(i))) {
                return Optional.of(new DocumentFault(path + "[" + i + "]", "is not a " + kind + " of the realm"));
            }
        }
        return Optional.empty();
    }

    private boolean hasUser(String name) {
        return session.users().getUserByUsername(realm, name) != null;
    }

    private boolean hasGroup(String path) {
        return KeycloakModelUtils.findGroupByPath(session, realm, path) != null;
    }

    private boolean hasRole(String name) {
        return KeycloakModelUtils.getRoleFromString(session, realm, name) != null;
    }

    private boolean hasClient(String clientId) {
        return realm.getClientByClientId(clientId) != null;
    }

    private boolean hasLevel(String acr) {
        return new Authentication(0, new AccessGate(session).levels(), Optional.empty())
                .levelOf(acr)
                .isPresent();
    }
}
