package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.realm.Actor;
import dev.sallyport.elevation.realm.Ask;
import dev.sallyport.elevation.realm.Operation;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a user asks for, has, and is asked about. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class OwnElevationsResource {

    private final SelfService service;

    OwnElevationsResource(SelfService service) {
        this.service = service;
    }

    /** @param dryRun only tells what is met and what is not */
    record Request(
            String privilege,
            Optional<String> justification,
            Optional<Duration> duration,
            Optional<String> ticket,
            Optional<Instant> start,
            Optional<Boolean> emergency,
            Optional<Boolean> dryRun) {

        Request {
            if (privilege == null || privilege.isBlank()) throw new DocumentFault("privilege", "is required");
        }

        Ask ask() {
            return new Ask(privilege, justification, duration, ticket, start, emergency.orElse(false));
        }
    }

    record Comment(Optional<String> comment) {}

    record Extension(Duration duration, Optional<String> justification) {

        Extension {
            if (duration == null) throw new DocumentFault("duration", "is required");
        }
    }

    @POST
    public Response request(InputStream body) {
        return service.answer(() -> {
            var request = Documents.read(RequestText.body(body), Request.class);
            var operation = service.elevations().request(service.actor(), request.ask());
            return request.dryRun().orElse(false)
                    ? Answer.ok(operation.check())
                    : Answer.created(showing().of(operation.execute()));
        });
    }

    /** @param role {@code requester}, also when absent, for one's own; {@code approver} for those one may decide */
    @GET
    public Response list(
            @QueryParam("role") String role,
            @QueryParam("status") String status,
            @QueryParam("first") String first,
            @QueryParam("max") String max) {
        return service.answer(() -> {
            var page = Page.of(first, max);
            var wanted = status(status);
            var elevations = service.elevations();
            var found =
                    switch (role == null ? "requester" : role) {
                        case "requester" -> elevations.ofRequester(service.user(), wanted, page.first(), page.max());
                        case "approver" -> elevations.forApprover(service.actor(), wanted, page.first(), page.max());
                        default -> throw new DocumentFault("role", "must be one of requester, approver");
                    };
            return Answer.ok(found.stream().map(showing()::of).toList());
        });
    }

    /** @throws DocumentFault that names the parameter */
    static Optional<Status> status(String text) {
        if (text == null) return Optional.empty();
        return Optional.of(Status.of(text)
                .orElseThrow(() -> new DocumentFault(
                        "status",
                        "must be one of "
                                + Arrays.stream(Status.values()).map(Status::id).collect(Collectors.joining(", ")))));
    }

    @GET
    @Path("{id}")
    public Response get(@PathParam("id") String id) {
        return service.answer(() -> Answer.ok(showing()
                .of(service.elevations().find(service.actor(), id).orElseThrow(ElevationRefusal.Unknown::new))));
    }

    @POST
    @Path("{id}/approve")
    public Response approve(@PathParam("id") String id, InputStream body) {
        return act(body, (actor, comment) -> service.elevations().approve(actor, id, comment));
    }

    @POST
    @Path("{id}/deny")
    public Response deny(@PathParam("id") String id, InputStream body) {
        return act(body, (actor, comment) -> service.elevations().deny(actor, id, comment));
    }

    @POST
    @Path("{id}/cancel")
    public Response cancel(@PathParam("id") String id, InputStream body) {
        return act(body, (actor, comment) -> service.elevations().cancel(actor, id, comment));
    }

    @POST
    @Path("{id}/end")
    public Response end(@PathParam("id") String id, InputStream body) {
        return act(body, (actor, comment) -> service.elevations().end(actor, id, comment));
    }

    @POST
    @Path("{id}/activate")
    public Response activate(@PathParam("id") String id, InputStream body) {
        return act(body, (actor, comment) -> service.elevations().activate(actor, id));
    }

    @POST
    @Path("{id}/extend")
    public Response extend(@PathParam("id") String id, InputStream body) {
        return service.answer(() -> {
            var extension = Documents.read(RequestText.body(body), Extension.class);
            var operation =
                    service.elevations().extend(service.actor(), id, extension.duration(), extension.justification());
            return Answer.ok(showing().of(operation.execute()));
        });
    }

    private interface Act {
        Operation<Elevation> by(Actor actor, Optional<String> comment);
    }

    private Response act(InputStream body, Act act) {
        return service.answer(() -> {
            var text = RequestText.body(body);
            var comment = text.isBlank()
                    ? Optional.<String>empty()
                    : Documents.read(text, Comment.class).comment();
            return Answer.ok(showing().of(act.by(service.actor(), comment).execute()));
        });
    }

    private ElevationDocument.Showing showing() {
        return new ElevationDocument.Showing(
                service.session(), service.realm(), service.clock().instant());
    }
}
