package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.Review.Outcome;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;

/** What officers say of emergencies. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class EmergencyReviewsResource {

    private final SelfService service;

    EmergencyReviewsResource(SelfService service) {
        this.service = service;
    }

    record Request(Outcome outcome, Optional<String> comment) {

        Request {
            if (outcome == null) throw new DocumentFault("outcome", "is required");
        }
    }

    @POST
    @Path("{elevationId}")
    public Response review(@PathParam("elevationId") String elevationId, InputStream body) {
        return service.answer(() -> {
            var request = Documents.read(RequestText.body(body), Request.class);
            var reviewed = service.elevations()
                    .review(service.actor(), elevationId, request.outcome(), request.comment())
                    .execute();
            return Answer.ok(new ElevationDocument.Showing(
                            service.session(), service.realm(), service.clock().instant())
                    .of(reviewed));
        });
    }
}
