package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.realm.Elevations;
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
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.UserModel;

/** Everybody's elevations, for administrators. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class ElevationsResource {

    private final Administration administration;
    private final Elevations elevations;

    ElevationsResource(Administration administration) {
        this.administration = administration;
        this.elevations = new Elevations(administration.session(), administration.realm(), administration.clock());
    }

    record Revocation(String reason) {

        Revocation {
            if (reason == null || reason.isBlank()) throw new DocumentFault("reason", "is required");
        }
    }

    /** @param from the first moment of the requests, {@code to} the first after it */
    @GET
    public Response list(
            @QueryParam("status") String status,
            @QueryParam("user") String user,
            @QueryParam("privilege") String privilege,
            @QueryParam("from") String from,
            @QueryParam("to") String to,
            @QueryParam("first") String first,
            @QueryParam("max") String max) {
        return administration.answer(Right.VIEW, () -> {
            var page = Page.of(first, max);
            var username = Page.text("user", user);
            var userId = username.flatMap(this::userId);
            var wanted = OwnElevationsResource.status(status);
            var name = Page.text("privilege", privilege);
            var filter = new Elevations.Filter(wanted, userId, name, time("from", from), time("to", to));
            // NB. Who is not there has none, rather than everybody's.
            if (username.isPresent() && userId.isEmpty()) return Answer.ok(List.of());
            return Answer.ok(elevations.list(filter, page.first(), page.max()).stream()
                    .map(showing()::of)
                    .toList());
        });
    }

    @POST
    @Path("{id}/revoke")
    public Response revoke(@PathParam("id") String id, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var revocation = Documents.read(RequestText.body(body), Revocation.class);
            return Answer.ok(showing()
                    .of(elevations
                            .revoke(administration.who().user(), id, revocation.reason())
                            .execute()));
        });
    }

    private Optional<String> userId(String username) {
        return Optional.ofNullable(administration.session().users().getUserByUsername(administration.realm(), username))
                .map(UserModel::getId);
    }

    private static Optional<Instant> time(String name, String text) {
        if (text == null) return Optional.empty();
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            throw new DocumentFault(name, "must be an ISO 8601 time in UTC such as 2026-11-23T08:00:00Z");
        }
    }

    private ElevationDocument.Showing showing() {
        return new ElevationDocument.Showing(
                administration.session(),
                administration.realm(),
                administration.clock().instant());
    }
}
