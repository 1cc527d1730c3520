package dev.sallyport.rest;

import dev.sallyport.access.Subject;
import dev.sallyport.elevation.realm.OwnSubject;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.Emergency;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.Constants;

/** Who a user is, and which pages are of use to them. What they may do is judged when they do it. */
@Produces(MediaType.APPLICATION_JSON)
public final class MeResource {

    private static final String SALLYPORT = "sallyport";

    private final SelfService service;

    MeResource(SelfService service) {
        this.service = service;
    }

    record Me(String username, Features features) {}

    /**
     * @param elevation whether there is a privilege that they may ask for
     * @param approvals whether there is one that they approve, stand in for or look after as officers
     * @param console whether they read or manage the administration
     */
    record Features(boolean elevation, boolean approvals, boolean devices, boolean console) {}

    @GET
    public Response me() {
        return service.answer(() -> {
            var privileges = PrivilegeProvider.all(service.realm());
            return Answer.ok(new Me(
                    service.user().getUsername(),
                    new Features(
                            privileges.stream().anyMatch(this::mayAsk),
                            privileges.stream().anyMatch(this::mayDecide) || standsIn(),
                            true,
                            administers())));
        });
    }

    private boolean mayAsk(Privilege privilege) {
        return privilege.eligible().admits(subject(), service.clock().instant())
                || privilege
                        .emergency()
                        .map(Emergency::eligible)
                        .filter(this::among)
                        .isPresent();
    }

    private boolean mayDecide(Privilege privilege) {
        return Stream.concat(
                        privilege.approval().map(Approval::approvers).stream(),
                        privilege.emergency().map(Emergency::officers).stream())
                .anyMatch(this::among);
    }

    private boolean standsIn() {
        return service.elevations().delegations().of(service.user()).stream()
                .anyMatch(delegation ->
                        delegation.delegate().equals(service.user().getId()));
    }

    private boolean administers() {
        return Stream.of(role(SALLYPORT, "view"), role(Constants.REALM_MANAGEMENT_CLIENT_ID, AdminRoles.MANAGE_REALM))
                .anyMatch(held -> held);
    }

    private boolean role(String clientId, String name) {
        return Optional.ofNullable(service.realm().getClientByClientId(clientId))
                .map(client -> client.getRole(name))
                .filter(service.user()::hasRole)
                .isPresent();
    }

    private boolean among(People people) {
        return people.include(subject());
    }

    private Subject subject() {
        return OwnSubject.of(service.session(), service.realm(), service.user());
    }
}
