package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.delivery.realm.Sinks;
import dev.sallyport.delivery.realm.Sinks.Stored;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** Where the audit log is delivered to, as documents, and how far that has come. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class SinksResource {

    private final Administration administration;
    private final Sinks sinks;

    SinksResource(Administration administration) {
        this.administration = administration;
        this.sinks = new Sinks(administration.session(), administration.realm());
    }

    @GET
    public Response list() {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(
                        sinks.stored().stream().map(SinksResource::document).toList()));
    }

    /** A new sink gets what is recorded from now on, itself included. */
    @POST
    public Response create(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var document = SinkDocument.read(RequestText.body(body));
            if (sinks.find(document.name()).isPresent()) {
                throw Refusal.conflict("There is a sink of that name already.");
            }
            return Answer.created(sinks.put(document).masked());
        });
    }

    @GET
    @Path("{name}")
    public Response get(@PathParam("name") String name) {
        return administration.answer(Right.VIEW, () -> Answer.ok(document(stored(name))));
    }

    @PUT
    @Path("{name}")
    public Response update(@PathParam("name") String name, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            stored(name);
            var document = SinkDocument.read(RequestText.body(body));
            if (!document.name().equals(name)) throw new DocumentFault("name", "differs from the name in the address");
            return Answer.ok(sinks.put(document).masked());
        });
    }

    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        return administration.answer(Right.MANAGE, () -> {
            if (!sinks.remove(name)) throw unknown();
            return Answer.done();
        });
    }

    /** How far the sink has come, and what keeps it. */
    @GET
    @Path("{name}/status")
    public Response status(@PathParam("name") String name) {
        return administration.answer(Right.VIEW, () -> Answer.ok(sinks.status(stored(name))));
    }

    /**
     * Has its dead letters sent again, or everything from a place on; what a receiver gets twice has the same id. Answered
     * with the status before anything has been sent.
     */
    @POST
    @Path("{name}/redeliver")
    public Response redeliver(@PathParam("name") String name, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var text = RequestText.body(body);
            var wish = text.isBlank() ? new Wish(Optional.empty()) : Documents.read(text, Wish.class);
            var sink = stored(name);
            sinks.redeliver(sink, wish.fromIndex());
            var entry =
                    AuditEntries.of(administration.session(), "config.updated").about("sink", name);
            wish.fromIndex().ifPresent(index -> entry.with("fromIndex", index));
            administration.record(
                    entry.with("redeliver", wish.fromIndex().isPresent() ? "from-index" : "dead-letters"));
            return Answer.ok(sinks.status(sink));
        });
    }

    /** @param fromIndex the place of the first entry to be sent again; empty for the dead letters */
    record Wish(Optional<Long> fromIndex) {

        Wish {
            fromIndex = fromIndex == null ? Optional.empty() : fromIndex;
        }
    }

    private Stored stored(String name) {
        return sinks.find(name).orElseThrow(SinksResource::unknown);
    }

    private static Object document(Stored stored) {
        return stored.document()
                .<Object>map(SinkDocument::masked)
                .orElseGet(() ->
                        Map.of("name", stored.name(), "invalid", stored.fault().orElse("cannot be read")));
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no sink of that name.");
    }
}
