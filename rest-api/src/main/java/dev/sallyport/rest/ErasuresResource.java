package dev.sallyport.rest;

import dev.sallyport.audit.PersonId;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.erasure.realm.Erasures;
import dev.sallyport.privilege.realm.AccountableCaller;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;
import java.util.Optional;

/** Forgets users in what the pack has written down. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class ErasuresResource {

    private final Administration administration;

    ErasuresResource(Administration administration) {
        this.administration = administration;
    }

    /**
     * Whom to forget.
     *
     * @param user the id of a user, as entries have it
     * @param force whether to forget also one who was not deleted
     */
    record Wanted(String user, Optional<Boolean> force) {

        Wanted {
            if (user == null || user.isBlank()) throw new DocumentFault("user", "is required");
            // NB. Anything else could be found in entries that are not about a user at all.
            if (!PersonId.is(user)) throw new DocumentFault("user", "must be the id of a user");
        }
    }

    /**
     * Begins. Users who are there are refused with 409 unless {@code force} says otherwise, and so is whoever has something open
     * or an emergency that nobody reviewed; nobody can have themselves forgotten. Only a person can ask, in nobody else's name:
     * applications, impersonators and who administers for a while are refused with 403.
     *
     * @return 202 with how far it has come
     */
    @POST
    public Response begin(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var wanted = Documents.read(RequestText.body(body), Wanted.class);
            new AccountableCaller(administration.session(), administration.realm()).requirePerson();
            var who = administration.who();
            // NB. Some databases do not tell one case from the other.
            if (who.user() == null || who.user().getId().equalsIgnoreCase(wanted.user())) {
                throw Refusal.forbidden("Nobody can have their own trail removed.");
            }
            erasures().obstacle(wanted.user(), wanted.force().orElse(false)).ifPresent(obstacle -> {
                throw Refusal.conflict(
                        switch (obstacle) {
                            case THERE ->
                                "The user is still there. Delete the user first, or say \"force\": true to forget what is"
                                        + " known of them so far.";
                            case OPEN ->
                                "Something about the user is not over: an elevation, one on which they voted, an emergency"
                                        + " that nobody reviewed, a finding, an item of a review, or a recorded session.";
                            case MANY ->
                                "As many erasures are under way as the realm may have at a time. Wait for one of them.";
                            case UNSET -> "The realm has no audit log that can be proven. Set up Sallyport first.";
                        });
            });
            return new Answer(
                    Status.ACCEPTED,
                    MediaType.APPLICATION_JSON,
                    Documents.write(erasures().begin(wanted.user(), AuditEntries.party(who.user()))));
        });
    }

    /** How far one has come. */
    @GET
    @Path("{id}")
    public Response get(@PathParam("id") String id) {
        return administration.answer(
                Right.AUDIT,
                () -> Answer.ok(
                        erasures().find(id).orElseThrow(() -> Refusal.notFound("There is no erasure of that id."))));
    }

    private Erasures erasures() {
        return new Erasures(administration.session(), administration.realm(), administration.clock());
    }
}
