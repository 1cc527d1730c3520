package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.Delegation;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who stands in for a user, and for whom the user stands in. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class DelegationsResource {

    private final SelfService service;

    DelegationsResource(SelfService service) {
        this.service = service;
    }

    /**
     * @param to a username
     * @param privileges names; absent for all
     * @param from now, if it is absent
     * @param dryRun only tells what is met and what is not
     */
    record Request(
            String to,
            Optional<List<String>> privileges,
            Optional<Instant> from,
            Instant until,
            Optional<Boolean> dryRun) {

        Request {
            if (to == null || to.isBlank()) throw new DocumentFault("to", "is required");
            if (until == null) throw new DocumentFault("until", "is required");
            privileges.filter(List::isEmpty).ifPresent(none -> {
                throw new DocumentFault("privileges", "must name a privilege; leave it out for all");
            });
        }
    }

    record Shown(String id, String approver, String to, List<String> privileges, Instant from, Instant until) {}

    @GET
    public Response list() {
        return service.answer(() -> Answer.ok(service.elevations().delegations().of(service.user()).stream()
                .map(this::shown)
                .toList()));
    }

    @POST
    public Response create(InputStream body) {
        return service.answer(() -> {
            var request = Documents.read(RequestText.body(body), Request.class);
            var operation = service.elevations()
                    .delegations()
                    .create(
                            service.actor(),
                            request.to(),
                            request.privileges().orElse(List.of()),
                            request.from().orElseGet(service.clock()::instant),
                            request.until());
            return request.dryRun().orElse(false)
                    ? Answer.ok(operation.check())
                    : Answer.created(shown(operation.execute()));
        });
    }

    @DELETE
    @Path("{id}")
    public Response remove(@PathParam("id") String id) {
        return service.answer(() -> {
            service.elevations().delegations().remove(service.actor(), id);
            return Answer.done();
        });
    }

    private Shown shown(Delegation delegation) {
        var showing = new ElevationDocument.Showing(
                service.session(), service.realm(), service.clock().instant());
        return new Shown(
                delegation.id(),
                showing.name(delegation.approver()),
                showing.name(delegation.delegate()),
                delegation.privileges(),
                delegation.from(),
                delegation.until());
    }
}
