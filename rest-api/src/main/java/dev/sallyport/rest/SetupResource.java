package dev.sallyport.rest;

import dev.sallyport.document.Documents;
import dev.sallyport.rest.Administration.Answer;
import dev.sallyport.rest.setup.RealmSetup;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;

/** Prepares the realm for the pack, and tells how it differs from a prepared one. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class SetupResource {

    private static final String BINDING = "binding/";

    private final Administration administration;
    private final RealmSetup setup;

    SetupResource(Administration administration) {
        this.administration = administration;
        this.setup = new RealmSetup(administration.session(), administration.realm());
    }

    /** What to bind besides; a flow that is not bound changes nothing for anybody. */
    record Request(Optional<Boolean> bindBrowserFlow, Optional<Boolean> bindDirectGrantFlow) {}

    @GET
    public Response drift() {
        return administration.answer(Right.VIEW, () -> Answer.ok(setup.drift()));
    }

    @PUT
    public Response make(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var text = RequestText.body(body);
            var request = Documents.read(text.isBlank() ? "{}" : text, Request.class);
            setup.obstacle().ifPresent(sentence -> {
                throw Refusal.unavailable(sentence);
            });
            var outcome = setup.make(new RealmSetup.Bindings(
                    request.bindBrowserFlow().orElse(false),
                    request.bindDirectGrantFlow().orElse(false)));
            if (!outcome.created().isEmpty()) record(outcome);
            return Answer.ok(outcome);
        });
    }

    private void record(RealmSetup.Outcome outcome) {
        boolean onlyBound = outcome.created().stream().allMatch(name -> name.startsWith(BINDING));
        administration.record(administration
                .entry(onlyBound ? "config.updated" : "config.created")
                .about("setup", administration.realm().getName())
                .with("created", outcome.created()));
    }
}
