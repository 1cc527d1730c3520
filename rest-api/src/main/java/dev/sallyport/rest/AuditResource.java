package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditLog;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The audit log, to be read. */
@Produces(MediaType.APPLICATION_JSON)
public final class AuditResource {

    private final Administration administration;

    AuditResource(Administration administration) {
        this.administration = administration;
    }

    @GET
    @Path("entries")
    public Response entries(
            @QueryParam("first") String first, @QueryParam("max") String max, @QueryParam("type") String type) {
        return administration.answer(Right.AUDIT, () -> {
            var page = Page.of(first, max);
            var query = new AuditLog.Query(page.first(), page.max(), Page.text("type", type));
            return Answer.ok(new JpaAuditLog(administration.session(), administration.realm()).list(query));
        });
    }
}
