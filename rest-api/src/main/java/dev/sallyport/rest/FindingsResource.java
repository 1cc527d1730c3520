package dev.sallyport.rest;

import dev.sallyport.document.Documents;
import dev.sallyport.finding.realm.Findings;
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
import java.util.Optional;

/** What somebody should look at. Auditors see it, and who manages says what came of it. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class FindingsResource {

    private final Administration administration;
    private final Findings findings;

    FindingsResource(Administration administration) {
        this.administration = administration;
        this.findings = new Findings(administration.session(), administration.realm(), administration.clock());
    }

    record Resolution(Optional<String> comment) {}

    /** @param open whether those that were looked at are left out */
    @GET
    public Response list(
            @QueryParam("open") String open, @QueryParam("first") String first, @QueryParam("max") String max) {
        return administration.answer(Right.WATCH, () -> {
            var page = Page.of(first, max);
            return Answer.ok(findings.list(Page.flag("open", open).orElse(false), page.first(), page.max()));
        });
    }

    @POST
    @Path("{id}/resolve")
    public Response resolve(@PathParam("id") String id, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var text = RequestText.body(body);
            var resolution = Documents.read(text.isBlank() ? "{}" : text, Resolution.class);
            var found = findings.find(id);
            if (found.isEmpty()) throw Refusal.notFound("There is no finding of that id.");
            var own = administration.who().user().getId();
            if (found.get().user().filter(own::equals).isPresent()) {
                throw Refusal.forbidden("Somebody else has to look at what was found about you.");
            }
            return Answer.ok(findings.resolve(id, administration.who().user(), resolution.comment())
                    .orElseThrow(() -> Refusal.conflict("It is resolved already.")));
        });
    }
}
