package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.privilege.realm.Conversion;
import dev.sallyport.privilege.realm.Conversion.Converted;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.privilege.realm.StandingPrivileges;
import dev.sallyport.privilege.realm.StandingPrivileges.Holding;
import dev.sallyport.rest.Administration.Answer;
import dev.sallyport.rest.setup.RealmSetup;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
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

    /** @param convert the names of privileges whose roles nobody is to hold for good any more */
    record Conversions(List<String> convert) {

        Conversions {
            if (convert == null || convert.isEmpty()) throw new DocumentFault("convert", "must name a privilege");
        }
    }

    /** @param remaining what of these privileges' roles is still held for good, as far as an answer has room for it */
    record Outcome(List<Converted> converted, List<Holding> remaining) {}

    @POST
    public Response convert(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var names =
                    Documents.read(RequestText.body(body), Conversions.class).convert();
            var session = administration.session();
            var realm = administration.realm();
            var leased = new Assignments(session, realm, administration.clock()).leased();
            var conversion = new Conversion(session, realm, administration.caller(), leased, administration.clock());
            var converted = new ArrayList<Converted>();
            for (int i = 0; i < names.size(); i++) {
                var field = "convert[" + i + "]";
                var privilege = PrivilegeProvider.find(realm, names.get(i))
                        .orElseThrow(() -> new DocumentFault(field, "is not a privilege of the realm"));
                converted.addAll(conversion.convert(privilege));
            }
            var remaining = new StandingPrivileges(session, realm, leased)
                    .some(Page.LARGEST_MAX, holding -> holding.privileges().stream()
                            .anyMatch(names::contains));
            return Answer.ok(new Outcome(List.copyOf(converted), remaining));
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
