package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.Unmet;
import dev.sallyport.elevation.Analysis;
import dev.sallyport.elevation.ElevationRefusal;
import dev.sallyport.elevation.realm.Actor;
import dev.sallyport.elevation.realm.Ask;
import dev.sallyport.privilege.Activation;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.Mode;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The privileges that a user can ask for, with the rules that will apply and what of them does not hold now. */
@Produces(MediaType.APPLICATION_JSON)
public final class OwnPrivilegesResource {

    private final SelfService service;

    OwnPrivilegesResource(SelfService service) {
        this.service = service;
    }

    /**
     * A privilege as those see it who may ask for it. Who approves is not said.
     *
     * @param until when nobody is eligible any more
     * @param approvals how many people have to agree; none when it activates at once
     * @param emergency whether this user can have it without them
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Offer(
            String name,
            String displayName,
            Mode mode,
            Optional<Instant> until,
            List<String> incompatibleWith,
            Activation activation,
            int approvals,
            boolean emergency,
            List<String> met,
            List<Unmet> unmet) {}

    @GET
    public Response list() {
        return service.answer(() -> {
            var actor = service.actor();
            return Answer.ok(PrivilegeProvider.all(service.realm()).stream()
                    .flatMap(privilege -> offer(actor, privilege).stream())
                    .toList());
        });
    }

    private Optional<Offer> offer(Actor actor, Privilege privilege) {
        var usual = check(actor, privilege, false);
        var emergency = privilege.emergency().flatMap(rules -> check(actor, privilege, true));
        return usual.or(() -> emergency)
                .map(analysis -> new Offer(
                        privilege.name(),
                        privilege.displayName(),
                        privilege.mode(),
                        privilege.eligible().until(),
                        privilege.incompatibleWith(),
                        privilege.activation(),
                        privilege.approval().map(Approval::count).orElse(0),
                        emergency.isPresent(),
                        analysis.met(),
                        analysis.unmet()));
    }

    /** Asks what asking would come to; empty when the user may not know of the privilege. */
    private Optional<Analysis> check(Actor actor, Privilege privilege, boolean emergency) {
        var ask = new Ask(
                privilege.name(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), emergency);
        try {
            return Optional.of(service.elevations().request(actor, ask).check());
        } catch (ElevationRefusal.Unknown unknown) {
            return Optional.empty();
        }
    }
}
