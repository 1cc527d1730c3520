package dev.sallyport.privilege.realm;

import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.EditableAttributes;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.Emergency;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.Privilege;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Whether everything that a privilege names is there, and nothing that its users could change. */
public record PrivilegeReferences(KeycloakSession session, RealmModel realm) {

    /** The first thing that is not there, or that must not be named; empty when all is well. */
    public Optional<DocumentFault> fault(Privilege privilege) {
        return first(List.of(
                new GrantedRoles(realm, privilege)::fault,
                () -> missing("grants.groups", privilege.grants().groups(), "group", this::hasGroup),
                () -> people("eligible", privilege.eligible().people()),
                () -> editable(privilege),
                () -> missing("incompatibleWith", privilege.incompatibleWith(), "privilege", this::hasPrivilege),
                () -> level("activation.acr", privilege.activation().acr()),
                () -> privilege.approval().flatMap(this::approval),
                () -> privilege.emergency().flatMap(this::emergency)));
    }

    private Optional<DocumentFault> approval(Approval approval) {
        return first(List.of(
                () -> people("approval.approvers", approval.approvers()),
                () -> approval.atLeast().keySet().stream()
                        .filter(group -> !hasGroup(group))
                        .sorted()
                        .findFirst()
                        .map(group -> new DocumentFault("approval.atLeast." + group, "is not a group of the realm")),
                () -> level("approval.approverAcr", approval.approverAcr()),
                () -> approval.delegates().flatMap(delegates -> people("approval.delegates", delegates))));
    }

    private Optional<DocumentFault> emergency(Emergency emergency) {
        return people("emergency.eligible", emergency.eligible())
                .or(() -> people("emergency.officers", emergency.officers()));
    }

    /** An attribute that users can edit, where the document rests on one; as far as an import can tell yet. */
    Optional<DocumentFault> faultOfImport(Privilege privilege) {
        return new EditableAttributes(session, realm).decided() ? editable(privilege) : Optional.empty();
    }

    private Optional<DocumentFault> editable(Privilege privilege) {
        var editable = new EditableAttributes(session, realm);
        return privilege.eligible().expression().stream()
                .flatMap(expression -> expression.userAttributes().stream())
                .sorted()
                .filter(editable::contains)
                .findFirst()
                .map(name -> new DocumentFault(
                        "eligible.expression",
                        "must not depend on the attribute " + name + ", which users can edit themselves"));
    }

    private Optional<DocumentFault> people(String path, People people) {
        return first(List.of(
                () -> missing(path + ".users", people.users(), "user", this::hasUser),
                () -> missing(path + ".groups", people.groups(), "group", this::hasGroup),
                () -> missing(path + ".roles", people.roles(), "role", this::hasRole)));
    }

    private Optional<DocumentFault> level(String path, Optional<String> acr) {
        return acr.filter(name -> !hasLevel(name))
                .map(name -> new DocumentFault(path, "is neither a level of the realm nor a number"));
    }

    private static Optional<DocumentFault> first(List<Supplier<Optional<DocumentFault>>> checks) {
        return checks.stream().flatMap(check -> check.get().stream()).findFirst();
    }

    private static Optional<DocumentFault> missing(
            String path, List<String> names, String kind, Predicate<String> exists) {
        var faults = new ArrayList<DocumentFault>();
        for (int i = 0; i < names.size() && faults.isEmpty(); i++) {
            if (!exists.test(names.get(i))) {
                faults.add(new DocumentFault(path + "[" + i + "]", "is not a " + kind + " of the realm"));
            }
        }
        return faults.stream().findFirst();
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

    private boolean hasPrivilege(String name) {
        return documents().find(name).isPresent();
    }

    private DocumentComponents documents() {
        return PrivilegeProvider.documents(realm);
    }

    private boolean hasLevel(String acr) {
        var levels = new AccessGate(session, realm, Clock.systemUTC()).levels();
        return new Authentication(0, levels, Optional.empty()).levelOf(acr).isPresent();
    }
}
